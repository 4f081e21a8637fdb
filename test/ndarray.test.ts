/** Tests of the views that stand in for the package `ndarray` where it may not compile its constructors: they are held to it. */
import fc from "fast-check";
import ndarray, { type NdArray, type TypedArray } from "ndarray";
import { describe, expect, it } from "vitest";
import { PlainView, viewOf } from "../src/ndarray.js";

const kinds = [Float32Array, Float64Array, Int32Array, Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array];

/** A step from one view to the next, with an argument for each axis; what is left out keeps its axis. */
interface Step {
  readonly method: "lo" | "hi" | "step" | "pick" | "transpose" | "T";
  readonly choices: readonly (number | null)[];
}

const steps: fc.Arbitrary<Step> = fc.record({
  method: fc.constantFrom("lo", "hi", "step", "pick", "transpose", "T"),
  choices: fc.array(fc.option(fc.nat(11)), { minLength: 6, maxLength: 6 }),
});

/** Arguments that fit a view's shape, by choice. */
function argumentsFor({ shape }: NdArray, { method, choices }: Step): (number | null)[] {
  const axes = shape.map((_, axis) => axis);
  if (method === "T") return axes.toReversed();
  if (method === "transpose") return axes.toSorted((a, b) => (choices[a] ?? 0) - (choices[b] ?? 0) || a - b);
  return shape.map((length, axis) => {
    const choice = choices[axis];
    if (choice === undefined || choice === null) return method === "pick" ? null : (undefined as unknown as null);
    if (method === "step") return [1, 2, 3, -1, -2][choice % 5] as number;
    return choice % (method === "pick" ? length : length + 1);
  });
}

function follow(view: NdArray, step: Step): NdArray {
  const method = step.method === "T" ? "transpose" : step.method;
  return view[method](...(argumentsFor(view, step) as number[]));
}

/** All that can be read of a view. */
function seen(view: NdArray): unknown {
  const { shape, stride, offset, dtype, size, dimension, order } = view;
  const lengths = order.map((axis) => Math.abs(stride[axis] as number)); // axes of one stride have no order of their own
  const places = indicesOf(shape).map((at) => [view.index(...at), view.get(...at)]);
  return { shape: [...shape], stride: [...stride], offset, dtype, size, dimension, lengths, places };
}

function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((at) => Array.from({ length }, (_, i) => [...at, i])),
    [[]],
  );
}

describe("a plain view", () => {
  it("is what the package makes, whatever views are taken of it", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), shapes, fc.array(steps, { maxLength: 4 }), (Kind, shape, path) => {
        const data: TypedArray = new Kind(shape.reduce((product, length) => product * length, 1));
        for (let i = 0; i < data.length; i++) data[i] = i % 128;
        let theirs: NdArray = ndarray(data, shape);
        let ours: NdArray = new PlainView(data, [...shape], [...theirs.stride], 0);
        expect(seen(ours)).toEqual(seen(theirs));
        for (const step of path) {
          if (theirs.size === 0 || theirs.dimension === 0) return;
          ours = step.method === "T" ? ours.T : follow(ours, step);
          theirs = follow(theirs, step);
          expect(seen(ours)).toEqual(seen(theirs));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("writes where it reads, and returns what it was given", () => {
    const view = new PlainView(new Float32Array(6), [2, 3], [3, 1], 0).transpose(1, 0).lo(1);
    expect(view.set(1, 1, 7.5)).toBe(7.5);
    expect([...view.data]).toEqual([0, 0, 0, 0, 0, 7.5]);
    const scalar = new PlainView(new Int32Array([4]), [], [], 0);
    scalar.set(5);
    expect(scalar.get()).toBe(5);
  });
});

describe("viewOf", () => {
  it("is of the package where code may be made from text", () => {
    expect(viewOf(new Float32Array(4), [2, 2]).constructor.name).toBe("View2dfloat32");
  });
});
