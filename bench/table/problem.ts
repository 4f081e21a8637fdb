/** What is measured, as plain data, and the numbers that go in: every framework, in every language, makes the same. */

/** One thing to measure. Layouts are NCHW and OIHW; a framework converts to its own before the clock runs. */
export type Problem =
  | { readonly kind: "matmul"; readonly size: number }
  | Convolution
  /** Training mode, and the gradients by the images, the weight and the bias. */
  | { readonly kind: "batchNorm"; readonly shape: Shape4 }
  /** Windows of `kernel`×`kernel` side by side, and the gradient by the images. */
  | { readonly kind: "maxPool"; readonly shape: Shape4; readonly kernel: number }
  | Perceptron
  | ResNet
  /** Two vectors that require gradients are added, and that is recorded. */
  | { readonly kind: "add"; readonly length: number }
  /** What the machine itself can do. */
  | { readonly kind: "limit"; readonly of: "copy" | "product" | "fusedProduct" };

export type Shape4 = readonly [number, number, number, number];

/** A convolution without bias; with `gradients`, those by the images and by the weight as well. */
export interface Convolution {
  readonly kind: "conv2d";
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
  readonly gradients: boolean;
}

/** One step of a perceptron with ReLU between its layers: forward, cross entropy, backward, update. */
export interface Perceptron {
  readonly kind: "mlp";
  readonly batch: number;
  readonly widths: readonly number[];
  /** Plain SGD with learning rate 0.01, or Adam with 0.001 and the usual other constants. */
  readonly optimizer: "sgd" | "adam";
}

/** One step of a CIFAR net of He et al. with option-A shortcuts: forward, cross entropy, backward, SGD with learning rate
 * 0.01 and momentum 0.9. */
export interface ResNet {
  readonly kind: "resnet";
  readonly depth: number;
  readonly width: number;
  readonly batch: number;
}

/** A tensor: uniform numbers of `[low, high)`, or `classes` labels. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly low: number;
  readonly high: number;
  readonly classes?: number;
}

/** The tensors of a problem by name: `x`, `weight`, … and parameters as PyTorch names them. */
export type Tensors = Readonly<Record<string, TensorSpec>>;

/** Runs of a problem that are checked: steps of training, whose losses tell about gradients and updates. */
export function checkedRuns({ kind }: Problem): number {
  return kind === "mlp" || kind === "resnet" ? 3 : 1;
}

/** Height and width of what a convolution puts out. */
export function outputSize({ size, kernel, stride, padding }: Convolution): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Every tensor that goes in. */
export function tensorsOf(problem: Problem): Tensors {
  const tensors: Record<string, TensorSpec> = {};
  const put = (name: string, shape: readonly number[], bound = 1, middle = 0) => {
    const seed = Object.keys(tensors).length + 1;
    tensors[name] = { shape, seed, low: middle - bound, high: middle + bound };
  };
  const labels = (batch: number, classes: number) => {
    tensors["labels"] = { shape: [batch], seed: 1000, low: 0, high: 0, classes };
  };
  switch (problem.kind) {
    case "matmul":
      put("a", [problem.size, problem.size]);
      put("b", [problem.size, problem.size]);
      break;
    case "conv2d": {
      const { batch, inChannels, outChannels, size, kernel, groups } = problem;
      const output = outputSize(problem);
      put("x", [batch, inChannels, size, size]);
      put("weight", [outChannels, inChannels / groups, kernel, kernel]);
      put("gradOutput", [batch, outChannels, output, output]);
      break;
    }
    case "batchNorm":
      put("x", problem.shape);
      put("weight", [problem.shape[1]], 0.5, 1);
      put("bias", [problem.shape[1]], 0.5);
      put("gradOutput", problem.shape);
      break;
    case "maxPool": {
      const [batch, channels, height, width] = problem.shape;
      put("x", problem.shape);
      put("gradOutput", [batch, channels, height / problem.kernel, width / problem.kernel]);
      break;
    }
    case "mlp":
      put("x", [problem.batch, problem.widths[0] as number]);
      putLayers(problem.widths, put);
      labels(problem.batch, problem.widths.at(-1) as number);
      break;
    case "resnet":
      put("x", [problem.batch, 3, 32, 32]);
      putResNet(problem, put);
      labels(problem.batch, 10);
      break;
    case "add":
      put("a", [problem.length]);
      put("b", [problem.length]);
      break;
    case "limit":
      break;
  }
  return tensors;
}

