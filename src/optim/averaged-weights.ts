/** Averages of weights along a training. */
import { noGrad } from "../autograd/modes.js";
import { keep, tidy } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { ValueError } from "../errors.js";
import { firstMoment } from "../ops/optimizer.js";
import { checkedOptions, type OptionKinds, oneOf } from "../options.js";
import { share } from "./option-kinds.js";
import { parametersOf } from "./param-group.js";
import { Rates } from "./rates.js";
import { type OptimizerStateValue, readNumber, readTensor } from "./state-dict.js";

/** Options of `AveragedWeights`.
 * @category Optimisers */
export interface AveragedWeightsOptions {
  /** How updates count: the later the more (`ema`), the same with a smaller decay at first (`emaWarmup`), or all alike (`swa`, Izmailov
   * et al. 2018). Default ema. */
  readonly kind?: "ema" | "emaWarmup" | "swa" | undefined;
  /** What an update keeps of the average, from 0 to below 1; `swa` has none. Default 0.999. */
  readonly decay?: number | undefined;
}

const averagedWeightsOptions: OptionKinds<AveragedWeightsOptions> = {
  kind: oneOf("ema", "emaWarmup", "swa"),
  decay: share,
};

/** Running averages a of parameters θ, which often predict better than the parameters themselves:
 *
 * ```text
 * a ← θ at the first update
 * a ← da + (1 − d)θ at update n = 1, 2, … after it, with d = decay (ema), min(decay, (1 + n)/(10 + n)) (emaWarmup), n/(n + 1) (swa)
 * ```
 * Running statistics of batch norms do not belong to the averages: `updateBn` finds those that do.
 * @category Optimisers */
export class AveragedWeights {
  readonly #parameters: readonly Tensor[];
  readonly #kind: "ema" | "emaWarmup" | "swa";
  readonly #decay: number;
  readonly #rates = new Rates();
  #averages: readonly Tensor[] = [];
  #updates = 0;

  /** @param parameters what to average, such as `model.parameters()`
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: Iterable<Tensor>, options: AveragedWeightsOptions = {}) {
    const { kind = "ema", decay = 0.999 } = checkedOptions("AveragedWeights", options, averagedWeightsOptions);
    this.#parameters = parametersOf("AveragedWeights", parameters);
    this.#kind = kind;
    this.#decay = decay;
  }

  /** Updates so far. */
  get updates(): number {
    return this.#updates;
  }

  /** The averages, in the order of the parameters; none before the first update. */
  get averages(): readonly Tensor[] {
    return this.#averages;
  }

  /** Takes the parameters as they are now into the averages: after `optimizer.step()`, say. */
  update(): void {
    const before = this.#averages;
    const d = this.#share();
    this.#averages = noGrad(() =>
      tidy(() =>
        this.#parameters.map((parameter, i) => {
          const average = before[i];
          if (average === undefined) return keep(parameter.detach());
          const rates = this.#rates.beside(parameter, [d, 1 - d, 0, 0, 0, 1]);
          return keep(firstMoment([average, parameter, parameter, rates], { decays: false }));
        }),
      ),
    );
    for (const average of before) average.dispose();
    this.#updates++;
  }

  #share(): number {
    const n = this.#updates;
    if (this.#kind === "swa") return n / (n + 1);
    return this.#kind === "ema" ? this.#decay : Math.min(this.#decay, (1 + n) / (10 + n));
  }

  /** Calls `fn` with the averages in the place of the parameters, which have their own numbers again when it is done, and when what it
   * returns, if that is a promise, has settled.
   * @throws ValueError before the first update */
  apply<T>(fn: () => T): T {
    if (this.#updates === 0) throw new ValueError("AveragedWeights.apply", "there was no update yet");
    const own = this.#parameters.map((parameter) => keep(parameter.detach()));
    const restore = (): void => {
      this.#parameters.forEach((parameter, i) => {
        parameter.assign(own[i] as Tensor);
        own[i]?.dispose();
      });
    };
    this.#parameters.forEach((parameter, i) => {
      parameter.assign(this.#averages[i] as Tensor);
    });
    let result: T;
    try {
      result = fn();
    } catch (error) {
      restore();
      throw error;
    }
    if (!(result instanceof Promise)) {
      restore();
      return result;
    }
    return result.finally(restore) as T;
  }

  /** The averages, and how many updates made them, to be saved. */
  stateDict(): Readonly<Record<string, OptimizerStateValue>> {
    const averages = this.#averages.map((average, i) => [`averages.${i}`, keep(average.detach())] as const);
    return { n_averaged: this.#updates, ...Object.fromEntries(averages) };
  }

  /** Takes over what `stateDict` gave.
   * @throws ValueError, ShapeError if it is not that of these parameters */
  loadStateDict(state: Readonly<Record<string, unknown>>): void {
    const op = "AveragedWeights.loadStateDict";
    const updates = readNumber(op, "n_averaged", state?.["n_averaged"]);
    const averages = this.#parameters.map((parameter, i) => {
      if (updates === 0) return null;
      return keep(readTensor(op, `averages.${i}`, state[`averages.${i}`], parameter));
    });
    for (const average of this.#averages) average.dispose();
    this.#averages = averages.filter((average) => average !== null);
    this.#updates = updates;
  }
}
