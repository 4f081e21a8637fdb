/** Signatures of the functions that make tensors. */
import fc from "fast-check";
import {
  type Argument,
  among,
  filler,
  flag,
  oneOf,
  optional,
  options,
  random,
  real,
  whole,
  wholes,
} from "./arguments.js";
import { entry, type Signatures } from "./promise.js";

const shape = wholes(1, 4, { from: 0, to: 3 });
const dtype = oneOf("float64", "int32", "bool", undefined);
const device = oneOf("reference", "cpu", undefined);
const tensorOptions = options({ dtype, device, requiresGrad: flag });

function drawing(extra: Readonly<Record<string, Argument>> = {}): Argument {
  return options({ generator: random, ...extra }, ["generator"]);
}

const first = ([sizes]: readonly unknown[]) => sizes as number[];

export const creatorSignatures: Signatures = {
  arange: {
    args: [real(-4, 3), optional(real(1, 4)), optional(real(0.25, 1)), tensorOptions],
    shape: ([start, end, step = 1]) => {
      const length = end === undefined ? (start as number) : (end as number) - (start as number);
      return [Math.ceil(length / (step as number))];
    },
  },
  eye: { args: [whole(1, 4), tensorOptions], shape: ([n]) => [n as number, n as number] },
  full: { args: [shape, filler, tensorOptions], shape: first },
  linspace: { args: [real(-2, 2), real(-2, 2), whole(1, 5), tensorOptions], shape: ([, , count]) => [count as number] },
  ones: { args: [shape, tensorOptions], shape: first },
  rand: { args: [shape, drawing({ low: real(-2, 0), high: real(0, 2) })], shape: first },
  randint: { args: [whole(-3, 1), whole(0, 6), shape, drawing()], shape: ([, , sizes]) => sizes as number[] },
  randn: { args: [shape, drawing()], shape: first },
  tensor: {
    args: [
      among(
        [1, true, Number.NaN, [1, 2], [[1], [2]], [[[true]]], new Float32Array(4), new Uint8Array(2)],
        ["1", null, {}, [], [[]], [null], [undefined], [1, "1"], [[1], [2, 3]], [[1], 2], new BigInt64Array(1)],
      ),
      fc.oneof(tensorOptions, options({ shape: oneOf([1], [2], [2, 1], [4], [1, 1, 1], [0], [-1], 2), device })),
    ],
    shape: ([source, given]) => (entry(given, "shape") as number[] | undefined) ?? nesting(source),
  },
  zeros: { args: [shape, tensorOptions], shape: first },
};

function nesting(source: unknown): number[] {
  if (ArrayBuffer.isView(source)) return [(source as Float32Array).length];
  return Array.isArray(source) ? [source.length, ...nesting(source[0])] : [];
}
