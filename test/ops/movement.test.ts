/** Tests of ops that move numbers, over random shapes, against plain models. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import {
  concat,
  type DeviceName,
  flip,
  generator,
  gradients,
  maxPool2d,
  pad,
  permute,
  randint,
  setDevice,
  slice,
  stack,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { elementAt, fill, type Grid, sizeOf } from "./models.js";

beforeAll(() => setDevice("reference"));

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
const device = fc.constantFrom<DeviceName>("reference", "cpu");

function grid(shape: readonly number[]): Grid {
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => i + 1) };
}

function make({ shape, values }: Grid, on: DeviceName): Tensor {
  return tensor(Float64Array.from(values), { shape, device: on, requiresGrad: true });
}

function expectGrid(got: Tensor, expected: Grid): void {
  expect(got.shape).toEqual(expected.shape);
  expect(Array.from(got.dataSync())).toEqual(expected.values);
}

/** Moving numbers is linear, so ⟨g, move(x)⟩ = ⟨moveᵀ(g), x⟩ when no cell was added. */
function expectTranspose(x: Tensor, y: Tensor): void {
  const g = tensor(
    Float64Array.from({ length: y.size }, (_, i) => (i % 5) - 2),
    { shape: y.shape, device: y.device.name },
  );
  const [gradient] = gradients(y, [x], { gradOutput: g });
  expect(gradient?.mul(x).sum().itemSync()).toBe(g.mul(y).sum().itemSync());
}

describe("slice", () => {
  it("agrees with the definition for random ranges", () => {
    const ranges = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.tuple(
          ...shape.map((n) => fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.integer({ min: 1, max: 3 }), fc.boolean())),
        ),
      ),
    );
    fc.assert(
      fc.property(ranges, device, ([shape, list], on) => {
        const parts = list.map(([p, q, by, negative], i) => {
          const n = shape[i] as number;
          const [from, to] = [Math.min(p, q), Math.max(p, q) + 1];
          return { from, to, by, n, negative };
        });
        const x = make(grid(shape), on);
        const y = slice(x, {
          start: parts.map(({ from, n, negative }) => (negative ? from - n : from)),
          end: parts.map(({ to }) => to),
          step: parts.map(({ by }) => by),
        });
        const expected = fill(
          parts.map(({ from, to, by }) => Math.ceil((to - from) / by)),
          (place) =>
            elementAt(
              grid(shape),
              place.map((c, i) => (parts[i]?.from ?? 0) + c * (parts[i]?.by ?? 1)),
            ),
        );
        expectGrid(y, expected);
        expectTranspose(x, y);
      }),
      { seed: 17, numRuns: 80 },
    );
  });
});

describe("pad", () => {
  it("agrees with the definition for random widths", () => {
    const widths = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.tuple(...shape.map(() => fc.tuple(fc.nat(2), fc.nat(2)))),
        fc.integer({ min: -2, max: 2 }),
      ),
    );
    fc.assert(
      fc.property(widths, device, ([shape, list, value], on) => {
        const x = make(grid(shape), on);
        const y = pad(x, list, { value });
        const expected = fill(
          shape.map((n, i) => n + (list[i]?.[0] ?? 0) + (list[i]?.[1] ?? 0)),
          (place) => {
            const source = place.map((c, i) => c - (list[i]?.[0] ?? 0));
            const inside = source.every((c, i) => c >= 0 && c < (shape[i] as number));
            return inside ? elementAt(grid(shape), source) : value;
          },
        );
        expectGrid(y, expected);
        if (value === 0) expectTranspose(x, y);
      }),
      { seed: 18, numRuns: 80 },
    );
  });
});

describe("permute", () => {
  it("agrees with the definition for random orders", () => {
    const orders = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
      ),
    );
    fc.assert(
      fc.property(orders, device, ([shape, order], on) => {
        const x = make(grid(shape), on);
        const y = permute(x, order);
        const expected = fill(
          order.map((axis) => shape[axis] as number),
          (place) =>
            elementAt(
              grid(shape),
              shape.map((_, axis) => place[order.indexOf(axis)] as number),
            ),
        );
        expectGrid(y, expected);
        expectTranspose(x, y);
      }),
      { seed: 19, numRuns: 80 },
    );
  });
});

