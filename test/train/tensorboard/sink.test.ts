/** Tests of what TensorBoard is told of a run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FitEvent } from "../../../src/train/events.js";
import { logToTensorBoard } from "../../../src/train/tensorboard/sink.js";
import { SummaryWriter } from "../../../src/train/tensorboard/summary-writer.js";
import { MemoryFile } from "../logs/memory-file.js";
import { madeUpRun, tell } from "../made-up-run.js";
import { type ReadEvent, readEventFile } from "./event-file.js";

async function told(events: readonly FitEvent[]): Promise<ReadEvent[]> {
  const file = new MemoryFile();
  await tell(logToTensorBoard(new SummaryWriter(file)), events);
  return readEventFile(file.read());
}

const line = (events: readonly ReadEvent[], tag: string) =>
  events.filter((event) => event.tag === tag).map(({ step, scalar }) => [step, scalar]);

describe("logToTensorBoard", () => {
  it("draws loss, metrics and learning rate of training and validation", async () => {
    const events = await told(madeUpRun({ epochs: 1 }));
    expect(line(events, "loss/train")).toEqual([1, 2, 3, 4].map((step) => [step, Math.fround(2 / step)]));
    expect(line(events, "accuracy/validation")).toEqual([[4, Math.fround(1 - 2 / 6)]]);
    expect(line(events, "loss/train_epoch")).toEqual([[4, 0.625]]);
    expect(line(events, "lr").length).toBe(4);
    expect(line(events, "examples_per_second")[0]).toEqual([1, 16]);
    expect(line(events, "gradient_flow/conv1")).toEqual([2, 4].map((step) => [step, Math.fround(0.001 / step)]));
  });

  it("draws a line for each class and each group of parameters", async () => {
    const [start, step] = madeUpRun() as [FitEvent, FitEvent & { kind: "step" }];
    const evaluation: FitEvent = {
      ...{ kind: "evaluation", step: 1, epoch: 1, metrics: { loss: 1, classAccuracy: [0.5, 1, 0] }, examples: 3 },
      ...{ predictions: null, seconds: 1 },
    };
    const events = await told([start, { ...step, lr: [0.1, 0.2] }, evaluation]);
    expect(line(events, "classAccuracy/validation/dog")).toEqual([[1, 1]]);
    expect(line(events, "lr/group_1")).toEqual([[1, Math.fround(0.2)]]);
  });

  it("shows the distributions of weights and gradients, and says where numbers are not finite", async () => {
    const [start] = madeUpRun();
    const values = Float32Array.of(1, 2, 3);
    const events = await told([
      start as FitEvent,
      {
        ...{ kind: "parameters", step: 5 },
        parameters: [
          { name: "fc.weight", values, gradient: Float32Array.of(Number.NaN, 1) },
          { name: "fc.bias", values, gradient: null },
        ],
      },
    ]);
    expect(events.find(({ tag }) => tag === "weights/fc.weight")?.histogram).toMatchObject({ num: 3, sum: 6 });
    const note = events.find(({ tag }) => tag === "gradients/fc.weight/text_summary");
    expect(note?.text?.strings).toEqual(["1 of 2 numbers are NaN or infinite"]);
    expect(events.filter(({ tag }) => tag?.includes("fc.bias"))).toHaveLength(1);
  });

  it("writes the configuration as a table, and why a run stopped", async () => {
    const [start] = madeUpRun();
    const stop: FitEvent = { kind: "stop", step: 3, epoch: 1, reason: "callback", message: "no better for 5 epochs" };
    const events = await told([start as FitEvent, stop]);
    const text = (tag: string) => events.find((event) => event.tag === `${tag}/text_summary`)?.text?.strings[0];
    expect(text("configuration")).toContain("| model | resnet20 |\n| lr | 0.1 |\n| note | a\\|b <c> |");
    expect(text("stopped")).toBe("no better for 5 epochs");
  });

  it.each([[5], [null], [{}]])("refuses %j for a folder", (target) => {
    expect(() => logToTensorBoard(target as never)).toThrow("logToTensorBoard: it takes the path of a folder");
  });

  describe("in a folder", () => {
    let folder = "";
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "livegrad-board-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("goes on in a new file, before which later steps of the old one do not count", async () => {
      await tell(logToTensorBoard(folder), madeUpRun().slice(0, -1));
      await tell(logToTensorBoard(folder), madeUpRun({ from: 4 }));
      const files = readdirSync(folder).sort();
      expect(files).toHaveLength(2);
      const second = readEventFile(readFileSync(join(folder, files[1] as string)));
      expect(second[1]).toMatchObject({ session: 1, step: 5 });
      expect(line(second, "loss/train")[0]?.[0]).toBe(5);
    });
  });
});
