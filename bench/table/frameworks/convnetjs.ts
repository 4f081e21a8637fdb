/** ConvNetJS: plain JavaScript, one image at a time. */
import { readFileSync } from "node:fs";
import convnet from "convnetjs";
import { type Framework, lacking, numbers, type Task } from "../framework.js";
import { type Convolution, outputSize, type Perceptron, type Problem, type Tensors } from "../problem.js";

type Vol = convnet.Vol;

/** ConvNetJS, which has but one backend. */
export async function start(): Promise<Framework> {
  const manifest = new URL("../package.json", import.meta.resolve("convnetjs"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { version, detail: "JavaScript, float64", task };
}

function task(problem: Problem, tensors: Tensors): Task {
  switch (problem.kind) {
    case "conv2d":
      return convolution(problem, tensors);
    case "maxPool": {
      const [batch, depth, size] = problem.shape;
      const { kernel } = problem;
      const layer = new convnet.PoolLayer({
        sx: kernel,
        stride: kernel,
        pad: 0,
        in_depth: depth,
        in_sx: size,
        in_sy: size,
      });
      return layered(layer, { batch, depth, size, outDepth: depth, outSize: size / kernel }, tensors, true);
    }
    case "mlp":
      return training(problem, tensors);
    case "matmul":
      return lacking("no matrix product");
    case "batchNorm":
      return lacking("no batch norm");
    case "resnet":
      return lacking("no batch norm, no residual additions");
    case "add":
      return lacking("no recorded operations, layers only");
    default:
      return lacking("not a matter of frameworks");
  }
}

/** The images of a batch as volumes, from NCHW. */
function volumes(values: ArrayLike<number>, batch: number, depth: number, size: number): Vol[] {
  return Array.from({ length: batch }, (_, n) => {
    const volume = new convnet.Vol(size, size, depth, 0);
    fill(volume.w, values, n, depth, size);
    return volume;
  });
}

function fill(into: Float64Array, values: ArrayLike<number>, n: number, depth: number, size: number): void {
  const area = size * size;
  for (let d = 0; d < depth; d++) {
    for (let i = 0; i < area; i++) into[i * depth + d] = values[(n * depth + d) * area + i] as number;
  }
}

/** Back to NCHW. */
function flat(list: readonly ArrayLike<number>[], depth: number): Float64Array {
  const [length = 0] = list.map((volume) => volume.length);
  const result = new Float64Array(length * list.length);
  const area = length / depth;
  list.forEach((volume, n) => {
    for (let d = 0; d < depth; d++) {
      for (let i = 0; i < area; i++) result[(n * depth + d) * area + i] = volume[i * depth + d] as number;
    }
  });
  return result;
}

interface Sizes {
  readonly batch: number;
  readonly depth: number;
  readonly size: number;
  readonly outDepth: number;
  readonly outSize: number;
}

function convolution(problem: Convolution, tensors: Tensors): Task {
  const { batch, inChannels, outChannels, size, kernel, stride, padding, groups } = problem;
  if (groups !== 1) lacking("no grouped convolution");
  const layer = new convnet.ConvLayer({
    filters: outChannels,
    sx: kernel,
    stride,
    pad: padding,
    in_depth: inChannels,
    in_sx: size,
    in_sy: size,
  });
  const weight = numbers(tensors, "weight");
  layer.filters.forEach((filter, o) => {
    fill(filter.w, weight, o, inChannels, kernel);
  });
  const sizes = { batch, depth: inChannels, size, outDepth: outChannels, outSize: outputSize(problem) };
  const task = layered(layer, sizes, tensors, problem.gradients);
  if (!problem.gradients) return task;
  return {
    run: () => {
      for (const filter of layer.filters) filter.dw.fill(0);
      return task.run();
    },
    results: async () => [
      ...(await task.results()),
      flat(
        layer.filters.map(({ dw }) => dw),
        inChannels,
      ),
    ],
  };
}

function layered(layer: convnet.Layer, sizes: Sizes, tensors: Tensors, gradients: boolean): Task {
  const { batch, depth, size, outDepth, outSize } = sizes;
  const images = volumes(numbers(tensors, "x"), batch, depth, size);
  const gradOutputs = volumes(numbers(tensors, "gradOutput"), batch, outDepth, outSize);
  let outputs: Vol[] = [];
  return {
    run: () => {
      outputs = images.map((image, n) => {
        const output = layer.forward(image, gradients);
        if (gradients) {
          output.dw = (gradOutputs[n] as Vol).w;
          layer.backward();
        }
        return output;
      });
    },
    results: () => [
      flat(
        outputs.map(({ w }) => w),
        outDepth,
      ),
      ...(gradients
        ? [
            flat(
              images.map(({ dw }) => dw),
              depth,
            ),
          ]
        : []),
    ],
  };
}

function training({ batch, widths, optimizer }: Perceptron, tensors: Tensors): Task {
  if (optimizer !== "sgd") lacking("no Adam");
  const net = new convnet.Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: widths[0] },
    ...widths.slice(1, -1).map((width) => ({ type: "fc", num_neurons: width, activation: "relu" })),
    { type: "softmax", num_classes: widths.at(-1) },
  ]);
  const dense = net.layers.filter(({ layer_type }) => layer_type === "fc");
  dense.forEach((layer, i) => {
    const [weight, bias] = [numbers(tensors, `${2 * i}.weight`), numbers(tensors, `${2 * i}.bias`)];
    const fanIn = widths[i] as number;
    layer.filters.forEach((filter, o) => {
      filter.w.set(weight.subarray(o * fanIn, (o + 1) * fanIn));
    });
    layer.biases.w.set(bias);
  });
  const trainer = new convnet.SGDTrainer(net, { learning_rate: 0.01, momentum: 0, batch_size: batch });
  const images = volumes(numbers(tensors, "x"), batch, widths[0] as number, 1);
  const labels = numbers(tensors, "labels");
  let loss = Number.NaN;
  return {
    run: () => {
      loss = 0;
      images.forEach((image, n) => {
        loss += trainer.train(image, labels[n] as number).cost_loss / batch;
      });
    },
    results: () => [[loss]],
  };
}
