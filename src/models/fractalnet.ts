/** Larsson, Maire & Shakhnarovich, "FractalNet: Ultra-Deep Neural Networks without Residuals" (ICLR 2017): blocks of C columns of
 * 2^(C−1), …, 4, 2 and 1 convolutions, joined by their mean wherever columns end a path together. No path passes a signal
 * through unchanged, and yet a gradient comes down short paths and long ones. */
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError, ValueError } from "../errors.js";
import { BatchNorm2d } from "../nn/batch-norm2d.js";
import { Conv2d } from "../nn/conv2d.js";
import { checkCounts } from "../nn/default-init.js";
import { Dropout } from "../nn/dropout.js";
import { Flatten } from "../nn/flatten.js";
import { constant, type Initializer, kaimingUniform } from "../nn/init.js";
import { Linear } from "../nn/linear.js";
import { MaxPool2d } from "../nn/max-pool2d.js";
import { Module } from "../nn/module.js";
import { ModuleList } from "../nn/module-list.js";
import { ReLU } from "../nn/relu.js";
import { checkTensors } from "../ops/arguments.js";
import { add, div } from "../ops/elementwise/arithmetic.js";
import { checkedRandom, number, type OptionKinds, ownCheck } from "../options.js";
import type { Generator } from "../random.js";
import { at, formatShape } from "../shape.js";
import { checkedColumn, checkedDepths, checkedMasks, DropPath, type Masks } from "./drop-path.js";
import { type ModelOptions, modelOptions, type ZooModel } from "./zoo-model.js";

/** Options of `fractalNet`.
 * @category Models */
export interface FractalNetOptions extends ModelOptions {
  /** Columns C of each block; B blocks have B · 2^(C−1) convolutions on the longest path. Default 3. */
  readonly columns?: number | undefined;
  /** Channels of each block. Default 64, 128, 256, 512, 512. */
  readonly channels?: readonly number[] | undefined;
  /** Probability that dropout drops an element after a convolution in training, of each block. Default: from 0 in the first to
   * 0.4 in the last, evenly, which is the paper's 0, 0.1, 0.2, 0.3, 0.4. */
  readonly dropRates?: readonly number[] | undefined;
  /** Rows and columns of the images: a multiple of 2^B. Default 32. */
  readonly size?: number | undefined;
  /** Probability that drop-path drops an input of a join in training; the paper has 0.15. Default 0: no drop-path. The choices
   * are drawn from `generator`, anew in every pass. */
  readonly dropPath?: number | undefined;
  /** Share of the passes in which drop-path leaves a single column, the same in every block, instead of dropping inputs one by
   * one. Default 0.5, the paper's. */
  readonly globalShare?: number | undefined;
  /** See `FractalNet.column`. Default null. */
  readonly column?: number | null | undefined;
  /** See `FractalNet.masks`. Default null. */
  readonly masks?: Masks | null | undefined;
}

const fractalNetOptions: OptionKinds<FractalNetOptions> = {
  ...modelOptions,
  columns: number,
  channels: ownCheck,
  dropRates: ownCheck,
  size: number,
  dropPath: number,
  globalShare: number,
  column: ownCheck,
  masks: ownCheck,
};

/** Makes a FractalNet: images `[N, 3, size, size]` to logits `[N, numClasses]`. The paper's net of 20 layers is
 * `fractalNet({ generator })`, with 33,724,618 parameters; that of 40 is
 * `fractalNet({ columns: 4, channels: [16, 32, 64, 128, 128], generator })`, with 4.8 million.
 *
 * Weights start uniform in ±√(3 / fanIn), which is what Caffe calls Xavier, and the classifier's bias as 0, as in the authors'
 * code (gustavla/fractalnet). State-dict keys are `blocks.{block}.columns.{column}.{j}.conv` or `.bn`, and `fc`.
 * @throws ValueError if an option is out of range
 * @category Models */
export function fractalNet(options: FractalNetOptions): FractalNet {
  return new FractalNet(options);
}

/** A FractalNet; see `fractalNet`.
 * @category Models */
