/** The rows of the table: what is measured, how much work it is, and how rows belong together. */
import { copyBytes } from "./frameworks/limits-wat.js";
import type { Convolution, Perceptron, Problem, ResNet } from "./problem.js";
import { flopsOf } from "./work.js";

/** What the table says of a row. */
export interface Line {
  readonly id: string;
  readonly group: string;
  /** How the table calls it inside its group. */
  readonly title: string;
  /** Floating-point operations, where they are what takes the time. */
  readonly flops?: number;
  /** Bytes read and written, where they are what takes the time. */
  readonly bytes?: number;
}

/** One row, measured by running its problem. */
export interface Row extends Line {
  readonly problem: Problem;
  /** A smaller row of the kind: where that is slow already, this one is not tried. */
  readonly after?: string;
}

/** Rows that differ in one size, by which cost should grow like a power. */
export interface Series {
  readonly title: string;
  /** What the sizes count. */
  readonly by: string;
  readonly points: readonly { readonly row: string; readonly size: number }[];
}

function row(id: string, group: string, title: string, problem: Problem, bytes?: number): Row {
  const flops = flopsOf(problem);
  return { id, group, title, problem, ...(flops !== null && { flops }), ...(bytes !== undefined && { bytes }) };
}

function matmul(size: number): Row {
  return row(`matmul-${size}`, "matmul", `${size}`, { kind: "matmul", size });
}

type Window = Pick<Convolution, "inChannels" | "outChannels" | "size" | "kernel" | "stride" | "padding" | "groups">;

/** Name, in and out channels, size, kernel, stride, padding, groups. */
const windows: readonly (readonly [string, Window])[] = (
  [
    ["3×3 16→16 @32²", 16, 16, 32, 3, 1, 1, 1],
    ["3×3 32→32 @16²", 32, 32, 16, 3, 1, 1, 1],
    ["3×3 64→64 @8²", 64, 64, 8, 3, 1, 1, 1],
    ["1×1 64→256 @16²", 64, 256, 16, 1, 1, 0, 1],
    ["7×7 3→64 /2 @64²", 3, 64, 64, 7, 2, 3, 1],
    ["3×3 depthwise 32 @32²", 32, 32, 32, 3, 1, 1, 32],
  ] as const
).map(([name, inChannels, outChannels, size, kernel, stride, padding, groups]) => [
  name,
  { inChannels, outChannels, size, kernel, stride, padding, groups },
]);

function convolution(name: string, window: Window, gradients: boolean): Row {
  const problem: Convolution = { kind: "conv2d", batch: 32, ...window, gradients };
  const { inChannels, outChannels, kernel, groups, size, stride } = window;
  const short = groups > 1 ? "depthwise" : `${kernel}x${kernel}-${inChannels}-${outChannels}`;
  const id = `conv-${short}-${size}${stride > 1 ? `-s${stride}` : ""}-${gradients ? "gradients" : "forward"}`;
  const group = gradients ? "conv2d, forward and both gradients, batch 32" : "conv2d, forward, batch 32";
  return row(id, group, name, problem);
}

function perceptron(id: string, group: string, title: string, problem: Omit<Perceptron, "kind">): Row {
  return row(id, group, title, { kind: "mlp", ...problem });
}

function resnet(group: string, title: string, depth: number, width: number, batch: number): Row {
  const problem: ResNet = { kind: "resnet", depth, width, batch };
  return row(`resnet-${depth}-width-${width}-batch-${batch}`, group, title, problem);
}

const mlp = { batch: 64, widths: [784, 256, 128, 10] } as const;

function add(length: number, title: string): Row {
  const bytes = length < 1000 ? undefined : 12 * length;
  return row(`add-${length}`, "recorded add", title, { kind: "add", length }, bytes);
}

function limit(of: "copy" | "product" | "fusedProduct", title: string, bytes?: number): Row {
  return row(`limit-${of}`, "limits of this machine, one thread", title, { kind: "limit", of }, bytes);
}

