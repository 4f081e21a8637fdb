/** A comparison of made-up nets. */
import type { BatchRun, ZooRecord, ZooRow } from "../../../src/experiments/zoo/records.js";

/** A run of a batch that took so many milliseconds. */
export function run(batch: number, milliseconds: number): BatchRun {
  const timing = { median: milliseconds, lower: milliseconds, upper: milliseconds, runs: 3 };
  return {
    batch,
    forward: timing,
    training: { ...timing, median: 3 * milliseconds },
    forwardMemory: 2 ** 27,
    trainingMemory: 2 ** 28,
    energy: { kind: "modelled", joules: 0.5 },
    failure: null,
  };
}

/** A net. */
export function row(title: string, changes: Partial<ZooRow> = {}): ZooRow {
  return {
    name: title.toLowerCase(),
    title,
    family: "ResNet",
    year: 2015,
    input: [3, 224, 224],
    parameters: 25e6,
    macs: 4e9,
    keptForBackward: 2 ** 26,
    published: { data: "ImageNet", top1: 25, top5: 7, source: "somebody" },
    runs: [run(1, 100), run(16, 800)],
    failure: null,
    ...changes,
  };
}

/** A record of these nets. */
export function record(...rows: readonly ZooRow[]): ZooRecord {
  const ran = { device: "simd", provenance: "WebAssembly, 2 threads", processor: "a processor" };
  return { version: "0", ...ran, training: true, complete: true, rows };
}