type Put = (name: string, shape: readonly number[], bound?: number, middle?: number) => void;

function putLayers(widths: readonly number[], put: Put): void {
  for (let i = 0; i + 1 < widths.length; i++) {
    const [fanIn, fanOut] = [widths[i] as number, widths[i + 1] as number];
    put(`${2 * i}.weight`, [fanOut, fanIn], Math.sqrt(6 / fanIn));
    put(`${2 * i}.bias`, [fanOut], 0.1);
  }
}

/** The blocks of a CIFAR net in order: name, channels in and out, stride. */
export function blocksOf({ depth, width }: ResNet): readonly (readonly [string, number, number, number])[] {
  const n = (depth - 2) / 6;
  return [1, 2, 3].flatMap((stage) =>
    Array.from({ length: n }, (_, i) => {
      const out = width * 2 ** (stage - 1);
      const first = i === 0 && stage > 1;
      return [`layer${stage}.${i}`, first ? out / 2 : out, out, first ? 2 : 1] as const;
    }),
  );
}

function putResNet(problem: ResNet, put: Put): void {
  const convolution = (name: string, fanIn: number, out: number) =>
    put(`${name}.weight`, [out, fanIn, 3, 3], Math.sqrt(6 / (9 * fanIn)));
  const norm = (name: string, channels: number) => {
    put(`${name}.weight`, [channels], 0.2, 1);
    put(`${name}.bias`, [channels], 0.2);
  };
  convolution("conv1", 3, problem.width);
  norm("bn1", problem.width);
  for (const [name, inChannels, out] of blocksOf(problem)) {
    convolution(`${name}.conv1`, inChannels, out);
    norm(`${name}.bn1`, out);
    convolution(`${name}.conv2`, out, out);
    norm(`${name}.bn2`, out);
  }
  put("linear.weight", [10, 4 * problem.width], Math.sqrt(3 / (4 * problem.width)));
  put("linear.bias", [10], 0.1);
}

/** 32 bits that depend on place and seed alone; `pytorch.py` computes the same. */
function hash(place: number, seed: number): number {
  let bits = Math.imul(place + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** The numbers of a tensor, row-major. */
export function valuesOf({ shape, seed, low, high, classes }: TensorSpec): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    const bits = hash(i, seed);
    values[i] = classes === undefined ? low + (high - low) * ((bits >>> 8) / 2 ** 24) : bits % classes;
  }
  return values;
}

/** What two frameworks' results are compared by: the Euclidean norm, and the inner product with numbers that look random,
 * which tells permutations apart. */
export interface Digest {
  readonly norm: number;
  readonly product: number;
}

/** The digest of a tensor, given row-major in NCHW. */
export function digestOf(values: ArrayLike<number>): Digest {
  let [squares, product] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    squares += value * value;
    product += value * ((hash(i, 0) >>> 8) / 2 ** 23 - 1);
  }
  return { norm: Math.sqrt(squares), product };
}

/** Whether results agree to float32 rounding; a wrong formula, layout or constant is far outside. */
export function agrees(actual: readonly Digest[], expected: readonly Digest[]): boolean {
  const close = (a: number, b: number, scale: number) => Math.abs(a - b) <= 1e-3 * scale;
  return (
    actual.length > 0 &&
    actual.every(({ norm, product }, i) => {
      const right = expected[i];
      return right !== undefined && close(norm, right.norm, right.norm) && close(product, right.product, right.norm);
    })
  );
}
