/** Tests of the log in comma-separated values. */
import { describe, expect, it } from "vitest";
import type { FitEvent } from "../../../src/train/events.js";
import { logToCsv } from "../../../src/train/logs/csv.js";
import { madeUpRun, tell } from "../made-up-run.js";
import { MemoryFile } from "./memory-file.js";

describe("logToCsv", () => {
  it("writes a row for each epoch, with every metric that is one number", async () => {
    const file = new MemoryFile();
    await tell(logToCsv(file), madeUpRun({ epochs: 2 }));
    expect(file.text()).toBe(
      "epoch,step,lr,train/loss,train/accuracy,validation/loss,validation/accuracy,seconds\r\n" +
        `1,4,0.1,0.625,0.5,0.75,${1 - 2 / 6},2.25\r\n` +
        "2,8,0.01,0.3125,0.5,0.375,0.8,2.25\r\n",
    );
    expect(file.closed).toBe(true);
  });

  it("writes a row for each step", async () => {
    const file = new MemoryFile();
    await tell(logToCsv(file, { each: "step" }), madeUpRun({ epochs: 1 }).slice(0, 3));
    expect(file.text()).toBe(
      "step,epoch,lr,loss,accuracy,examples,seconds,waited\r\n1,1,0.1,2,0.5,8,0.5,0.1\r\n" +
        `2,1,0.1,1,${1 - 1 / 3},8,0.5,0.1\r\n`,
    );
  });

  it("has a column for each group of parameters, and one more for each metric that comes later, quoted where needed", async () => {
    const file = new MemoryFile();
    const [start, one] = madeUpRun() as [FitEvent, FitEvent & { kind: "step" }];
    const other = { ...one, step: 2, lr: [0.1, 0.2], metrics: { 'a "b", c': Number.NaN } };
    const sink = logToCsv(file, { each: "step" });
    await tell(sink, [start, { ...one, lr: [0.1, 0.2] }, other]);
    const head = 'step,epoch,lr/0,lr/1,loss,accuracy,examples,seconds,waited,"a ""b"", c"';
    expect(file.text()).toBe(`${head}\r\n1,1,0.1,0.2,2,0.5,8,0.5,0.1,\r\n2,1,0.1,0.2,2,,8,0.5,0.1,NaN\r\n`);
    await tell(logToCsv(file, { each: "step" }), [{ ...start, step: 1 } as FitEvent, other]);
    expect(file.text()).toBe(`${head}\r\n1,1,0.1,0.2,2,0.5,8,0.5,0.1,\r\n2,1,0.1,0.2,2,,8,0.5,0.1,NaN\r\n`);
  });

  it.each(["epoch", "step"] as const)(
    "goes on from any checkpoint after a kill at any byte: each %s once",
    async (each) => {
      const whole = new MemoryFile();
      await tell(logToCsv(whole, { each }), madeUpRun());
      const bytes = Buffer.from(whole.read());
      for (const from of [4, 8, 12]) {
        const last = bytes.indexOf(each === "step" ? `\r\n${from},` : `\r\n${from / 4},${from},`) + 2;
        for (let killedAt = bytes.indexOf("\r\n", last) + 2; killedAt <= bytes.length; killedAt += 7) {
          const file = new MemoryFile(bytes.subarray(0, killedAt));
          await tell(logToCsv(file, { each }), madeUpRun({ from }));
          expect(file.text()).toBe(whole.text());
        }
      }
    },
  );

  it("sets aside what an earlier run wrote, where a run begins anew", async () => {
    const file = new MemoryFile();
    await tell(logToCsv(file), madeUpRun());
    const before = file.text();
    await tell(logToCsv(file), madeUpRun());
    expect(file.keptAside).toEqual([before]);
    expect(file.text()).toBe(before);
  });

  it("refuses another table, and options it does not have", () => {
    const file = new MemoryFile(Buffer.from("name,age\r\nEve,5\r\n"));
    const [start] = madeUpRun({ from: 4 });
    expect(() => logToCsv(file)(start as FitEvent)).toThrow("logToCsv: the file holds another table");
    expect(() => logToCsv(file, { each: "day" as never })).toThrow(
      'logToCsv: each must be "epoch" or "step", got "day"',
    );
  });
});