export class FractalNet extends Module {
  /** One for each of the channels. */
  readonly blocks: ModuleList<FractalBlock>;
  /** `[N, C, H, W]` to `[N, C·H·W]`. */
  readonly flatten: Flatten = new Flatten();
  /** The classifier. */
  readonly fc: Linear;
  readonly #dropPath: DropPath;
  readonly #columns: number;
  readonly #size: number;
  #column: number | null;
  #masks: Masks | null;

  constructor(options: FractalNetOptions) {
    super();
    const given = checkedRandom("FractalNet", options, fractalNetOptions);
    const { generator, columns = 3, channels = [64, 128, 256, 512, 512], size = 32, numClasses = 10 } = given;
    checkCounts("FractalNet", { columns, size });
    if (columns > mostColumns)
      throw new ValueError("FractalNet", `columns must be ${mostColumns} at most, got ${columns}`);
    const depths = checkedDepths(channels, given.dropRates, size);
    const init = given.init ?? caffeXavier;
    this.#columns = columns;
    this.#size = size;
    this.#column = checkedColumn(given.column ?? null, columns);
    this.#masks = checkedMasks(given.masks ?? null, channels.length, columns);
    const { dropPath = 0, globalShare = 0.5 } = given;
    this.#dropPath = new DropPath({ p: dropPath, globalShare, generator, columns });
    this.blocks = new ModuleList(
      depths.map(({ inChannels, outChannels, dropRate }, b) => {
        const alive = { column: () => this.#dropPath.column, at: (join: number) => this.#dropPath.aliveAt(b, join) };
        return new FractalBlock(inChannels, outChannels, columns, alive, { dropRate, generator, init });
      }),
    );
    const features = at(channels, channels.length - 1) * (size / 2 ** channels.length) ** 2;
    this.fc = new Linear(features, numClasses, { generator, init, biasInit: (shape) => constant(shape, 0) });
  }

  /** The only column that runs, in training and evaluation, 0 being the deepest; null for all of them. Each is a net by itself:
   * with drop-path in training, columns can be evaluated alone.
   * @throws ValueError when it is set to a column that is not there */
  get column(): number | null {
    return this.#column;
  }

  /** The only column that runs; null for all. */
  set column(column: number | null) {
    this.#column = checkedColumn(column, this.#columns);
  }

  /** The columns that are alive at every join, in training and evaluation, `masks[block][join]`, joins in the order in which
   * they run; null for all of them (with drop-path in training: for drawn ones). The mean of a join is over those alive; what
   * feeds the others is computed, and counts in running statistics, but gets no gradient.
   * @throws ValueError when a join is missing or is given a column that does not end there */
  get masks(): Masks | null {
    return this.#masks;
  }

  /** The columns that are alive; null for all. */
  set masks(masks: Masks | null) {
    this.#masks = checkedMasks(masks, this.blocks.length, this.#columns);
  }

  override forward(x: Tensor): Tensor {
    const size = this.#size;
    checkTensors("FractalNet", x);
    if (x.rank !== 4 || x.shape[1] !== 3 || x.shape[2] !== size || x.shape[3] !== size) {
      const rule = `images must be [N, 3, ${size}, ${size}], for the classifier takes what is left of their size`;
      throw new ShapeError("FractalNet", `${rule}, got ${formatShape(x.shape)}`, { actual: x.shape });
    }
    this.#dropPath.begin({ column: this.#column, masks: this.#masks, training: this.training });
    let h = x;
    for (const block of this.blocks) h = block.forward(h);
    return this.fc.forward(this.flatten.forward(h));
  }
}

/** The deepest has 2,048 convolutions in each block then. */
const mostColumns = 12;

/** What is alive in the pass under way. */
interface Alive {
  /** The only column that runs; null for all. */
  column(): number | null;
  /** The places in the list of a join's inputs that count; null for all. */
  at(join: number): readonly number[] | null;
}

interface FractalLayerOptions {
  readonly dropRate: number;
  readonly generator: Generator;
  readonly init: Initializer;
}

/** A convolution of 3×3, dropout, batch norm and ReLU, in the order of the authors' code.
 * @category Models */
export class FractalConv extends Module {
  /** 3×3, without a bias. */
  readonly conv: Conv2d;
  /** Null at a rate of 0. */
  readonly dropout: Dropout | null;
  /** After the dropout. */
  readonly bn: BatchNorm2d;
  /** Ends it. */
  readonly relu: ReLU = new ReLU();

