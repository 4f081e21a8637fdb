/** Modules side by side. */
import type { Tensor } from "../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { concat } from "../ops/shape/join.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import { formatShape, sameShape } from "../shape.js";
import { checkModule, type NamedModules, namedEntries } from "./containers.js";
import { Module } from "./module.js";

/** Options of `Parallel`.
 * @category Layers */
export interface ParallelOptions {
  /** How the branches come together: one after the other along an axis, added, or averaged. Default `concat`. */
  readonly join?: "concat" | "add" | "mean" | undefined;
  /** Axis of the concatenation; from the end when negative. Default 1, the channels of `[N, C, H, W]`. */
  readonly axis?: number | undefined;
}

const parallelOptions: OptionKinds<ParallelOptions> = { join: oneOf("concat", "add", "mean"), axis: number };

/** Feeds its input to every branch and joins what they give: the Inception block of Szegedy et al. (2014) with `concat`, the
 * join of FractalNet (Larsson et al. 2017) with `mean`. The children are named `0`, `1`, …, or as the keys say.
 *
 * ```ts
 * const block = new Parallel({ reduce, conv3x3, pooled });
 * const join = new Parallel([shallow, deep], { join: "mean" });
 * ```
 * @category Layers */
export class Parallel extends Module {
  readonly #branches: ReadonlyMap<string, Module>;
  readonly #join: "concat" | "add" | "mean";
  readonly #axis: number;

  /** @param branches modules in a list, or by name
   * @throws ValueError if there is none, one is no module, or a name is empty or has a dot */
  constructor(branches: readonly Module[] | NamedModules, options: ParallelOptions = {}) {
    super();
    const { join = "concat", axis = 1 } = checkedOptions("Parallel", options, parallelOptions);
    this.#branches = Array.isArray(branches) ? numbered(branches) : namedEntries("Parallel", branches as NamedModules);
    if (this.#branches.size === 0) {
      throw new ValueError("Parallel", `it takes at least one branch, got ${describe(branches)}`, { actual: branches });
    }
    this.#join = join;
    this.#axis = axis;
  }

  override namedChildren(): [name: string, child: Module][] {
    return [...this.#branches];
  }

  /** @throws ShapeError if the shapes that the branches give cannot be joined */
  override forward(x: Tensor): Tensor {
    const outputs = [...this.#branches.values()].map((branch) => branch.forward(x));
    if (this.#join === "concat") return concat(outputs, { axis: this.#axis });
    const [first] = outputs as [Tensor];
    if (!outputs.every(({ shape }) => sameShape(shape, first.shape))) {
      const shapes = [...this.#branches.keys()].map((name, i) => `${name} ${formatShape(outputs[i]?.shape ?? [])}`);
      throw new ShapeError("Parallel", `what is added must have one shape, the branches give ${shapes.join(", ")}`);
    }
    const sum = outputs.reduce((a, b) => add(a, b));
    return this.#join === "add" ? sum : mul(sum, 1 / outputs.length);
  }

  protected override describe(): string {
    return this.#join === "concat" ? `join: concat, axis: ${this.#axis}` : `join: ${this.#join}`;
  }
}

function numbered(branches: readonly Module[]): Map<string, Module> {
  for (const branch of branches) checkModule("Parallel", branch, "its branches must be modules");
  return new Map(branches.map((branch, i) => [String(i), branch]));
}
