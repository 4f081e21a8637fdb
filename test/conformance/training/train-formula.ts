/** The models and data of a `training-train-1` file, which it defines by a hash of names. */
import {
  BatchNorm2d,
  type CifarNet,
  type CifarNetOptions,
  Conv2d,
  cifarNet,
  Flatten,
  generator,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { fmix32, fnv1a } from "../zoo/formula.js";

/** A name and its options. */
export interface Definition {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** What a training is of. */
export interface Task {
  readonly model: Definition;
  readonly seed: string;
  /** Height and width of the images. */
  readonly size: number;
  readonly classes: number;
  /** How many there are. */
  readonly images: number;
}

/** A model of a file. */
export type ImageModel = SmallCNN | CifarNet;

/** Images `[N, 3, size, size]` with their labels, as a tensor and as numbers. */
export interface Labelled {
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly classes: readonly number[];
}

/** `count` integers of 32 bits that belong to a key. */
export function drawn(key: string, count: number): number[] {
  const h = fnv1a(key);
  return Array.from({ length: count }, (_, i) => fmix32(h + Math.imul(i + 1, 0x9e3779b9)));
}

/** The same in [-1, 1). */
export function drawnUnits(key: string, count: number): number[] {
  return drawn(key, count).map((u) => u / 2 ** 31 - 1);
}

/** The data set of a task: images by their places in it. */
export function dataOf({ seed, size, classes, images: count }: Task): (places: readonly number[]) => Labelled {
  const labels = drawn(`${seed}/labels`, count).map((u) => u % classes);
  const pixels = labels.map((label, i) => {
    const common = drawnUnits(`${seed}/class/${label}`, 3 * size * size);
    return drawnUnits(`${seed}/image/${i}`, 3 * size * size).map((own, j) => 0.6 * own + 0.8 * (common[j] as number));
  });
  return (places) => {
    const chosen = places.map((place) => labels[place] as number);
    const values = places.flatMap((place) => pixels[place] as number[]);
    return {
      images: tensor(values, { shape: [places.length, 3, size, size] }),
      labels: tensor(chosen, { dtype: "int32" }),
      classes: chosen,
    };
  };
}

/** The model of a task, with the weights that belong to its seed. */
export function modelOf({ model: { kind, ...options }, seed, size, classes }: Task): ImageModel {
  const model = models[kind]?.(options, size, classes);
  if (model === undefined) throw new Error(`there is no model ${kind}`);
  for (const [name, parameter] of model.namedParameters()) {
    const { shape } = parameter;
    const units = drawnUnits(`${seed}/${name}`, parameter.size);
    parameter.assign(tensor(units.map(weightOf(name, shape)), { shape: [...shape] }));
  }
  return model;
}

const models: Readonly<Record<string, (options: object, size: number, classes: number) => ImageModel>> = {
  smallCNN: (options, size, classes) => new SmallCNN(options as { readonly bias: boolean }, size, classes),
  cifarNet: (options, _size, numClasses) =>
    cifarNet({ ...(options as CifarNetOptions), numClasses, generator: generator(0) }),
};

/** How the weights of a parameter come from [-1, 1). */
function weightOf(name: string, shape: readonly number[]): (unit: number) => number {
  if (shape.length === 1) return name.endsWith("weight") ? (h) => 1 + 0.2 * h : (h) => 0.1 * h;
  const bound = Math.sqrt(6 / shape.slice(1).reduce((product, n) => product * n, 1));
  return (h) => bound * h;
}

/** Two convolutions and a classifier. */
class SmallCNN extends Module<[Tensor], Tensor> {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d = new BatchNorm2d(8);
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d = new BatchNorm2d(16);
  readonly linear: Linear;
  readonly relu: ReLU = new ReLU();
  readonly pool: MaxPool2d = new MaxPool2d(2);
  readonly flatten: Flatten = new Flatten();

  constructor({ bias }: { readonly bias: boolean }, size: number, classes: number) {
    super();
    const options = { padding: 1, bias, generator: generator(0) };
    this.conv1 = new Conv2d(3, 8, 3, options);
    this.conv2 = new Conv2d(8, 16, 3, options);
    this.linear = new Linear(16 * (size / 4) ** 2, classes, { generator: generator(0) });
  }

  override forward(x: Tensor): Tensor {
    const half = this.pool.forward(this.relu.forward(this.bn1.forward(this.conv1.forward(x))));
    const quarter = this.pool.forward(this.relu.forward(this.bn2.forward(this.conv2.forward(half))));
    return this.linear.forward(this.flatten.forward(quarter));
  }
}
