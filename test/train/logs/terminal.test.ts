/** Tests of what a run shows on the terminal. */
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { FitEvent } from "../../../src/train/events.js";
import { terminalSink } from "../../../src/train/logs/terminal-view.js";
import { madeUpRun, tell } from "../made-up-run.js";

/** A stream that remembers what was written. */
function screen(isTTY: boolean) {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString();
      done();
    },
  });
  const moves = { cursorTo: () => true, moveCursor: () => true, clearLine: () => true };
  return {
    stream: Object.assign(stream, { isTTY, columns: 200, ...moves }) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}

describe("logToTerminal", () => {
  it("prints lines where there is no terminal: some on the way, one for each epoch, one at the end", async () => {
    const { stream, text } = screen(false);
    await tell(terminalSink(stream), madeUpRun());
    const lines = text().split("\n");
    expect(lines[0]).toMatch(
      /^17 % \| .* left \| epoch 1 of 3, step 2 of 12 \| loss 1, accuracy 0\.6667 \| lr 0\.1 \| 16 examples\/s$/,
    );
    expect(lines).toContain(
      "epoch 2 of 3 | loss 0.3125, accuracy 0.5 | validation: loss 0.375, accuracy 0.8 | lr 0.01 | 2 s",
    );
    expect(lines.at(-2)).toBe("12 steps in 7 s, on WebAssembly SIMD");
    expect(lines.at(-1)).toBe("");
  });

  it("draws a bar where there is one, and keeps a line for each epoch", async () => {
    const { stream, text } = screen(true);
    await tell(terminalSink(stream), madeUpRun());
    expect(text()).toMatch(/\d+% \| .* left \| epoch \d of 3, step \d+ of 12 \| loss/);
    expect(text()).toContain("epoch 1 of 3 | loss 0.625, accuracy 0.5");
  });

  it("says where a run goes on, and why one stopped", async () => {
    const { stream, text } = screen(false);
    const events = madeUpRun({ from: 8 });
    const stop: FitEvent = { kind: "stop", step: 9, epoch: 2, reason: "interrupted", message: "it was interrupted" };
    await tell(terminalSink(stream), [...events.slice(0, 2), stop]);
    expect(text()).toMatch(/^going on after step 8 of 12 \(epoch 3\)\n/);
    expect(text()).toContain("stopped after step 9: it was interrupted\n");
  });

  it("says that a run was complete, and names no epoch beyond its last", async () => {
    const { stream, text } = screen(false);
    const [start] = madeUpRun() as [FitEvent & { kind: "start" }, ...FitEvent[]];
    await tell(terminalSink(stream), [{ ...start, step: 12, epoch: 3 }]);
    expect(text()).toBe("all 12 steps were made before; nothing is left to do\n");
  });

  it("counts the time left from where the run went on", async () => {
    const { stream, text } = screen(false);
    const [start, ...events] = madeUpRun({ epochs: 100, stepsPerEpoch: 10, from: 980 }) as [FitEvent, ...FitEvent[]];
    const sink = terminalSink(stream);
    await sink(start);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await tell(
      sink,
      events.filter(({ kind, step }) => kind === "step" && step === 1000),
    );
    expect(text()).toContain("100 % | 0 s left");
  });

  it("names no total where it is not known", async () => {
    const { stream, text } = screen(false);
    const [start, ...events] = madeUpRun({ epochs: 1 }) as [FitEvent & { kind: "start" }, ...FitEvent[]];
    await tell(terminalSink(stream), [{ ...start, totalSteps: null, totalEpochs: null }, ...events]);
    expect(text()).toMatch(/^epoch 1 \| loss 0\.625/);
  });
});
