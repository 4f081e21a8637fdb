/** Results that no memory holds: an error in the op's name, before anything is made. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type KernelThis, ShapeError } from "../../src/index.js";

const row = (n: number) => lg.ones([n], { device: "reference" });
const image = (...shape: number[]) => lg.ones(shape, { device: "reference" });
const huge = 1e9;
const big = 2 ** 15;
/** Padding that gives many rows, of which the windows see few. */
const far = { padding: [huge / 2, 0], stride: huge } as const;

function same(this: KernelThis, x: lg.Flat): number {
  return x[this.thread.x] as number;
}

describe("a result beyond memory", () => {
  it.each<[op: string, shape: lg.Shape, call: () => unknown]>([
    ["zeros", [huge], () => lg.zeros([huge])],
    ["arange", [huge], () => lg.arange(huge)],
    ["linspace", [huge], () => lg.linspace(0, 1, huge)],
    ["eye", [1e5, 1e5], () => lg.eye(1e5)],
    ["tile", [2, 2 * huge], () => lg.tile(image(2, 2), [huge])],
    ["broadcastTo", [huge], () => lg.broadcastTo(row(1), [huge])],
    ["pad", [huge + 1], () => lg.pad(row(1), [[huge, 0]])],
    ["pad", [huge + 1], () => lg.pad(row(1), [[0, huge]], { mode: "replicate" })],
    ["oneHot", [1, huge], () => lg.oneHot(lg.cast(row(1), "int32"), { numClasses: huge })],
    ["outer", [2 ** 15, 2 ** 14], () => lg.outer(row(2 ** 15), row(2 ** 14))],
    ["einsum", [big, big], () => lg.einsum("i,j->ij", [row(big), row(big)])],
    ["add", [big, big], () => lg.add(row(big), lg.reshape(row(big), [-1, 1]))],
    ["matmul", [2 ** 15, 2 ** 14], () => lg.matmul(image(2 ** 15, 1), image(1, 2 ** 14))],
    ["linear", [2 ** 15, 2 ** 14], () => lg.linear(image(2 ** 15, 1), image(2 ** 14, 1))],
    [
      "scaledDotProductAttention",
      [3, 2 ** 14, 2 ** 13],
      () => lg.scaledDotProductAttention(image(3, 2 ** 14, 1), image(2 ** 13, 1), image(2 ** 13, 1)),
    ],
    [
      "scaledDotProductAttention",
      [3, 2 ** 14, 2 ** 13],
      () => lg.scaledDotProductAttention(image(2 ** 14, 1), image(1, 1), image(3, 1, 2 ** 13)),
    ],
    ["embedding", [2 ** 15, 2 ** 14], () => lg.embedding(lg.cast(row(2 ** 15), "int32"), image(1, 2 ** 14))],
    ["conv2d", [2, 3, huge + 1, 1], () => lg.conv2d(image(2, 3, 1, 1), image(5, 3, 1, 1), null, far)],
    ["conv2d", [3, huge + 1, 1], () => lg.conv2d(image(3, 1, 1), image(5, 3, 1, 1), null, far)],
    ["conv2d", [2, big, 100, 200], () => lg.conv2d(image(2, 1, 100, 200), image(big, 1, 1, 1))],
    ["conv2d", [big, 100, 200], () => lg.conv2d(image(1, 100, 200), image(big, 1, 1, 1))],
    ["conv1d", [1, 1, 2 * huge + 1], () => lg.conv1d(image(1, 1, 1), image(1, 1, 1), null, { padding: huge })],
    ["conv1d", [big, 2 ** 14], () => lg.conv1d(image(1, 2 ** 14), image(big, 1, 1))],
    ["conv3d", [big, 1, 100, 200], () => lg.conv3d(image(1, 1, 100, 200), image(big, 1, 1, 1, 1))],
    [
      "conv3d", // the planes of all windows
      [1, 2049, 1, 2048, 256, 1],
      () => lg.conv3d(image(1, 4096, 256, 1), image(1, 1, 2048, 1, 1)),
    ],
    [
      "convTranspose2d",
      [2, 5, huge + 1, 1],
      () => lg.convTranspose2d(image(2, 3, 2, 1), image(3, 5, 1, 1), null, { stride: huge }),
    ],
    [
      "convTranspose2d",
      [5, huge + 1, 1],
      () => lg.convTranspose2d(image(3, 2, 1), image(3, 5, 1, 1), null, { stride: huge }),
    ],
    ["maxPool1d", [huge + 3], () => lg.maxPool1d(image(1, 3), { kernelSize: huge, padding: huge / 2 })],
    ["avgPool2d", [huge + 2, huge + 3], () => lg.avgPool2d(image(1, 2, 3), { kernelSize: huge, padding: huge / 2 })],
    ["adaptiveAvgPool1d", [2, 3, huge], () => lg.adaptiveAvgPool1d(image(2, 3, 4), { outputSize: huge })],
    ["adaptiveMaxPool2d", [1, 1e5, 1e5], () => lg.adaptiveMaxPool2d(image(1, 2, 2), { outputSize: 1e5 })],
    ["interpolate", [2, 3, huge], () => lg.interpolate(image(2, 3, 4), { size: huge })],
    ["interpolate", [1, 1, 2 * huge], () => lg.interpolate(image(1, 1, 2), { scaleFactor: huge, mode: "area" })],
    ["unfold", [2, 200_002 ** 2], () => lg.unfold(image(2, 2, 2), { kernelSize: 1, padding: 1e5 })],
    ["fold", [1, huge, 1], () => lg.fold(image(1, 1), { outputSize: [huge, 1], kernelSize: 1, stride: huge })],
    ["same", [huge], () => lg.run(same, [row(1)], { shape: [huge], threads: [huge, 1, 1] })],
  ])("is refused by %s", (op, shape, call) => {
    const start = performance.now();
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(`${op}: a tensor holds at most 268435456 elements, [${shape.join(", ")}] has `);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
