/** Tests of ops on windows at the limits of their options: the last that is taken, the first that is refused, and why. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { gradients, ones, setDevice, type Tensor, tensor, ValueError } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const count = (n: number, shape: lg.Shape = [n]): Tensor => tensor([...Array(n).keys()], { shape });

describe("refused with a reason", () => {
  it.each<[string, string, () => unknown]>([
    [
      "a matrix",
      "conv2d: input must be [N, C, H, W] or [C, H, W] and weight [O, C / groups, KH, KW], got [3, 3] and [1, 1, 1, 1]",
      () => lg.conv2d(ones([3, 3]), ones([1, 1, 1, 1])),
    ],
    [
      "a weight of another rank alone",
      "convTranspose1d: input must be [N, C, L] or [C, L] and weight [C, O / groups, K], got [1, 1, 3] and [1, 1, 1, 1]",
      () => lg.convTranspose1d(ones([1, 1, 3]), ones([1, 1, 1, 1])),
    ],
    [
      "integers, the input's first",
      "conv1d: it computes on floats, got int32",
      () => lg.conv1d(lg.cast(ones([1, 1, 3]), "int32"), lg.cast(ones([1, 1, 1]), "bool")),
    ],
    [
      "a dilation of 0",
      "conv2d: dilation must be an integer of at least 1",
      () => lg.conv2d(ones([1, 1, 3, 3]), ones([1, 1, 2, 2]), null, { dilation: 0 }),
    ],
    [
      "groups that divide the input's channels alone",
      "conv2d: groups must divide 4 input and 3 output channels, got 2",
      () => lg.conv2d(ones([1, 4, 3, 3]), ones([3, 2, 1, 1]), null, { groups: 2 }),
    ],
    [
      "groups that divide the output's channels alone",
      "convTranspose2d: groups must divide 3 input and 10 output channels, got 2",
      () => lg.convTranspose2d(ones([1, 3, 3, 3]), ones([3, 5, 1, 1]), null, { groups: 2 }),
    ],
    [
      "half a group",
      "conv1d: groups must divide 1 input and 2 output channels, got 0.5",
      () => lg.conv1d(ones([1, 1, 3]), ones([2, 2, 1]), null, { groups: 0.5 }),
    ],
    [
      "one and a half groups",
      "conv1d: groups must divide 3 input and 3 output channels, got 1.5",
      () => lg.conv1d(ones([1, 3, 3]), ones([3, 2, 1]), null, { groups: 1.5 }),
    ],
    [
      "negative groups",
      "conv1d: groups must divide 2 input and 2 output channels, got -1",
      () => lg.conv1d(ones([1, 2, 3]), ones([2, 2, 1]), null, { groups: -1 }),
    ],
    [
      "a kernel larger along the rows alone",
      "conv2d: the kernel 3×1 (dilation 1×1) is larger than the input 2×5 with padding 0×0",
      () => lg.conv2d(ones([1, 1, 2, 5]), ones([1, 1, 3, 1])),
    ],
    [
      "a window one row larger",
      "unfold: the window 3×1 (dilation 1×1) is larger than the plane 2×4",
      () => lg.unfold(ones([1, 2, 4]), { kernelSize: [3, 1] }),
    ],
    [
      "a window one column larger",
      "unfold: the window 1×3 (dilation 1×1) is larger than the plane 4×2",
      () => lg.unfold(ones([1, 4, 2]), { kernelSize: [1, 3] }),
    ],
    [
      "a factor too many",
      "interpolate: scaleFactor must be a number above 0, or 2 of them, got [1, 2, 3]",
      () => lg.interpolate(ones([1, 1, 2, 2]), { scaleFactor: [1, 2, 3] }),
    ],
    ...[Number.POSITIVE_INFINITY, -1, 0].map((factor): [string, string, () => unknown] => [
      `the factor ${factor}`,
      `interpolate: scaleFactor must be a number above 0, or 1 of them, got ${factor}`,
      () => lg.interpolate(ones([1, 1, 2]), { scaleFactor: factor }),
    ]),
    [
      "a stride of 0",
      "maxPool2d: stride must be an integer of at least 1",
      () => lg.maxPool2d(ones([1, 4, 4]), { kernelSize: 2, stride: 0 }),
    ],
    [
      "padding too wide for the rows alone",
      "avgPool2d: padding must be at most half of kernelSize, got 2×0 for 3×3",
      () => lg.avgPool2d(ones([1, 4, 4]), { kernelSize: 3, padding: [2, 0] }),
    ],
    [
      "a window larger than the columns alone",
      "maxPool2d: the window 2×5 (dilation 1×1) is larger than the input 4×4",
      () => lg.maxPool2d(ones([1, 4, 4]), { kernelSize: [2, 5] }),
    ],
    [
      "a dilation beyond the columns alone",
      "maxPool2d: a window 2×2 (dilation 1×3) meets nothing but padding 0×1 of the input 3×2",
      () => lg.maxPool2d(ones([1, 3, 2]), { kernelSize: 2, padding: [0, 1], dilation: [1, 3] }),
    ],
    [
      "a divisor that is no number",
      "avgPool2d: divisorOverride must be a number or null, got NaN",
      () => lg.avgPool2d(ones([1, 2, 2]), { kernelSize: 1, divisorOverride: Number.NaN }),
    ],
    [
      "an infinite divisor",
      "avgPool2d: divisorOverride must be a number that is not 0, got Infinity",
      () => lg.avgPool2d(ones([1, 2, 2]), { kernelSize: 1, divisorOverride: Number.POSITIVE_INFINITY }),
    ],
    [
      "three sizes for two axes",
      "adaptiveMaxPool2d: outputSize must be an integer of at least 1, or 2 of them",
      () => lg.adaptiveMaxPool2d(ones([1, 2, 2]), { outputSize: [null, 1, null] as unknown as [null, 1] }),
    ],
  ])("%s", (_, message, run) => {
    expect(run).toThrow(message);
  });

  it("negative groups as a ValueError", () => {
    expect(() => lg.conv1d(ones([1, 2, 3]), ones([2, 2, 1]), null, { groups: -2 })).toThrow(ValueError);
  });
});

describe("just possible", () => {
  it("a dilated window whose second element is the input's last cell", () => {
    const x = tensor([[3, 7, 5]]);
    expect(lg.maxPool1d(x, { kernelSize: 2, padding: 1, dilation: 3 }).arraySync()).toEqual([[5]]);
  });

  it("a window that begins two cells before the input and goes on in it", () => {
    const options = { kernelSize: 4, padding: 2, dilation: 4, stride: 6, ceilMode: true };
    expect(lg.maxPool1d(tensor([[3, 7, 5, 9]]), options).arraySync()).toEqual([[5]]);
    expect(lg.maxPool1d(tensor([[3, 7]]), { kernelSize: 1, dilation: 5 }).arraySync()).toEqual([[3, 7]]);
  });

  it("a transposed convolution that cuts off at the start what it adds at the end", () => {
    const [x, weight] = [tensor([[[1, 2, 3, 4, 5, 6]]]), tensor([[[10, 1]]])];
    const y = lg.convTranspose1d(x, weight, null, { dilation: 3, padding: 4, outputPadding: 2 });
    expect(y.arraySync()).toEqual([[[10 * 5 + 2, 10 * 6 + 3, 4]]]); // x[j + 4] · 10 + x[j + 1] · 1
  });

  it("an output of one row, folded", () => {
    expect(lg.fold(count(3, [1, 3]), { outputSize: [1, 3], kernelSize: 1 }).arraySync()).toEqual([[[0, 1, 2]]]);
  });

  it("one cell, interpolated by a fraction", () => {
    expect(lg.interpolate(count(3, [1, 1, 3]), { scaleFactor: 0.5 }).arraySync()).toEqual([[[0]]]);
  });

  it("the nearest of many cells, which lies in the middle of them", () => {
    const x = count(300, [1, 1, 300]);
    expect(lg.interpolate(x, { size: 1, mode: "nearest-exact" }).arraySync()).toEqual([[[150]]]);
  });

  it("all sizes kept", () => {
    const x = count(6, [1, 2, 3]);
    expect(lg.adaptiveAvgPool2d(x, { outputSize: null }).arraySync()).toEqual(x.arraySync());
  });
});

describe("maxPool1d", () => {
  it("keeps the axes that there are", () => {
    expect(lg.maxPool1d(ones([2, 3, 8]), { kernelSize: 2 }).shape).toEqual([2, 3, 4]);
    expect(lg.maxPool1d(ones([3, 8]), { kernelSize: 2 }).shape).toEqual([3, 4]);
  });

  it("is linear in what its gradients are differentiated by, to any order", () => {
    const x = tensor([[1, 4, 2, 3]], { requiresGrad: true });
    const [u, v] = [1, 2].map((n) => tensor([[n, 10 * n]], { requiresGrad: true })) as [Tensor, Tensor];
    const recorded = { createGraph: true };
    const y = lg.maxPool1d(x, { kernelSize: 2 });
    const [back] = gradients(y, [x], { ...recorded, gradOutput: u }) as [Tensor];
    const along = tensor([[5, 6, 7, 8]], { requiresGrad: true });
    const [picked] = gradients(back, [u], { ...recorded, gradOutput: along }) as [Tensor];
    const [again] = gradients(picked, [along], { ...recorded, gradOutput: v }) as [Tensor];
    expect([back, picked, again].map((t) => t.arraySync())).toEqual([[[0, 1, 0, 10]], [[6, 8]], [[0, 2, 0, 20]]]);
    expect(gradients(again, [v], { gradOutput: along })[0]?.arraySync()).toEqual([[6, 8]]);
  });
});
