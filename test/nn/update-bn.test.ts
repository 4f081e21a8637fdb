/** Tests of what `updateBn` leaves behind; its statistics are held to PyTorch's by the conformance files. */
import { beforeEach, expect, it } from "vitest";
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  generator,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
  updateBn,
} from "../../src/index.js";

beforeEach(() => setDevice("reference"));

/** A model in evaluation, but for its dropout. */
function model() {
  const norm = new BatchNorm2d(1, { momentum: 0.3 });
  const dropout = new Dropout({ p: 0.5, generator: generator(0) });
  const net = new Sequential(norm, dropout, new Conv2d(1, 1, 1, { generator: generator(1) }));
  net.eval();
  dropout.train();
  return { net, norm, modes: () => net.namedModules().map(([, module]) => module.training) };
}

const images = (...values: number[]) => tensor(values, { shape: [1, 1, 1, values.length] });

it("finds the statistics that the batches have, and leaves modes and momentum as they were", async () => {
  const { net, norm, modes } = model();
  const before = modes();
  await updateBn(net, [images(0, 2), images(4, 8)]);
  expect([...(norm.runningMean as Tensor).dataSync()]).toEqual([3.5]);
  expect([...(norm.runningVar as Tensor).dataSync()]).toEqual([5]);
  expect(modes()).toEqual(before);
  expect(new Set(before)).toEqual(new Set([true, false]));
  expect(norm.momentum).toBe(0.3);
});

it("restores modes and momentum when a batch cannot be had", async () => {
  const { net, norm, modes } = model();
  const before = modes();
  async function* broken() {
    yield images(0, 2);
    throw new Error("no such file");
  }
  await expect(updateBn(net, broken())).rejects.toThrow("no such file");
  expect(modes()).toEqual(before);
  expect(norm.momentum).toBe(0.3);
});
