/** Results that no memory holds: an error in the op's name, before anything is made. */
import { describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type KernelThis, ShapeError } from "../../src/index.js";

const row = (n: number) => lg.ones([n], { device: "reference" });
const image = (...shape: number[]) => lg.ones(shape, { device: "reference" });
const huge = 1e9;

function same(this: KernelThis): number {
  return this.thread.x;
}

describe("a result beyond memory", () => {
  it.each<[op: string, call: () => unknown, shape?: readonly number[]]>([
    ["zeros", () => lg.zeros([huge])],
    ["arange", () => lg.arange(huge)],
    ["linspace", () => lg.linspace(0, 1, huge)],
    ["eye", () => lg.eye(1e5)],
    ["tile", () => lg.tile(row(1), [huge])],
    ["broadcastTo", () => lg.broadcastTo(row(1), [huge])],
    ["pad", () => lg.pad(row(1), [[huge, 0]])],
    ["pad", () => lg.pad(row(1), [[0, huge]], { mode: "replicate" })],
    ["oneHot", () => lg.oneHot(lg.cast(row(1), "int32"), { numClasses: huge }), [1, huge]],
    ["outer", () => lg.outer(row(2 ** 15), row(2 ** 14)), [2 ** 15, 2 ** 14]],
    ["einsum", () => lg.einsum("i,j->ij", [row(2 ** 15), row(2 ** 15)])],
    ["add", () => lg.add(row(2 ** 15), lg.reshape(row(2 ** 15), [-1, 1]))],
    ["matmul", () => lg.matmul(image(2 ** 15, 1), image(1, 2 ** 14)), [2 ** 15, 2 ** 14]],
    ["linear", () => lg.linear(image(2 ** 15, 1), image(2 ** 14, 1)), [2 ** 15, 2 ** 14]],
    [
      "scaledDotProductAttention",
      () => lg.scaledDotProductAttention(image(3, 2 ** 14, 1), image(2 ** 13, 1), image(2 ** 13, 1)),
      [3, 2 ** 14, 2 ** 13],
    ],
    [
      "scaledDotProductAttention",
      () => lg.scaledDotProductAttention(image(2 ** 14, 1), image(1, 1), image(3, 1, 2 ** 13)),
      [3, 2 ** 14, 2 ** 13],
    ],
    ["embedding", () => lg.embedding(lg.cast(row(2 ** 15), "int32"), image(1, 2 ** 14)), [2 ** 15, 2 ** 14]],
    ["conv2d", () => lg.conv2d(image(1, 1, 1, 1), image(1, 1, 1, 1), null, { padding: [huge, 0] })],
    ["conv1d", () => lg.conv1d(image(1, 1, 1), image(1, 1, 1), null, { padding: huge })],
    ["conv1d", () => lg.conv1d(image(1, 2 ** 14), image(2 ** 15, 1, 1))],
    ["convTranspose2d", () => lg.convTranspose2d(image(1, 1, 2, 1), image(1, 1, 1, 1), null, { stride: huge })],
    ["maxPool1d", () => lg.maxPool1d(image(1, 2), { kernelSize: huge, padding: huge / 2 })],
    ["avgPool2d", () => lg.avgPool2d(image(1, 2, 2), { kernelSize: huge, padding: huge / 2 })],
    ["adaptiveAvgPool1d", () => lg.adaptiveAvgPool1d(image(1, 2), { outputSize: huge })],
    ["adaptiveMaxPool2d", () => lg.adaptiveMaxPool2d(image(1, 2, 2), { outputSize: 1e5 })],
    ["interpolate", () => lg.interpolate(image(1, 1, 2), { size: huge })],
    ["interpolate", () => lg.interpolate(image(1, 1, 2), { scaleFactor: huge, mode: "area" })],
    ["unfold", () => lg.unfold(image(1, 2, 2), { kernelSize: 1, padding: 1e5 })],
    ["fold", () => lg.fold(image(1, 1), { outputSize: [huge, 1], kernelSize: 1, stride: huge })],
    ["same", () => lg.run(same, [row(1)], { shape: [huge], threads: [huge, 1, 1] })],
  ])("is refused by %s", (op, call, shape) => {
    const start = performance.now();
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(new RegExp(`^${op}: a tensor holds at most 268435456 elements, \\[.*\\] has \\d`));
    if (shape !== undefined) expect(call).toThrow(`elements, [${shape.join(", ")}] has`);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
