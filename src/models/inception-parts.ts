/** What the Inception nets are made of: normalised convolutions, and paths side by side whose outputs are concatenated. */
import type { Tensor } from "../autograd/tensor.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import type { Initializer } from "../nn/init.js";
import { Module } from "../nn/module.js";
import { ReLU } from "../nn/relu.js";
import { concat } from "../ops/shape/join.js";
import type { Generator } from "../random.js";
import { checkImages } from "./images.js";
import type { WithAuxiliary } from "./zoo-model.js";

/** How the layers of a net begin. */
export interface LayerOptions {
  readonly generator: Generator;
  readonly init?: Initializer | undefined;
}

/** A convolution without bias, batch norm with an epsilon of 0.001, and ReLU. */
export class BasicConv2d extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;
  readonly relu: ReLU = new ReLU();

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly [number, number],
    options: ConstructorParameters<typeof Conv2d>[3],
  ) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
    this.bn = new BatchNorm2d(outChannels, { eps: 0.001 });
  }

  override forward(x: Tensor): Tensor {
    return this.relu.forward(this.bn.forward(this.conv.forward(x)));
  }
}

/** Makes a `BasicConv2d`, whose padding keeps the size where the stride is 1 and nothing else is said. */
export type MakeConvolution = (
  inChannels: number,
  outChannels: number,
  kernelSize: number | readonly [number, number],
  options?: { readonly stride?: number; readonly padding?: number },
) => BasicConv2d;

/** Makes convolutions that begin in one way. */
export function convolutions(layer: LayerOptions): MakeConvolution {
  return (inChannels, outChannels, kernelSize, { stride = 1, padding } = {}) => {
    const [rows, columns] = typeof kernelSize === "number" ? [kernelSize, kernelSize] : kernelSize;
    const same = stride === 1 ? ([(rows - 1) / 2, (columns - 1) / 2] as const) : 0;
    return new BasicConv2d(inChannels, outChannels, kernelSize, { ...layer, stride, padding: padding ?? same });
  };
}

/** One way from the input of `Branches` to its output: modules one after the other by name, or a list, such modules first and
 * then ways from their output on, which are joined before the others come in. */
type Path = Readonly<Record<string, Module>> | readonly [stem: Readonly<Record<string, Module>>, ...paths: Path[]];

/** Paths from one input side by side; their outputs are concatenated along the channels. The names of all modules stand in the
 * state dict as they are. */
export class Branches extends Module {
  readonly #paths: readonly Path[];

  constructor(...paths: readonly Path[]) {
    super();
    this.#paths = paths;
  }

  override namedChildren(): [name: string, child: Module][] {
    return this.#paths.flatMap(modulesOf);
  }

  override forward(x: Tensor): Tensor {
    return join(this.#paths, x);
  }
}

function modulesOf(path: Path): [name: string, module: Module][] {
  return isFork(path) ? path.flatMap(modulesOf) : Object.entries(path);
}

function join(paths: readonly Path[], x: Tensor): Tensor {
  return concat(
    paths.map((path) => outputOf(path, x)),
    { axis: 1 },
  );
}

function outputOf(path: Path, x: Tensor): Tensor {
  if (!isFork(path)) return Object.values(path).reduce((h, module) => module.forward(h), x);
  const [stem, ...paths] = path;
  return join(paths, outputOf(stem, x));
}

function isFork(path: Path): path is Extract<Path, readonly unknown[]> {
  return Array.isArray(path);
}

/** What an `AuxiliaryNet` is made of. */
interface AuxiliaryNetParts {
  /** Modules one after the other, and the auxiliary classifiers, in the order of the state dict. */
  readonly parts: Readonly<Record<string, Module>>;
  /** Names of auxiliary classifiers, by that of the module whose output each takes. */
  readonly auxiliary: Readonly<Record<string, string>>;
  /** Rows and columns of the smallest images, where the auxiliary classifiers run and where they do not. */
  readonly smallest: { readonly withAuxiliary: number; readonly without: number };
}

/** Modules one after the other by name, from some of which auxiliary classifiers branch off in training. */
export class AuxiliaryNet extends Module<[x: Tensor], Tensor | WithAuxiliary> {
  readonly #net: AuxiliaryNetParts;

  constructor(net: AuxiliaryNetParts) {
    super();
    this.#net = net;
  }

  override namedChildren(): [name: string, child: Module][] {
    return Object.entries(this.#net.parts);
  }

  override forward(x: Tensor): Tensor | WithAuxiliary {
    const { parts, auxiliary, smallest } = this.#net;
    const branches = new Set(Object.values(auxiliary));
    const runs = this.training && branches.size > 0;
    const name = this.constructor.name;
    checkImages(
      runs ? `${name} in training, with auxiliary classifiers` : name,
      x,
      3,
      smallest[runs ? "withAuxiliary" : "without"],
    );
    const branched: Record<string, Tensor> = {};
    let h = x;
    for (const [part, module] of Object.entries(parts)) {
      if (branches.has(part)) continue;
      h = module.forward(h);
      const branch = auxiliary[part];
      if (runs && branch !== undefined) branched[branch] = (parts[branch] as Module).forward(h);
    }
    return runs ? { logits: h, auxiliary: branched } : h;
  }
}