  constructor(inChannels: number, outChannels: number, { dropRate, generator, init }: FractalLayerOptions) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, 3, { padding: 1, bias: false, generator, init });
    this.dropout = dropRate === 0 ? null : new Dropout({ p: dropRate, generator });
    this.bn = new BatchNorm2d(outChannels);
  }

  override forward(x: Tensor): Tensor {
    const h = this.conv.forward(x);
    return this.relu.forward(this.bn.forward(this.dropout?.forward(h) ?? h));
  }
}

/** C columns of convolutions, and a pooling to half the size. Column 0 is the deepest.
 * @category Models */
export class FractalBlock extends Module {
  /** Column by column, the deepest first, its convolutions in order. */
  readonly columns: ModuleList<ModuleList<FractalConv>>;
  /** Of every column, before the last join. */
  readonly pool: MaxPool2d = new MaxPool2d(2);
  readonly #alive: Alive;

  constructor(inChannels: number, outChannels: number, columns: number, alive: Alive, options: FractalLayerOptions) {
    super();
    this.#alive = alive;
    const layer = (j: number) => new FractalConv(j === 0 ? inChannels : outChannels, outChannels, options);
    this.columns = new ModuleList(
      Array.from(
        { length: columns },
        (_, c) => new ModuleList(Array.from({ length: 2 ** (columns - 1 - c) }, (_, j) => layer(j))),
      ),
    );
  }

  /** At step s every column c runs whose convolutions are 2^c steps long and end there; where several do, the mean of their
   * outputs is the next input of all of them. Before the last join each is pooled, as in the authors' code: maximum and mean do
   * not commute. */
  override forward(x: Tensor): Tensor {
    const columns = [...this.columns].map((column) => [...column]);
    const only = this.#alive.column();
    if (only !== null) return this.pool.forward(at(columns, only).reduce((h, layer) => layer.forward(h), x));
    const inputs = columns.map(() => x);
    const steps = 2 ** (columns.length - 1);
    let join = 0;
    for (let step = 1; step <= steps; step++) {
      const ending = columns.flatMap((_, c) => (step % 2 ** c === 0 ? [c] : []));
      const outputs = ending.map((c) => at(at(columns, c), step / 2 ** c - 1).forward(at(inputs, c)));
      const ended = step === steps ? outputs.map((output) => this.pool.forward(output)) : outputs;
      const alive = ended.length === 1 ? null : this.#alive.at(join++);
      const joined = meanOf(alive === null ? ended : alive.map((i) => at(ended, i)));
      for (const c of ending) inputs[c] = joined;
    }
    return at(inputs, 0);
  }
}

function meanOf(tensors: readonly Tensor[]): Tensor {
  const sum = tensors.reduce((a, b) => add(a, b));
  return tensors.length === 1 ? sum : div(sum, tensors.length);
}

/** Uniform, with variance 1 / fanIn. */
const caffeXavier: Initializer = (shape, { generator }) => kaimingUniform(shape, { generator, negativeSlope: 1 });

const paper = "Larsson, Maire & Shakhnarovich, FractalNet: Ultra-Deep Neural Networks without Residuals, ICLR 2017";
const about = { family: "FractalNet", year: 2016, paper, input: [3, 32, 32] } as const;

/** FractalNets of the paper in the zoo. */
export const fractalNets: readonly ZooModel[] = [
  { name: "fractalnet20", title: "FractalNet-20 (CIFAR)", ...about, make: (options) => fractalNet(options) },
  {
    name: "fractalnet40",
    title: "FractalNet-40 (CIFAR)",
    ...about,
    make: (options) => fractalNet({ columns: 4, channels: [16, 32, 64, 128, 128], ...options }),
  },
];
