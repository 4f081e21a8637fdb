/** TensorFlow.js on its cpu or wasm backend, in its own layout: NHWC images, HWIO weights. */
import * as tf from "@tensorflow/tfjs";
import { version_wasm as wasmVersion } from "@tensorflow/tfjs-backend-wasm"; // registers the backend
import { type Framework, lacking, numbers, parameterNames, specOf, type Task } from "../framework.js";
import { blocksOf, type Convolution, type Perceptron, type Problem, type ResNet, type Tensors } from "../problem.js";

type T = tf.Tensor;

/** TensorFlow.js on the backend of the option `backend`. */
export async function start({ backend = "cpu" }: Readonly<Record<string, string>>): Promise<Framework> {
  await tf.setBackend(backend);
  await tf.ready();
  const version = backend === "wasm" ? wasmVersion : tf.version.tfjs;
  const flags = backend === "wasm" ? `, SIMD ${tf.env().get("WASM_HAS_SIMD_SUPPORT")}` : "";
  return { version, detail: `${tf.getBackend()} backend${flags}`, task };
}

const isConvolution = (name: string, rank: number) => rank === 4 && (name.endsWith("weight") || name === "weight");

/** A tensor in TensorFlow's layout. */
function input(tensors: Tensors, name: string): T {
  const { shape } = specOf(tensors, name);
  return tf.tidy(() => {
    const x = tf.tensor(numbers(tensors, name), [...shape]);
    if (shape.length !== 4) return shape.length === 2 && name.endsWith("weight") ? tf.transpose(x) : x;
    return isConvolution(name, 4) ? tf.transpose(x, [2, 3, 1, 0]) : tf.transpose(x, [0, 2, 3, 1]);
  });
}

function task(problem: Problem, tensors: Tensors): Task {
  switch (problem.kind) {
    case "matmul": {
      const [a, b] = [input(tensors, "a"), input(tensors, "b")];
      return computing(() => [tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)], [a, b]);
    }
    case "conv2d":
      return convolution(problem, tensors);
    case "batchNorm": {
      const leaves = ["x", "weight", "bias"].map((name) => input(tensors, name));
      return differentiating((x, weight, bias) => normalized(x as T, weight as T, bias as T), leaves, tensors);
    }
    case "maxPool": {
      const { kernel } = problem;
      return differentiating(
        (x) => tf.maxPool(x as tf.Tensor4D, kernel, kernel, "valid"),
        [input(tensors, "x")],
        tensors,
      );
    }
    case "mlp":
    case "resnet":
      return training(problem, tensors);
    case "add":
      return adding(input(tensors, "a"), input(tensors, "b"));
    default:
      return lacking("not a matter of frameworks");
  }
}

/** NCHW, or OIHW. */
function toChannelsFirst(x: T, filter: boolean): T {
  if (x.rank !== 4) return x;
  return filter ? tf.transpose(x, [3, 2, 0, 1]) : tf.transpose(x, [0, 3, 1, 2]);
}

/** `filters` says at which places of the results filters stand. */
function computing(compute: () => T[], held: readonly T[], filters: readonly number[] = []): Task {
  return {
    run: () =>
      tf.tidy(() => {
        compute(); // both backends have done it when the call returns
      }),
    results: () => tf.tidy(() => compute().map((y, i) => toChannelsFirst(y, filters.includes(i)).dataSync().slice())),
    dispose: () => tf.dispose([...held]),
  };
}

/** Output and gradients of one forward and one backward pass. */
function differentiating(
  f: (...leaves: T[]) => T,
  leaves: T[],
  tensors: Tensors,
  filters: readonly number[] = [],
): Task {
  const gradOutput = input(tensors, "gradOutput");
  return computing(
    () => {
      let output: T | null = null;
      const gradients = tf.grads((...xs: T[]) => {
        const y = f(...xs);
        output = tf.keep(y);
        return y;
      })(leaves, gradOutput);
      const y = output as unknown as T;
      const copy = y.clone();
      y.dispose();
      return [copy, ...gradients];
    },
    [...leaves, gradOutput],
    filters,
  );
}

function convolution(problem: Convolution, tensors: Tensors): Task {
  const { stride, padding, groups, inChannels, kernel } = problem;
  if (groups !== 1 && groups !== inChannels) lacking("no grouped convolution");
  const x = input(tensors, "x");
  let weight = input(tensors, "weight");
  // A depthwise weight [H, W, 1, C] is [H, W, C, 1] there.
  if (groups > 1) weight = tf.reshape(weight, [kernel, kernel, inChannels, 1]);
  const f = (x: T, weight: T) => convolve(x, weight, stride, padding, groups > 1);
  if (!problem.gradients) return computing(() => [f(x, weight)], [x, weight]);
  // The gradient of depthwise filters, [H, W, C, 1], is read as [1, C, H, W], which is [C, 1, H, W] in memory.
  return differentiating(f as (...xs: T[]) => T, [x, weight], tensors, [2]);
}

