/** Adam, with weight decay in the gradient or decoupled from it. */
import type { Tensor } from "../autograd/tensor.js";
import { type AdamOptions, MomentOptimizer } from "./moments.js";

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
export class Adam extends MomentOptimizer {
  /** @param parameters what to move; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: Iterable<Tensor>, options: AdamOptions = {}) {
    super({ name: "Adam", weightDecay: 0, isDecoupled: false }, parameters, options);
  }
}

/** Adam with decoupled weight decay, as PyTorch defines it (Loshchilov & Hutter 2017): the equations of `Adam`, but for
 *
 * ```text
 * g ← ∇L(θ)
 * θ ← θ − γλθ − γm̂/(√v̂ + ε)
 * ```
 * @category Optimisers */
export class AdamW extends MomentOptimizer {
  /** @param parameters what to move; one that is listed twice is moved once
   * @throws ValueError if there is no parameter or an option is out of range */
  constructor(parameters: Iterable<Tensor>, options: AdamOptions = {}) {
    super({ name: "AdamW", weightDecay: 1e-2, isDecoupled: true }, parameters, options);
  }
}
