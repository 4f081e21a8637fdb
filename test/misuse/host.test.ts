/** Fuzzing: whatever the functions of data, summary, trace, report and experiments are given, they answer or throw a typed error. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as data from "../../src/data/index.js";
import * as experiments from "../../src/experiments/index.js";
import * as lg from "../../src/index.js";
import * as report from "../../src/report.js";
import * as summaries from "../../src/summary/index.js";
import * as trace from "../../src/trace/index.js";
import { madeUpResult } from "../experiments/degradation/made-up-result.js";
import { FOUR, madeUpTrace } from "../experiments/report/made-up-trace.js";
import { ODD, outcome, refusals } from "./odd.js";

const made = madeUpTrace([{ ...(FOUR[0] as (typeof FOUR)[number]), depth: 8, seeds: [0], steps: [0, 1] }]);
const result = madeUpResult({ plain: { 8: [0.3], 14: [0.5] } });
const images = lg.drawnImages({ count: 4, size: 16 });
const batch = lg.batchOf(images, [0, 1]);
const generator = () => lg.generator(0);
const rows: data.Dataset<number> = { length: 3, get: (index) => index };
/** A PNG of one pixel. */
const png = Uint8Array.from(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4AWP4DwABAQEAiuJTfQAAAABJRU5ErkJggg==", "base64"),
);
/** An IDX file without elements. */
const idx = (rank: number) => Uint8Array.of(0, 0, 8, rank, ...new Uint8Array(4 * rank));
const model = () => new lg.Sequential(new lg.Linear(2, 2, { generator: generator() }), new lg.ReLU());
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-misuse-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Right arguments of every function. */
const CALLS: Readonly<Record<string, () => readonly unknown[]>> = {
  trace: () => [model(), { layers: undefined }],
  placesOf: () => [{ pass: 0, source: "backward", layers: [], parameters: [], parameterGradNorms: {} }],
  summary: () => [model(), [1, 2], { training: true }],
  answerInWords: () => [report.summarize(made)],
  divergencesOf: () => [made],
  figuresOf: () => [made, "first"],
  renderSvg: () => [
    { series: [{ type: "line", data: [1, 2] }], xAxis: { data: ["a", "b"] }, yAxis: {} },
    { width: 90, height: 50 },
  ],
  parseTrace: () => [report.traceJson(made)],
  traceCsv: () => [made],
  traceJson: () => [made],
  reportHtml: () => [made, { echartsSource: "" }],
  summarize: () => [made, { step: "last" }],
  verdictOf: () => [0.1, 0.9],
  DataLoader: () => [
    images,
    { batchSize: 2, shuffle: true, transform: "flip-crop", generator: generator(), prefetch: 1 },
  ],
  balancedSampler: () => [[0, 1], 4],
  cacheDataset: () => [rows],
  concatDataset: () => [[rows, rows]],
  randomSampler: () => [3, { replacement: true, numSamples: 2 }],
  randomSplit: () => [rows, [0.5, 0.5], { generator: generator(), stratify: [0, 0, 1] }],
  sequentialSampler: () => [3],
  subset: () => [images, [0, 1]],
  tensorDataset: () => [{ x: { shape: [2, 1], data: new Float32Array(2) } }],
  weightedRandomSampler: () => [[1, 2], 2, { replacement: false }],
  degradationFigures: () => [result],
  degradationHtml: () => [result, { echartsSource: "" }],
  degradationInWords: () => [result],
  degradationJson: () => [result],
  depthComparisons: () => [result],
  learningRateFigure: () => [{ points: [{ lr: 0.1, loss: 2, smoothed: 2 }], suggestion: 0.1, diverged: false }],
  parseDegradation: () => [report.degradationJson(result)],
  batchOf: () => [images, [0, 1], { precision: "float64" }],
  batches: () => [images, { batchSize: 2, generator: generator(), epochs: 1, augment: "flip-crop" }],
  channelStatistics: () => [images],
  "transforms.centerCrop": () => [[2, 3]],
  "transforms.colorJitter": () => [{ brightness: 0.1, contrast: [0.5, 1], saturation: 0.2, hue: 0.1 }],
  "transforms.compose": () => [[data.transforms.resize(3), data.transforms.randomHorizontalFlip()]],
  "transforms.normalize": () => [{ mean: [0, 0, 0], std: [1, 1, 1] }],
  "transforms.pcaLighting": () => [{ std: 0.1 }],
  "transforms.randomCrop": () => [[3, 4], { padding: 1, fill: 2 }],
  "transforms.randomErasing": () => [{ p: 1, scale: [0.1, 0.2], ratio: [0.5, 2], value: 3 }],
  "transforms.randomHorizontalFlip": () => [{ p: 0.3 }],
  "transforms.randomResizedCrop": () => [4, { scale: [0.5, 1], ratio: [0.5, 2] }],
  "transforms.resize": () => [[2, 3]],
  "transforms.toTensor": () => [{ precision: "float64" }],
  csvDataset: () => [
    new TextEncoder().encode("a,b\n1,x\n"),
    { label: "b", columns: ["a"], classes: ["x"], header: true, delimiter: ",", precision: "float64", name: "n" },
  ],
  decodeImage: () => [png, { channels: 1, name: "n" }],
  imageFolder: () => [folder, { channels: 1, workers: 1 }],
  cifar100: () => [folder, { split: "test", labels: "coarse", limit: 3 }],
  idxImages: () => [
    idx(3),
    idx(1),
    { name: "n", classNames: ["a"], mean: 0, std: 1, imagesName: "i", labelsName: "l" },
  ],
  mnist: () => [folder, { split: "test", variant: "kmnist", limit: 3 }],
  readIdx: () => [idx(1), { name: "n" }],
  cifar10: () => [folder, { split: "test", limit: 3 }],
  drawnImages: () => [{ count: 2, seed: 1, size: 16 }],
  flipCrop: () => [batch.images, { generator: generator(), padding: 1 }],
  imageView: () => [images, 1],
  degradation: () => [
    {
      ...{ form: "cifar", depths: [8, 14], width: 1, batch: 2, steps: 20, seeds: 1 },
      ...{ dataset: { train: images, test: images }, device: "simd", signal: { aborted: true } }, // before it trains
    },
  ],
  gradientFlow: () => [
    {
      depths: [8],
      shortcuts: ["none"],
      norms: ["none"],
      width: 1,
      batch: 2,
      seeds: 1,
      dataset: images,
      device: "simd",
    },
  ],
};

