/** Fuzzing: whatever the functions of data, trace, report and experiments are given, they answer or throw a typed error. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as data from "../../src/data/index.js";
import * as experiments from "../../src/experiments/index.js";
import * as lg from "../../src/index.js";
import * as report from "../../src/report.js";
import * as trace from "../../src/trace/index.js";
import { FOUR, madeUpTrace } from "./synthetic-trace.js";

/** What stands in the place of an argument, an option or a field by mistake. */
const ODD: readonly unknown[] = [
  ...[undefined, null, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 10n, true, "", "abc", Symbol("odd")],
  ...[[], [null], [1, "two"], {}, { length: 3 }, { shape: [1] }, () => 1, class {}, new Map(), new Date(0), /x/],
  ...[
    new Float32Array(3),
    new DataView(new ArrayBuffer(4)),
    Promise.resolve(1),
    Object.create(null),
    new Proxy({}, {}),
  ],
];

const made = madeUpTrace([{ ...(FOUR[0] as (typeof FOUR)[number]), depth: 8, seeds: [0], steps: [0, 1] }]);
const images = lg.drawnImages({ count: 4, size: 16 });
const batch = lg.batchOf(images, [0, 1]);
const generator = () => lg.generator(0);
const model = () => new lg.Sequential(new lg.Linear(2, 2, { generator: generator() }), new lg.ReLU());
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "livegrad-misuse-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Right arguments of every function. */
const CALLS: Readonly<Record<string, () => readonly unknown[]>> = {
  trace: () => [model(), { layers: undefined }],
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
  batchOf: () => [images, [0, 1], { precision: "float64" }],
  batches: () => [images, { batchSize: 2, generator: generator(), epochs: 1, augment: "flip-crop" }],
  cifar10: () => [folder, { split: "test", limit: 3 }],
  drawnImages: () => [{ count: 2, seed: 1, size: 16 }],
  flipCrop: () => [batch.images, { generator: generator(), padding: 1 }],
  imageView: () => [images, 1],
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

/** What draws or trains for seconds where it is given no options. */
const SLOW: ReadonlySet<string> = new Set(["drawnImages", "gradientFlow"]);

/** Whether a value is as good as no options. */
function isNothing(odd: unknown): boolean {
  return odd === undefined || (typeof odd === "object" && odd !== null && Object.keys(odd).length === 0);
}

/** A value with an odd one in the place of each of its fields, at two levels. */
function spoilt(value: unknown, odd: unknown, depth = 2): unknown[] {
  const versions: unknown[] = [odd];
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (depth === 0 || !isPlain) return versions;
  for (const [key, field] of Object.entries(value as object).slice(0, 16)) {
    for (const version of spoilt(field, odd, depth - 1)) {
      versions.push(
        Array.isArray(value)
          ? value.map((one, i) => (String(i) === key ? version : one))
          : { ...(value as object), [key]: version },
      );
    }
  }
  return versions;
}

async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const result: unknown = await call();
    if (typeof result === "object" && result !== null && "next" in result) (result as Iterator<unknown>).next();
    if (typeof result === "object" && result !== null && "remove" in result) (result as lg.Trace).remove();
    return null;
  } catch (error) {
    return error;
  }
}

describe("whatever they are given, the functions of data, trace, report and experiments", () => {
  const rooms = { ...data, ...experiments, ...trace, ...report } as Readonly<Record<string, unknown>>;
  const functions = Object.entries(rooms).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));

  it("are all tried", () => {
    expect(Object.keys(CALLS).sort()).toEqual(functions.sort());
  });

  it.each(Object.keys(CALLS))("%s answers or throws an error that names it", async (name) => {
    const call = rooms[name] as (...args: readonly unknown[]) => unknown;
    const right = CALLS[name] as () => readonly unknown[];
    const works = await outcome(() => call(...right()));
    if (name !== "cifar10") expect(works).toBeNull();
    let refused = 0;
    const rounds = SLOW.has(name) ? ODD.filter((odd) => !isNothing(odd)) : ODD;
    for (const odd of rounds) {
      for (let place = 0; place < right().length; place++) {
        for (const version of spoilt(right()[place], odd, name === "gradientFlow" ? 1 : 2)) {
          const args = right().map((one, i) => (i === place ? version : one));
          const error = await outcome(() => call(...args));
          if (error === null) continue;
          refused++;
          const what = `${name}(${args.map((arg) => lg.describe(arg)).join(", ")}): ${error instanceof Error ? error.stack : String(error)}`;
          expect(error, what).toBeInstanceOf(lg.LivegradError);
          expect((error as Error).message, what).toMatch(/^\w+: [^\n]+$/);
        }
      }
    }
    expect(refused).toBeGreaterThan(10);
  });
});
