/** Tests of letting the event loop turn in loops that await what is there already. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { ones } from "../../src/index.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** Whether a timer fires while a loop does nothing but await `step`. */
async function timerFires(step: () => Promise<unknown>, milliseconds = 2000): Promise<boolean> {
  let fired = false;
  const timer = setTimeout(() => {
    fired = true;
  }, 1);
  for (const end = performance.now() + milliseconds; !fired && performance.now() < end; ) await step();
  clearTimeout(timer);
  return fired;
}

describe("a loop that awaits", () => {
  it.each(["simd", "cpu", "reference"] as const)("reads of %s lets timers fire", async (device) => {
    const x = ones([1], { device });
    expect(await timerFires(() => x.item())).toBe(true);
  });

  it("anything else that is there already does not", async () => {
    expect(await timerFires(() => Promise.resolve(), 100)).toBe(false);
  });

  it("lets them fire where there is no setImmediate, as in browsers", async () => {
    vi.stubGlobal("setImmediate", undefined);
    vi.resetModules();
    const { breathe } = await import("../../src/device/event-loop.js");
    expect(await timerFires(breathe)).toBe(true);
  });

  it("is not held up by timers that a test has replaced", async () => {
    const real = setTimeout;
    vi.useFakeTimers();
    try {
      await new Promise((resolve) => real(resolve, 20)); // a turn is due
      expect(await ones([1]).item()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("does not pause at every read", async () => {
    const immediate = vi.fn(setImmediate);
    vi.stubGlobal("setImmediate", immediate);
    vi.resetModules();
    const { breathe } = await import("../../src/device/event-loop.js");
    const start = performance.now();
    for (let i = 0; i < 1000; i++) await breathe();
    expect(immediate.mock.calls.length).toBeLessThanOrEqual(2 + (performance.now() - start) / 10);
    expect(immediate).toHaveBeenCalled();
  });
});