/** A loader, made of what was passed, and its first batch. */
async function firstBatch(...args: ConstructorParameters<typeof data.DataLoader>): Promise<void> {
  for await (const _ of new data.DataLoader(...args)) return;
}

/** A transform that is made of what was passed, and what it makes of an image. */
function applied(make: unknown) {
  return (...args: never[]): void => {
    const transform = (make as (...args: never[]) => data.Transform)(...args);
    transform({ data: batch.images.data.subarray(0, 768), channels: 3, height: 16, width: 16 }, generator());
  };
}

/** What draws or trains for seconds where it is given no options. */
const SLOW: ReadonlySet<string> = new Set(["degradation", "drawnImages", "gradientFlow"]);

/** Whether a value is as good as no options. */
function isNothing(odd: unknown): boolean {
  return odd === undefined || (typeof odd === "object" && odd !== null && Object.keys(odd).length === 0);
}

describe("whatever they are given, the functions of data, summary, trace, report and experiments", () => {
  const named = Object.entries(data.transforms).map(([name, value]) => [`transforms.${name}`, value]);
  const rooms = {
    ...data,
    ...Object.fromEntries(named),
    ...experiments,
    ...summaries,
    ...trace,
    ...report,
  } as Readonly<Record<string, unknown>>;
  const functions = Object.entries(rooms).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));

  it("are all tried", () => {
    expect(Object.keys(CALLS).sort()).toEqual(functions.sort());
  });

  it.each(Object.keys(CALLS))("%s answers or throws an error that names it", async (name) => {
    const call = (
      name === "DataLoader" ? firstBatch : name.startsWith("transforms.") ? applied(rooms[name]) : rooms[name]
    ) as (...args: readonly unknown[]) => unknown;
    const right = CALLS[name] as () => readonly unknown[];
    const works = await outcome(() => call(...right()));
    if (!["cifar10", "cifar100", "imageFolder", "mnist"].includes(name)) expect(works).toBeNull();
    const odds = SLOW.has(name) ? ODD.filter((odd) => !isNothing(odd)) : ODD;
    const refused = await refusals(
      { name, right, run: call },
      ["degradation", "gradientFlow"].includes(name) ? 1 : 2,
      odds,
    );
    expect(refused).toBeGreaterThan(10);
  });
});