function convolve(x: T, weight: T, stride: number, padding: number, depthwise = false): T {
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
  const convolution = depthwise ? tf.depthwiseConv2d : tf.conv2d;
  return convolution(x as tf.Tensor4D, weight as tf.Tensor4D, stride, pad);
}

/** With statistics of the batch, by moments as `tf.layers` computes them. */
function normalized(x: T, weight: T, bias: T): T {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    bias as tf.Tensor1D,
    weight as tf.Tensor1D,
    1e-5,
  );
}

/** Recorded on a tape that starts anew each time, as at every step of training. */
function adding(a: T, b: T): Task {
  const { state } = tf.engine();
  state.gradientDepth = 1;
  state.activeTape = [];
  let sum = tf.add(a, b);
  return {
    run: () => {
      sum.dispose();
      state.activeTape.length = 0;
      sum = tf.add(a, b);
    },
    results: () => {
      if (!state.activeTape.some(({ kernelName }) => kernelName === "Add"))
        throw new Error("the addition was not recorded");
      return [sum.dataSync()];
    },
    dispose: () => {
      state.gradientDepth = 0;
      tf.dispose([a, b, sum]);
    },
  };
}

function training(problem: Perceptron | ResNet, tensors: Tensors): Task {
  const x = input(tensors, "x");
  const classes = problem.kind === "mlp" ? (problem.widths.at(-1) as number) : 10;
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.cast(input(tensors, "labels"), "int32"), classes), "float32"));
  const variables = Object.fromEntries(
    parameterNames(tensors).map((name) => [name, tf.variable(input(tensors, name))]),
  );
  const of = (name: string) => variables[name] as T;
  const logits =
    problem.kind === "mlp" ? () => perceptron(x, problem.widths.length - 1, of) : () => resnet(x, problem, of);
  const optimizer =
    problem.kind === "resnet"
      ? tf.train.momentum(0.01, 0.9)
      : problem.optimizer === "sgd"
        ? tf.train.sgd(0.01)
        : tf.train.adam(0.001, 0.9, 0.999, 1e-8);
  let loss = Number.NaN;
  return {
    run: () =>
      tf.tidy(() => {
        const value = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, logits()), true);
        loss = (value as tf.Scalar).dataSync()[0] as number;
      }),
    results: () => [[loss]],
    dispose: () => {
      tf.dispose([x, labels, ...Object.values(variables)]);
      optimizer.dispose();
    },
  };
}

function perceptron(x: T, layers: number, of: (name: string) => T): T {
  let h = x;
  for (let i = 0; i < layers; i++) {
    const y = tf.add(tf.matMul(h as tf.Tensor2D, of(`${2 * i}.weight`) as tf.Tensor2D), of(`${2 * i}.bias`));
    h = i + 1 < layers ? tf.relu(y) : y;
  }
  return h;
}

function resnet(x: T, problem: ResNet, of: (name: string) => T): T {
  const convolved = (h: T, at: string, convolution: string, norm: string, stride: number) =>
    normalized(
      convolve(h, of(`${at}${convolution}.weight`), stride, 1),
      of(`${at}${norm}.weight`),
      of(`${at}${norm}.bias`),
    );
  let h: T = tf.relu(convolved(x, "", "conv1", "bn1", 1));
  for (const [name, inChannels, out, stride] of blocksOf(problem)) {
    const inner = tf.relu(convolved(h, `${name}.`, "conv1", "bn1", stride));
    const branch = convolved(inner, `${name}.`, "conv2", "bn2", 1);
    h = tf.relu(tf.add(branch, shortcut(h, out - inChannels, stride)));
  }
  return tf.add(tf.matMul(tf.mean(h, [1, 2]) as tf.Tensor2D, of("linear.weight") as tf.Tensor2D), of("linear.bias"));
}

/** Every second row and column, by pooling windows of one pixel, as strided slices have no gradient there; and zero
 * channels on both sides. */
function shortcut(h: T, extra: number, stride: number): T {
  if (stride === 1) return h;
  const sampled = tf.avgPool(h as tf.Tensor4D, 1, stride, "valid");
  const before = Math.floor(extra / 2);
  return tf.pad(sampled, [
    [0, 0],
    [0, 0],
    [0, 0],
    [before, extra - before],
  ]);
}
