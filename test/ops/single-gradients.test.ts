/** Tests of gradients asked for one by one: an op that leaves out what nobody asks for must not leave out too much. */
import { beforeAll, describe, expect, it } from "vitest";
import { gradients, setDevice, type Tensor, tensor } from "../../src/index.js";
import { direction, relativeError } from "./measure.js";
import { opTable } from "./op-table.js";

beforeAll(() => setDevice("reference"));

const severalInputs = opTable.flatMap(({ op, order = 2, samples }) => {
  const some = samples.filter(({ inputs }) => inputs.length > 1);
  return order === 0 || some.length === 0 ? [] : [{ op, samples: some }];
});

const numbers = (t: Tensor | null | undefined): number[] => Array.from(t?.dataSync() ?? []);

/** The gradients of `y` by all of `inputs` at once, recorded, and in a direction that can be differentiated by, too. */
function allOf(y: Tensor, inputs: readonly Tensor[], seed: number): { all: (Tensor | null)[]; gradOutput: Tensor } {
  const gradOutput = tensor(direction(seed, y.size), { shape: y.shape, requiresGrad: true });
  return { all: gradients(y, inputs, { gradOutput, createGraph: true }), gradOutput };
}

/** Whether each of `all`, when it is the only one asked for, is the same. */
function expectAloneAsTogether(y: Tensor, inputs: readonly Tensor[], all: (Tensor | null)[], gradOutput: Tensor): void {
  for (const [i, input] of inputs.entries()) {
    const [alone] = gradients(y, [input], { gradOutput, retainGraph: true });
    expect(alone === null).toBe(all[i] === null);
    expect(relativeError(numbers(alone), numbers(all[i]))).toBeLessThan(1e-10);
  }
}

describe.each(severalInputs)("$op", ({ samples }) => {
  it.each(samples)("has each gradient alone as together, and theirs: $title", ({ inputs, call }) => {
    const leaves = inputs.map(({ shape, values }) => tensor([...values], { shape, requiresGrad: true }));
    const y = call(...leaves);
    const { all, gradOutput } = allOf(y, leaves, 1);
    expectAloneAsTogether(y, leaves, all, gradOutput);
    for (const [i, gradient] of all.entries()) {
      if (gradient?.requiresGrad !== true) continue;
      const sources = [...leaves, gradOutput];
      const second = allOf(gradient, sources, i + 2);
      expectAloneAsTogether(gradient, sources, second.all, second.gradOutput);
    }
  });
});
