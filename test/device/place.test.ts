/** Tests of withDevice in functions that run at the same time: each keeps its own device, or they are refused. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type * as Livegrad from "../../src/index.js";
import { currentDevice, type DeviceName, setDevice, tensor, withDevice } from "../../src/index.js";

beforeEach(() => setDevice("reference"));

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const madeOn = () => tensor([1]).device.name;

describe("withDevice, where functions run at the same time", () => {
  it("gives each its own device, whichever ends first", async () => {
    const stay = (name: DeviceName, ms: number) =>
      withDevice(name, async () => {
        const seen = [madeOn()];
        await wait(ms);
        seen.push(madeOn());
        await wait(ms);
        return [...seen, madeOn()];
      });
    const both = Promise.all([stay("cpu", 2), stay("webasm", 9)]);
    expect(madeOn()).toBe("reference");
    await wait(4);
    expect(madeOn(), "meanwhile").toBe("reference");
    expect(await both).toEqual([
      ["cpu", "cpu", "cpu"],
      ["webasm", "webasm", "webasm"],
    ]);
    expect(madeOn(), "afterwards").toBe("reference");
  });

  it("nests, also across an await", async () => {
    const seen = await withDevice("cpu", async () => {
      await wait(1);
      const inner = await withDevice("webasm", async () => {
        await wait(1);
        return madeOn();
      });
      return [inner, madeOn(), withDevice("reference", madeOn), madeOn()];
    });
    expect(seen).toEqual(["webasm", "cpu", "reference", "cpu"]);
  });

  it("keeps a setDevice inside to the function that says it", async () => {
    const seen = await withDevice("cpu", async () => {
      setDevice("webasm");
      await wait(1);
      return madeOn();
    });
    expect([seen, madeOn()]).toEqual(["webasm", "reference"]);
  });

  it("hands a failure on, and restores the device", async () => {
    const fails = withDevice("cpu", async () => {
      await wait(1);
      throw new Error("later");
    });
    await expect(fails).rejects.toThrow("later");
    expect(madeOn()).toBe("reference");
  });
});

describe("withDevice, where there is no AsyncLocalStorage", () => {
  let there: typeof Livegrad;

  beforeEach(async () => {
    vi.resetModules();
    const { getBuiltinModule } = process;
    const without = (id: string) => (id === "node:async_hooks" ? undefined : getBuiltinModule(id));
    vi.stubGlobal("process", { ...process, env: process.env, versions: process.versions, getBuiltinModule: without });
    there = await import("../../src/index.js");
    there.setDevice("reference");
    there.withDevice("cpu", () => 0); // looks for it now
    vi.unstubAllGlobals();
    expect(process.getBuiltinModule).toBe(getBuiltinModule);
  });
  afterEach(() => vi.resetModules());

  const nameNow = () => there.currentDevice().name;

  it("runs one async function at a time, and restores the device after it", async () => {
    const one = there.withDevice("cpu", async () => {
      await wait(1);
      return [nameNow(), there.withDevice("webasm", nameNow), nameNow()];
    });
    expect(await one).toEqual(["cpu", "webasm", "cpu"]);
    expect(nameNow()).toBe("reference");
    await expect(there.withDevice("cpu", () => Promise.reject(new Error("later")))).rejects.toThrow("later");
    expect(nameNow()).toBe("reference");
  });

  it("refuses a second one meanwhile, whose failure nobody hears of, and says what to do", async () => {
    const first = there.withDevice("cpu", async () => {
      await wait(5);
      return nameNow();
    });
    const second = () => there.withDevice("webasm", async () => Promise.reject(new Error("unheard")));
    expect(second).toThrow(there.ValueError);
    expect(second).toThrow("withDevice: two async functions cannot have devices of their own at the same time here");
    expect(await first).toBe("cpu");
    expect(nameNow()).toBe("reference");
    expect(await there.withDevice("webasm", async () => nameNow())).toBe("webasm"); // and now there is room again
  });

  it("restores the device after an error", () => {
    const fail = () => {
      throw new Error("inside");
    };
    expect(() => there.withDevice("cpu", fail)).toThrow("inside");
    expect(nameNow()).toBe("reference");
  });
});

describe("currentDevice", () => {
  it("is the same for everybody else", async () => {
    const seen: string[] = [];
    const timer = new Promise<void>((resolve) => setTimeout(() => resolve(void seen.push(currentDevice().name)), 1));
    await withDevice("cpu", () => wait(5));
    await timer;
    expect(seen).toEqual(["reference"]);
  });
});
