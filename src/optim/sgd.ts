/** Stochastic gradient descent. */
import { noGrad } from "../autograd/modes.js";
import { keep, tidy } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { checkedOptions } from "../ops/arguments.js";
import { add, mul, sub } from "../ops/elementwise/arithmetic.js";
import { to } from "../ops/shape/identity.js";
import { at, formatShape, sameShape } from "../shape.js";

/** Options of `SGD`; the names are the symbols of its equations.
 * @category Optimisers */
export interface SGDOptions {
  /** Learning rate γ, above or at 0. */
  readonly lr: number;
  /** μ, at least 0. Default 0. */
  readonly momentum?: number;
  /** τ, how much of a new gradient the momentum leaves out. Default 0. */
  readonly dampening?: number;
  /** λ, the L2 penalty, at least 0. Default 0. */
  readonly weightDecay?: number;
  /** Whether the step looks ahead along the momentum (Nesterov). Default false. */
  readonly nesterov?: boolean;
}

/** What an `SGD` remembers between steps, one entry a parameter; null before its first step.
 * @category Optimisers */
export interface SGDState {
  /** Velocities b. */
  readonly momentumBuffers: readonly (Tensor | null)[];
}

/** Stochastic gradient descent with momentum, as PyTorch defines it (Sutskever et al. 2013):
 *
 * ```text
 * g ← ∇L(θ) + λθ
 * b ← g at the first step, then μb + (1 − τ)g
 * θ ← θ − γ(g + μb) with Nesterov, else θ − γb
 * ```
 * @category Optimisers */
export class SGD {
  /** Learning rate; may be changed between steps. */
  lr: number;
  readonly #parameters: readonly Tensor[];
  readonly #options: Required<Omit<SGDOptions, "lr">>;
  #buffers: (Tensor | null)[];

  /** @param parameters what to move; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: Iterable<Tensor>, options: SGDOptions) {
    const {
      lr,
      momentum = 0,
      dampening = 0,
      weightDecay = 0,
      nesterov = false,
    } = checkedOptions("SGD", options, "{ lr: 0.1 }");
    this.#parameters = parametersOf(parameters);
    this.lr = lr;
    this.#options = { momentum, dampening, weightDecay, nesterov };
    if (this.#parameters.length === 0) throw new ValueError("SGD", "there is no parameter to optimise");
    for (const [name, value] of Object.entries({ lr, momentum, weightDecay })) {
      if (!(Number.isFinite(value) && value >= 0))
        throw new ValueError("SGD", `${name} must be at least 0, got ${value}`, { actual: value });
    }
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ValueError("SGD", `Nesterov needs momentum above 0 and no dampening, got ${momentum} and ${dampening}`);
    }
    this.#buffers = this.#parameters.map(() => null);
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    noGrad(() =>
      tidy(() => {
        this.#parameters.forEach((parameter, i) => {
          if (parameter.grad !== null)
            parameter.assign(sub(parameter, mul(this.#direction(parameter, parameter.grad, i), this.lr)));
        });
      }),
    );
  }

  #direction(parameter: Tensor, grad: Tensor, i: number): Tensor {
    const { momentum, dampening, weightDecay, nesterov } = this.#options;
    const g = weightDecay === 0 ? grad : add(grad, mul(parameter, weightDecay));
    if (momentum === 0) return g;
    const before = this.#buffers[i] ?? null;
    const velocity =
      before === null ? g.detach() : add(mul(before, momentum), dampening === 0 ? g : mul(g, 1 - dampening));
    this.#buffers[i] = keep(velocity);
    before?.dispose();
    return nesterov ? add(g, mul(velocity, momentum)) : velocity;
  }

  /** Forgets the gradients, so that the next `backward` starts from nothing. */
  zeroGrad(): void {
    for (const parameter of this.#parameters) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
  }

  /** The velocities, to be saved with the model. */
  stateDict(): SGDState {
    return { momentumBuffers: this.#buffers.map((b) => (b === null ? null : keep(b.detach()))) };
  }

  /** Takes over saved velocities.
   * @throws ShapeError if they are not those of these parameters */
  loadStateDict({ momentumBuffers }: SGDState): void {
    const fits =
      momentumBuffers.length === this.#parameters.length &&
      momentumBuffers.every((b, i) => b === null || sameShape(b.shape, this.#parameters[i]?.shape ?? []));
    if (!fits) {
      const shapes = this.#parameters.map((p) => formatShape(p.shape)).join(", ");
      throw new ShapeError("SGD.loadStateDict", `the velocities must have the shapes of the parameters: ${shapes}`);
    }
    const device = (i: number) => at(this.#parameters, i).device.name;
    const loaded = momentumBuffers.map((b, i) => (b === null ? null : keep(to(b.detach(), device(i)))));
    for (const before of this.#buffers) before?.dispose();
    this.#buffers = loaded;
  }
}

/** Each parameter once. */
function parametersOf(parameters: Iterable<Tensor>): Tensor[] {
  const list = typeof parameters?.[Symbol.iterator] === "function" ? [...new Set(parameters)] : [undefined];
  if (list.every((parameter) => parameter instanceof Tensor)) return list;
  throw new ValueError("SGD", `it takes a list of tensors, such as model.parameters(), got ${describe(parameters)}`);
}
