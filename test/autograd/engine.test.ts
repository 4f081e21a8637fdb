/** Tests of how the engine gets its ops. */
import { expect, it, vi } from "vitest";

it("has no ops before they are handed over, and those ones afterwards", async () => {
  vi.resetModules();
  const { engineOps, handOver } = await import("../../src/autograd/engine.js");
  expect(engineOps).toThrow("the engine was used before a tensor was made");
  const ops = {} as ReturnType<typeof engineOps>;
  handOver(ops);
  expect(engineOps()).toBe(ops);
});
