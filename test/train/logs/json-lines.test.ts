/** Tests of the log in JSON lines. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FitEvent } from "../../../src/train/events.js";
import { logToJsonLines, parseJsonLines } from "../../../src/train/logs/json-lines.js";
import { madeUpRun, tell } from "../made-up-run.js";
import { MemoryFile } from "./memory-file.js";

/** What of an event is in a line. */
function logged(event: FitEvent): FitEvent {
  return event.kind === "evaluation" ? { ...event, predictions: null } : event;
}

const progress = (events: readonly FitEvent[]) =>
  events.filter(({ kind }) => !["start", "stop", "end", "checkpoint"].includes(kind));

describe("logToJsonLines", () => {
  it("writes a line for each event, which can be read again", async () => {
    const file = new MemoryFile();
    await tell(logToJsonLines(file), madeUpRun());
    expect(parseJsonLines(file.text())).toEqual(madeUpRun().map(logged));
    expect(file.text().split("\n")[1]).toMatch(/^\{"kind":"step","step":1,"epoch":1,"loss":2,/);
    expect(file.closed).toBe(true);
  });

  it("keeps numbers that JSON does not have, and words that look like them", async () => {
    const file = new MemoryFile();
    const [start, step] = madeUpRun() as [FitEvent & { kind: "start" }, FitEvent & { kind: "step" }];
    const odd = [
      { ...start, classNames: ["NaN", "Infinity"] },
      { ...step, loss: Number.NaN, metrics: { a: Number.POSITIVE_INFINITY, b: Number.NEGATIVE_INFINITY } },
    ];
    await tell(logToJsonLines(file), odd);
    expect(parseJsonLines(file.text())).toEqual(odd);
  });

  it("leaves out the numbers of parameters", async () => {
    const file = new MemoryFile();
    await tell(logToJsonLines(file), [{ kind: "parameters", step: 1, parameters: [] }]);
    expect(file.text()).toBe("");
  });

  it("goes on from any checkpoint after a kill at any byte, and tells every step once", async () => {
    const whole = new MemoryFile();
    await tell(logToJsonLines(whole), madeUpRun());
    const bytes = whole.read();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 12 }), fc.nat({ max: bytes.length }), async (from, killedAt) => {
        const lines = Buffer.from(bytes).toString().split("\n");
        const told = lines.findLastIndex((line) => line.includes(`"step":${from},`));
        const safe = from === 0 ? 0 : Buffer.byteLength(lines.slice(0, told + 1).join("\n")) + 1;
        const file = new MemoryFile(bytes.subarray(0, Math.max(safe, killedAt)));
        await tell(logToJsonLines(file), madeUpRun({ from }));
        expect(progress(parseJsonLines(file.text()))).toEqual(progress(madeUpRun().map(logged)));
      }),
    );
  });

  it("does not tell again what it told of the very step it goes on from", async () => {
    const file = new MemoryFile();
    const events = madeUpRun();
    await tell(
      logToJsonLines(file),
      events.slice(
        0,
        events.findIndex(({ kind }) => kind === "epoch"),
      ),
    );
    const again = events.filter(({ kind, step }) => kind === "evaluation" && step === 4);
    await tell(logToJsonLines(file), [
      ...madeUpRun({ from: 4 }).slice(0, 1),
      ...again,
      ...madeUpRun({ from: 4 }).slice(1),
    ]);
    expect(parseJsonLines(file.text()).filter(({ kind, step }) => kind === "evaluation" && step === 4)).toHaveLength(1);
  });

  it("sets aside what an earlier run wrote, where a run begins anew", async () => {
    const file = new MemoryFile();
    await tell(logToJsonLines(file), madeUpRun());
    const before = file.text();
    await tell(logToJsonLines(file), madeUpRun({ epochs: 1 }));
    expect(file.keptAside).toEqual([before]);
    expect(parseJsonLines(file.text())).toEqual(madeUpRun({ epochs: 1 }).map(logged));
  });

  it("refuses to go on in a file that is no log, and leaves it as it is", () => {
    const file = new MemoryFile(Buffer.from("dear diary\nit rains\n"));
    const [start] = madeUpRun({ from: 4 });
    expect(() => logToJsonLines(file)(start as FitEvent)).toThrow("logToJsonLines: line 1 is no event of a run; is it");
    expect(file.text()).toBe("dear diary\nit rains\n");
    expect(() => parseJsonLines('{"kind":"step"}\n')).toThrow("parseJsonLines: line 1 is no event");
  });

  it.each([[5], [""], [{}], [null]])("refuses %j for a file", (target) => {
    expect(() => logToJsonLines(target as never)).toThrow(/^logToJsonLines: it takes the path of a file/);
  });
});