const growthGroup = "growth of a training step";
const deep = (layers: number, width = 128) => [784, ...Array<number>(layers).fill(width), 10];
const growing = (id: string, title: string, batch: number, widths: readonly number[]) =>
  perceptron(`growth-${id}`, growthGroup, title, { batch, widths, optimizer: "sgd" });

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  limit("copy", "memory copy, 64 MB", 2 * copyBytes),
  limit("product", "4×8 tile × 256, hot caches"),
  limit("fusedProduct", "3×12 tile × 256, fused"),
  ...[256, 512, 1024].map(matmul),
  ...windows.map(([name, window]) => convolution(name, window, false)),
  ...windows.map(([name, window]) => convolution(name, window, true)),
  row("batch-norm", "forward and backward", "batch norm (32, 16, 32, 32)", {
    kind: "batchNorm",
    shape: [32, 16, 32, 32],
  }),
  row("max-pool", "forward and backward", "max-pool 2×2 (32, 16, 32, 32)", {
    kind: "maxPool",
    shape: [32, 16, 32, 32],
    kernel: 2,
  }),
  add(10, "10"),
  add(1e6, "10⁶"),
  add(1e7, "10⁷"),
  perceptron("mlp-sgd", "training step", "MLP, SGD, batch 64", { ...mlp, optimizer: "sgd" }),
  perceptron("mlp-adam", "training step", "MLP, Adam, batch 64", { ...mlp, optimizer: "adam" }),
  resnet("training step", "ResNet-20, batch 32", 20, 16, 32),
  { ...resnet("training step", "ResNet-56, batch 32", 56, 16, 32), after: "resnet-20-width-16-batch-32" },
  growing("batch-32", "MLP 2×128, batch 32", 32, deep(2)),
  growing("base", "MLP 2×128, batch 128", 128, deep(2)),
  growing("batch-512", "MLP 2×128, batch 512", 512, deep(2)),
  growing("depth-4", "MLP 4×128, batch 128", 128, deep(4)),
  growing("depth-8", "MLP 8×128, batch 128", 128, deep(8)),
  growing("width-256", "MLP 2×256, batch 128", 128, deep(2, 256)),
  growing("width-512", "MLP 2×512, batch 128", 128, deep(2, 512)),
  resnet(growthGroup, "ResNet-8 width 8, batch 8", 8, 8, 8),
  resnet(growthGroup, "ResNet-8 width 8, batch 32", 8, 8, 32),
  resnet(growthGroup, "ResNet-8 width 16, batch 32", 8, 16, 32),
];

/** Series whose growth the table shows. */
export const series: readonly Series[] = [
  points("MLP", "batch", { "growth-batch-32": 32, "growth-base": 128, "growth-batch-512": 512 }),
  points("MLP", "depth", { "growth-base": 2, "growth-depth-4": 4, "growth-depth-8": 8 }),
  points("MLP", "width", { "growth-base": 128, "growth-width-256": 256, "growth-width-512": 512 }),
  points("ResNet-8", "batch", { "resnet-8-width-8-batch-8": 8, "resnet-8-width-8-batch-32": 32 }),
  points("ResNet-8", "width", { "resnet-8-width-8-batch-32": 8, "resnet-8-width-16-batch-32": 16 }),
  points("ResNet", "depth", {
    "resnet-8-width-16-batch-32": 8,
    "resnet-20-width-16-batch-32": 20,
    "resnet-56-width-16-batch-32": 56,
  }),
];

function points(title: string, by: string, sizes: Readonly<Record<string, number>>): Series {
  return { title, by, points: Object.entries(sizes).map(([row, size]) => ({ row, size })) };
}

/** What fresh processes tell: how long the import takes, and the first step of a perceptron after it. */
export const startUp = {
  problem: "mlp-sgd",
  importing: { id: "start-import", group: "start-up, fresh process", title: "import and make ready" },
  firstStep: { id: "start-first-step", group: "start-up, fresh process", title: "first step (MLP, SGD)" },
} as const;
