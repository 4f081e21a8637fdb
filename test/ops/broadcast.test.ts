/** Tests of broadcasting, of whole axes and of many axes, against a plain model. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  broadcastTo,
  type DeviceName,
  gradients,
  maximum,
  mul,
  ones,
  permute,
  ShapeError,
  setDevice,
  sub,
  type Tensor,
  tensor,
  withDevice,
} from "../../src/index.js";
import * as binaryKernels from "../../src/kernels/binary.js";
import { runBinary } from "../../src/ops/broadcast.js";
import { broadcastModel, elementAt, fill, type Grid, sizeOf } from "./models.js";

beforeAll(() => setDevice("reference"));

const onAnyDevice = fc.constantFrom<DeviceName>("reference", "cpu");

/** Two shapes that broadcast: a common one, of which each side keeps a tail and turns some sizes to 1. */
const twoShapes = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 })
  .chain((target) => fc.tuple(sideOf(target), sideOf(target)));

function sideOf(target: readonly number[]): fc.Arbitrary<number[]> {
  return fc
    .tuple(fc.integer({ min: 0, max: target.length }), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }))
    .map(([drop, single]) => target.slice(drop).map((n, i) => (single[i] ? 1 : n)));
}

function grid(shape: readonly number[], seed: number): Grid {
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 3) % 11) - 5) };
}

describe("a copy of many axes", () => {
  it.each([[[2, 3]], [[2, 3, 4]], [[2, 3, 2, 3]], [[2, 3, 1, 2, 3]], [[2, 3, 2, 3, 2]], [[3, 2, 3, 2, 3, 2]]])(
    "turns the axes of %j round",
    (shape) => {
      const x = grid(shape, 1);
      const order = shape.map((_, i) => shape.length - 1 - i);
      const turned = fill(shape.toReversed(), (place) => elementAt(x, place.toReversed()));
      const y = permute(tensor(Float64Array.from(x.values), { shape }), order);
      expect(y.shape).toEqual(turned.shape);
      expect(Array.from(y.dataSync())).toEqual(turned.values);
    },
  );
});

describe("broadcasting", () => {
  it("agrees with the definition for random shapes", () => {
    fc.assert(
      fc.property(twoShapes, onAnyDevice, ([left, right], device) => {
        const [a, b] = [grid(left, 1), grid(right, 2)];
        const [x, y] = [a, b].map(({ shape, values }) => tensor(Float64Array.from(values), { shape, device })) as [
          ReturnType<typeof tensor>,
          ReturnType<typeof tensor>,
        ];
        const model = broadcastModel(a, b, (p, q) => 2 * p * q + p);
        const result = add(mul(2, mul(x, y)), mul(x, ones(y.shape, { device })));
        expect(result.shape).toEqual(model.shape);
        expect(Array.from(result.dataSync())).toEqual(model.values);
      }),
      { seed: 5, numRuns: 80 },
    );
  });

  it("sums gradients over the axes that were repeated", () => {
    fc.assert(
      fc.property(twoShapes, ([left, right]) => {
        const [a, b] = [grid(left, 1), grid(right, 2)];
        const x = tensor(Float64Array.from(a.values), { shape: left, requiresGrad: true });
        const y = tensor(Float64Array.from(b.values), { shape: right });
        const output = mul(x, y);
        const [gradient] = gradients(output, [x], { gradOutput: ones(output.shape) });
        // ∂(Σ x·y)/∂x is what is left of y when it is walked together with ones of x: Σ over repeats.
        const expected = new Array<number>(sizeOf(left)).fill(0);
        const places = broadcastModel({ shape: left, values: a.values.map((_, i) => i) }, b, (p) => p).values;
        const others = broadcastModel(a, b, (_, q) => q).values;
        places.forEach((place, i) => {
          expected[place] = (expected[place] as number) + (others[i] as number);
        });
        expect(gradient?.shape).toEqual(left);
        expect(Array.from(gradient?.dataSync() ?? [])).toEqual(expected);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it("walks more axes than a kernel has threads", () => {
    const shape = [2, 1, 2, 1, 2, 1];
    const [a, b] = [grid(shape, 1), grid([1, 3, 1, 2, 1, 2], 2)];
    for (const device of ["reference", "cpu", "webasm"] as const) {
      const x = tensor(Float64Array.from(a.values), { shape: a.shape, device });
      const y = tensor(Float64Array.from(b.values), { shape: b.shape, device });
      expect(Array.from(maximum(x, y).dataSync())).toEqual(broadcastModel(a, b, Math.max).values);
    }
  });

  it.each(Object.entries(binaryKernels))("reads both sides along three axes in the kernel of %s", (name, kernel) => {
    const shapes = [
      [2, 1, 3],
      [1, 4, 3],
      [2, 4, 1],
    ];
    for (const left of shapes) {
      for (const right of shapes.filter((shape) => shape !== left)) {
        const [a, b] = [grid(left, 1), grid(right, 2)].map((side) =>
          tensor(Float64Array.from(side.values), { shape: side.shape }),
        ) as [Tensor, Tensor];
        const result = runBinary(name, kernel, a, b);
        const flat = runBinary(name, kernel, broadcastTo(a, result.shape), broadcastTo(b, result.shape));
        expect(result.dataSync()).toEqual(flat.dataSync());
      }
    }
  });

  it.each([
    [[2, 3], [], [2, 3]],
    [[2, 3], [1], [2, 3]],
    [
      [2, 3],
      [1, 1],
      [2, 3],
    ],
    [[3], [1, 1], [1, 3]],
    [[1], [1, 1, 1], [1, 1, 1]],
  ])("of %j with the single number of %j has shape %j", (shape, single, result) => {
    const [x, y] = [tensor(Float64Array.from(grid(shape, 1).values), { shape }), ones(single)];
    expect([add(x, y).shape, add(y, x).shape]).toEqual([result, result]);
    expect(Array.from(sub(x, y).dataSync())).toEqual(grid(shape, 1).values.map((v) => v - 1));
  });

  it("takes numbers for scalars, on either side", () => {
    const x = tensor([1, 2]);
    expect(add(3, x).arraySync()).toEqual([4, 5]);
    expect(x.sub(1).arraySync()).toEqual([0, 1]);
  });
});

describe("broadcastTo", () => {
  it("repeats along any axes, as the model does", () => {
    fc.assert(
      fc.property(twoShapes, onAnyDevice, ([left, right], device) => {
        const a = grid(left, 3);
        const { shape, values } = broadcastModel(
          a,
          fill(right, () => 0),
          (p) => p,
        );
        const result = withDevice(device, () =>
          broadcastTo(tensor(Float64Array.from(a.values), { shape: left }), shape),
        );
        expect(Array.from(result.dataSync())).toEqual(values);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it("refuses more than six axes that do not merge, and says so", () => {
    const x = ones([2, 1, 2, 1, 2, 1, 2]);
    expect(() => broadcastTo(x, [2, 2, 2, 2, 2, 2, 2])).toThrow(ShapeError);
    expect(() => broadcastTo(x, [2, 2, 2, 2, 2, 2, 2])).toThrow("broadcastTo: a copy walks at most 6 axes");
  });
});