describe("roll", () => {
  it("agrees with the definition for random shifts, by nothing and by whole turns too", () => {
    const shifts = shapes.chain((shape) =>
      fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.integer({ min: -9, max: 9 })))),
    );
    fc.assert(
      fc.property(shifts, device, ([shape, shift], on) => {
        const x = make(grid(shape), on);
        const y = lg.roll(x, { shift, axis: shape.map((_, i) => i) });
        const expected = fill(shape, (place) =>
          elementAt(
            grid(shape),
            place.map((c, i) => (c - (shift[i] as number) + 12 * (shape[i] as number)) % (shape[i] as number)),
          ),
        );
        expectGrid(y, expected);
        expectTranspose(x, y);
      }),
      { seed: 21, numRuns: 40 },
    );
  });
});

describe("tril and triu", () => {
  it("keep all or nothing beyond the corners, however far, where integers have 32 bits", () => {
    const [x, far] = [make(grid([2, 3]), "webasm"), 2 ** 50];
    for (const all of [lg.tril(x, { diagonal: far }), lg.triu(x, { diagonal: -far })]) expectGrid(all, grid([2, 3]));
    for (const none of [lg.tril(x, { diagonal: -far }), lg.triu(x, { diagonal: far })]) {
      expectGrid(none, { shape: [2, 3], values: [0, 0, 0, 0, 0, 0] });
    }
  });
});

describe("an array in place of the tensor", () => {
  it.each<[string, (x: Tensor) => unknown]>([
    ["reshape", (x) => lg.reshape(x, [2, 1])],
    ["flatten", (x) => lg.flatten(x)],
    ["squeeze", (x) => lg.squeeze(x)],
    ["unsqueeze", (x) => lg.unsqueeze(x, 0)],
    ["permute", (x) => permute(x, [0])],
    ["transpose", (x) => lg.transpose(x)],
    ["slice", (x) => slice(x, { start: [1] })],
    ["pad", (x) => pad(x, [[1, 0]])],
    ["flip", (x) => flip(x)],
    ["roll", (x) => lg.roll(x, { shift: 1 })],
    ["tile", (x) => lg.tile(x, [2])],
    ["split", (x) => lg.split(x, 1)],
    ["chunk", (x) => lg.chunk(x, 2)],
    ["tril", (x) => lg.tril(x)],
    ["triu", (x) => lg.triu(x)],
    ["diagonal", (x) => lg.diagonal(x)],
    ["to", (x) => lg.to(x, "cpu")],
  ])("is refused by %s", (op, call) => {
    expect(() => call([1, 2] as never)).toThrow(`${op}: its argument 1 must be a tensor, got [1, 2]`);
  });
});

describe("concat and stack", () => {
  it("come apart again by slices, for any count and axis", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 }),
        fc.nat(2),
        device,
        (sizes, axis, on) => {
          const parts = sizes.map((n) => make(grid([2, 3, 2].map((size, i) => (i === axis ? n : size))), on));
          const joined = concat(parts, { axis });
          let from = 0;
          sizes.forEach((n, k) => {
            const start = [0, 0, 0].map((_, i) => (i === axis ? from : 0));
            const end = joined.shape.map((size, i) => (i === axis ? from + n : size));
            expect(slice(joined, { start, end }).arraySync()).toEqual(parts[k]?.arraySync());
            from += n;
          });
          expect(joined.shape[axis]).toBe(from);
        },
      ),
      { seed: 20, numRuns: 40 },
    );
  });

  it("stack puts tensors along a new axis", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    expect(stack([a, b]).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(stack([a, b], { axis: -1 }).arraySync()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

describe("integers and booleans", () => {
  it("move as floats do and keep their dtype", () => {
    const x = randint(0, 9, [2, 3], { generator: generator(1) });
    expect(permute(x, [1, 0]).dtype).toBe("int32");
    expect(slice(x, { start: [1] }).dtype).toBe("int32");
    expect(concat([x, x]).dtype).toBe("int32");
    expect(() => maxPool2d(x.reshape([1, 2, 3]), { kernelSize: 2 })).toThrow(
      "maxPool2d: it computes on floats, got int32",
    );
  });
});

describe("tensors of six axes that do not merge", () => {
  const shape = [2, 3, 2, 4, 3, 2];
  const last = shape.map((n) => n - 1);

  it("are turned around", () => {
    const expected = fill(shape.toReversed(), (place) => elementAt(grid(shape), place.toReversed()));
    expectGrid(permute(make(grid(shape), "reference"), [5, 4, 3, 2, 1, 0]), expected);
  });

  it("are flipped along every other axis", () => {
    const expected = fill(shape, (place) =>
      elementAt(
        grid(shape),
        place.map((c, i) => (i % 2 === 0 ? (last[i] as number) - c : c)),
      ),
    );
    expectGrid(flip(make(grid(shape), "reference"), { axis: [0, 2, 4] }), expected);
  });
});
