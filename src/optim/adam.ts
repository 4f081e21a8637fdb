/** Adam, with weight decay in the gradient or decoupled from it. */
import type { Tensor } from "../autograd/tensor.js";
import { maximum } from "../ops/elementwise/arithmetic.js";
import { adamStep } from "../ops/optimizer.js";
import { flag } from "../options.js";
import { type MomentOptions, momentKinds, moments } from "./moments.js";
import { type Move, Optimizer } from "./optimizer.js";
import type { ParametersOrGroups } from "./param-group.js";
import type { OptimizerRules } from "./rules.js";

/** Options of `Adam` and `AdamW`; the names are the symbols of their equations.
 * @category Optimisers */
export interface AdamOptions extends MomentOptions {
  /** Whether the largest v so far takes the place of v (Reddi et al. 2018). Default false. */
  readonly amsgrad?: boolean | undefined;
  /** Whether the loss is to grow: the gradient counts with its sign changed, before λθ is added. Default false. */
  readonly maximize?: boolean | undefined;
}

const rulesOf = (name: string, weightDecay: number, isDecoupled: boolean): OptimizerRules<AdamOptions> => ({
  name,
  kinds: { ...momentKinds, amsgrad: flag, maximize: flag },
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay, amsgrad: false, maximize: false },
  numbers: ["step"],
  tensors: ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"],
  needs: ({ amsgrad }) => ["step", "exp_avg", "exp_avg_sq", ...(amsgrad ? ["max_exp_avg_sq"] : [])],
  isDecoupled,
});

const adam = rulesOf("Adam", 0, false);
const adamW = rulesOf("AdamW", 1e-2, true);

/** A step of either. */
function adamUpdate(move: Move<AdamOptions>, isDecoupled: boolean): Tensor {
  const { parameter, state, group, rates } = move;
  const { lr, betas, eps, weightDecay, amsgrad, maximize } = group;
  const [beta1, beta2] = betas;
  const { first, second } = moments(move, betas, isDecoupled ? 0 : weightDecay, maximize ? -1 : 1);
  const m = first("exp_avg");
  const v = second("exp_avg_sq");
  const t = state.countStep();
  // m̂/(√v̂ + ε) with c = √(1 − β₂ᵗ) is c/(1 − β₁ᵗ) · m/(√v + cε): numbers for all elements instead of two divisions each.
  const c = Math.sqrt(1 - beta2 ** t);
  const numbers = rates("step", [(lr * c) / (1 - beta1 ** t), c * eps, lr * weightDecay]);
  const size = amsgrad ? largestSoFar(state, v) : v;
  return adamStep([parameter, m, size, numbers], { decays: isDecoupled && weightDecay !== 0 });
}

function largestSoFar(state: Move<AdamOptions>["state"], v: Tensor): Tensor {
  const before = state.tensor("max_exp_avg_sq");
  return state.replace("max_exp_avg_sq", before === null ? v.detach() : maximum(before, v));
}

/** Adam, as PyTorch defines it (Kingma & Ba 2014):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g², both from 0
 * m̂ = m/(1 − β₁ᵗ),  v̂ = v/(1 − β₂ᵗ) at the parameter's step t = 1, 2, …
 * θ ← θ − γm̂/(√v̂ + ε)
 * ```
 * With `amsgrad` (Reddi et al. 2018), v̂ is made of the largest v so far, element by element.
 * @category Optimisers */
export class Adam extends Optimizer<AdamOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super(adam, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<AdamOptions>): Tensor {
    return adamUpdate(move, false);
  }
}

/** Adam with decoupled weight decay, as PyTorch defines it (Loshchilov & Hutter 2017): the equations of `Adam`, but for
 *
 * ```text
 * g ← ∇L(θ)
 * θ ← θ − γλθ − γm̂/(√v̂ + ε)
 * ```
 * @category Optimisers */
export class AdamW extends Optimizer<AdamOptions> {
  /** @param parameters what to move, or groups with options of their own; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: ParametersOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super(adamW, parameters, options);
  }

  /** @internal */
  protected override update(move: Move<AdamOptions>): Tensor {
    return adamUpdate(move, true);
  }
}
