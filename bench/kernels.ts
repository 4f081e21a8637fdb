/** `npx tsx bench/kernels.ts [--device NAME]`: speed of the kernels that dominate training, through the public ops. */
import { parseArgs } from "node:util";
import {
  add,
  backward,
  batchNorm,
  type Conv2dOptions,
  conv2d,
  type DeviceName,
  deviceNamed,
  generator,
  gradients,
  matmul,
  noGrad,
  randn,
  relu,
  setDevice,
  sum,
  type Tensor,
  tidy,
} from "../src/index.js";

const { values } = parseArgs({ options: { device: { type: "string", default: "webasm" } } });
setDevice(values.device as DeviceName);
const rng = generator(1);

/** Seconds of the least disturbed run; the first, which compiles, does not count. */
function time(task: () => Tensor): number {
  const once = () => void tidy(() => void task().dataSync());
  once();
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 300;
  for (let runs = 0; runs < 3 || performance.now() < end; runs++) {
    const start = performance.now();
    once();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

function show(name: string, seconds: number, flops?: number): void {
  const rate = flops === undefined ? "" : `${(flops / seconds / 1e9).toFixed(2).padStart(8)} GFLOP/s`;
  console.log(`${name.padEnd(36)}${(seconds * 1e3).toFixed(3).padStart(10)} ms${rate}`);
}

function benchConv(channels: number, size: number, outChannels: number, kernel: number, options: Conv2dOptions): void {
  const x = randn([32, channels, size, size], { generator: rng, requiresGrad: true });
  const weight = randn([outChannels, channels, kernel, kernel], { generator: rng, requiresGrad: true });
  const y = conv2d(x, weight, null, options);
  const gradOutput = randn(y.shape, { generator: rng });
  const flops = 2 * y.size * channels * kernel * kernel;
  const name = `${kernel}×${kernel} ${channels}→${outChannels} @${size}² stride ${String(options.stride ?? 1)}`;
  const gradient = (of: Tensor) => () => gradients(y, [of], { gradOutput, retainGraph: true })[0] as Tensor;
  show(
    `${name} forward`,
    time(() => noGrad(() => conv2d(x, weight, null, options))),
    flops,
  );
  show(`${name} input grad`, time(gradient(x)), flops);
  show(`${name} weight grad`, time(gradient(weight)), flops);
}

function benchMatmul(size: number): void {
  const [a, b] = [randn([size, size], { generator: rng }), randn([size, size], { generator: rng })];
  show(
    `matmul ${size}`,
    time(() => matmul(a, b)),
    2 * size ** 3,
  );
}

function benchElementwise(): void {
  const shape = [32, 16, 32, 32];
  const x = randn(shape, { generator: rng, requiresGrad: true });
  const other = randn(shape, { generator: rng });
  const weight = randn([16], { generator: rng, requiresGrad: true });
  const bias = randn([16], { generator: rng, requiresGrad: true });
  const normalized = batchNorm(x, weight, bias, { training: true });
  show(
    "sum",
    time(() => noGrad(() => sum(x))),
  );
  show(
    "sum over N, H, W",
    time(() => noGrad(() => sum(x, { axis: [0, 2, 3] }))),
  );
  show(
    "batchNorm forward",
    time(() => noGrad(() => batchNorm(x, weight, bias, { training: true }))),
  );
  show(
    "batchNorm backward",
    time(() => {
      backward(normalized, { gradOutput: other, retainGraph: true });
      return x.grad as Tensor;
    }),
  );
  show(
    "relu",
    time(() => noGrad(() => relu(x))),
  );
  show(
    "add",
    time(() => noGrad(() => add(x, other))),
  );
}

console.log(`${values.device}: ${deviceNamed(values.device as DeviceName).provenance}`);
benchConv(16, 32, 16, 3, { padding: 1 });
benchConv(32, 16, 32, 3, { padding: 1 });
benchConv(64, 8, 64, 3, { padding: 1 });
benchConv(16, 32, 32, 3, { padding: 1, stride: 2 });
benchConv(3, 32, 16, 3, { padding: 1 });
benchConv(16, 32, 32, 1, { stride: 2 });
benchMatmul(256);
benchMatmul(512);
benchElementwise();
