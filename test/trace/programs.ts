/** Small nets that go random ways through layers of every kind that is hard to trace. */
import {
  add,
  checkpoint,
  type Generator,
  Identity,
  Linear,
  Module,
  mul,
  noGrad,
  Parameter,
  ReLU,
  randn,
  sum,
  type Tensor,
} from "../../src/index.js";

const size = 3;

/** What a run does where the layers return, and where the program asks for a checkpoint. */
export interface Run {
  /** A layer returns. @returns what it returns */
  seen(layer: Module, output: Tensor): Tensor;
  checkpoint(fn: (x: Tensor) => Tensor, x: Tensor): Tensor;
}

/** The run under a trace. */
export const plainRun: Run = { seen: (_layer, output) => output, checkpoint: (fn, x) => checkpoint(fn)(x) };

let run: Run = plainRun;

/** Interprets a part of a program in a run. */
export function within<T>(next: Run, fn: () => T): T {
  run = next;
  try {
    return fn();
  } finally {
    run = plainRun;
  }
}

class Dense extends Linear {
  constructor(rng: Generator) {
    super(size, size, { generator: rng });
  }
  override forward(x: Tensor): Tensor {
    return run.seen(this, super.forward(x));
  }
}

class Rectifier extends ReLU {
  override forward(x: Tensor): Tensor {
    return run.seen(this, super.forward(x));
  }
}

class Nothing extends Identity {
  override forward(x: Tensor): Tensor {
    return run.seen(this, x);
  }
}

/** A parameter of its own beside a child's. */
class Scaled extends Module {
  readonly factor: Parameter;
  readonly inner: Dense;
  constructor(rng: Generator) {
    super();
    this.factor = new Parameter(randn([size], { generator: rng }));
    this.inner = new Dense(rng);
  }
  override forward(x: Tensor): Tensor {
    const h = this.inner.forward(x);
    return run.seen(this, add(mul(h, this.factor), h)); // the child's output goes two ways
  }
}

/** Hands its child's output on as it is. */
class Wrapper extends Module {
  readonly shift: Parameter;
  readonly inner: Dense;
  constructor(rng: Generator) {
    super();
    this.shift = new Parameter(randn([size], { generator: rng }));
    this.inner = new Dense(rng);
  }
  override forward(x: Tensor): Tensor {
    return run.seen(this, this.inner.forward(add(x, this.shift)));
  }
}

/** Calls itself once. */
class Recursive extends Module {
  readonly factor: Parameter;
  #isInside = false;
  constructor(rng: Generator) {
    super();
    this.factor = new Parameter(randn([size], { generator: rng }));
  }
  override forward(x: Tensor): Tensor {
    if (this.#isInside) return run.seen(this, mul(x, this.factor));
    this.#isInside = true;
    try {
      return run.seen(this, mul(this.forward(x), this.factor));
    } finally {
      this.#isInside = false;
    }
  }
}

/** Shares the weight of another layer. */
class Tied extends Module {
  readonly weight: Parameter;
  constructor(other: Dense) {
    super();
    this.weight = other.weight;
  }
  override forward(x: Tensor): Tensor {
    return run.seen(this, mul(x, sum(this.weight, { axis: 0 })));
  }
}

/** A net that goes another way through its layers at every call. */
export class Net extends Module {
  readonly layers: Module[];
  /** Another value of the last forward pass. */
  aside: Tensor | null = null;
  readonly #plan: Generator;

  constructor(rng: Generator, plan: Generator) {
    super();
    const [first, relu] = [new Dense(rng), new Rectifier()];
    const others = [new Scaled(rng), new Tied(first), new Recursive(rng), new Wrapper(rng)];
    this.layers = [first, relu, new Nothing(), ...others, relu];
    this.#plan = plan;
  }

  /** Puts another layer in the place of one. */
  replace(place: number, rng: Generator): void {
    this.layers[place] = new Dense(rng);
  }

  override forward(x: Tensor): Tensor {
    const values = [x];
    const length = 1 + below(this.#plan, 6);
    for (let i = 0; i < length; i++) values.push(this.#next(values));
    this.aside = this.#pick(values);
    if (below(this.#plan, 10) === 0) throw new Error("a forward that fails");
    return below(this.#plan, 4) === 0 ? this.#pick(values) : (values.at(-1) as Tensor);
  }

  #next(values: readonly Tensor[]): Tensor {
    const plan = this.#plan;
    const input = this.#pick(values);
    const [one, other] = [this.#pick(this.layers), this.#pick(this.layers)];
    const kind = below(plan, 12);
    if (kind === 0) return noGrad(() => one.forward(input));
    if (kind === 1) return mul(input, this.#pick(values)); // no join: those have random programs of their own
    if (kind === 2) return input.detach();
    if (kind === 3) return run.checkpoint((h) => other.forward(one.forward(h)), input);
    if (kind === 4) return run.checkpoint((h) => run.checkpoint((g) => one.forward(g), other.forward(h)), input);
    return one.forward(input);
  }

  #pick<T>(list: readonly T[]): T {
    return list[below(this.#plan, list.length)] as T;
  }
}

/** A whole number from 0 to below n. */
export function below(rng: Generator, n: number): number {
  return Math.floor(rng.uniform() * n);
}

/** The parameters of a layer that are not its children's. */
export function ownParameters(layer: Module): Parameter[] {
  return Object.values(layer).filter((value) => value instanceof Parameter);
}

/** The layers of a net as they are now, each with its name. */
export function layersOf(net: Net): Map<Module, string> {
  const names = new Map<Module, string>();
  for (const [i, layer] of net.layers.entries()) {
    if (names.has(layer)) continue;
    names.set(layer, `layers.${i}`);
    const { inner } = layer as { readonly inner?: Module };
    if (inner !== undefined) names.set(inner, `layers.${i}.inner`);
  }
  return names;
}

/** Whether dead units of a layer are counted. */
export function isRectifier(layer: Module): boolean {
  return layer instanceof Rectifier;
}
