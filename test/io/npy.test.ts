/** Tests of .npy and .npz: what is written is read again, by NumPy's own rules of layout, and wrong arguments are refused. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/index.js";
import { type NamedArray, readNpy, readNpz, writeNpy, writeNpz } from "../../src/io/index.js";
import { arrays, bitsOf, dtypes } from "./arrays.js";

const known = dtypes.filter((dtype) => !/^bf|8_/.test(dtype));
const small: NamedArray = { dtype: "int16", shape: [2, 1], data: Int16Array.of(1, -2) };

describe("writeNpy", () => {
  it.each(known)("writes %s so that readNpy gives the same bits", (dtype) => {
    fc.assert(
      fc.property(arrays([dtype]), (array) => {
        const found = readNpy(writeNpy(array));
        expect(found).toMatchObject({ dtype, shape: array.shape });
        expect(bitsOf(found)).toEqual(bitsOf(array));
      }),
      { numRuns: 50 },
    );
  });

  it("gives the bytes that NumPy gives", () => {
    const fixture = (name: string): Uint8Array =>
      new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
    for (const name of ["float32-2x3.npy", "int64-scalar.npy", "bool-5.npy"]) {
      expect(writeNpy(readNpy(fixture(name))), name).toEqual(fixture(name));
    }
  });

  it("refuses what NumPy does not have", () => {
    expect(() => writeNpy({ dtype: "bfloat16", shape: [1], data: Float32Array.of(1) })).toThrow(DTypeError);
    expect(() => writeNpy({ ...small, shape: [3] })).toThrow(ShapeError);
  });
});

describe("writeNpz", () => {
  it("writes arrays that readNpz gives back in the same order, compressed or not", () => {
    const two = new Map<string, NamedArray>([
      ["__proto__", small],
      ["a/b größe", { dtype: "float64", shape: [300], data: new Float64Array(300) }],
      ["1", small],
    ]);
    for (const compress of [false, true]) {
      const bytes = writeNpz(two, { compress });
      expect(readNpz(bytes)).toEqual(two);
      expect([...readNpz(bytes).keys()]).toEqual([...two.keys()]);
      expect(bytes.length < 2400, "compressed").toBe(compress);
    }
  });

  it.each(["../a", "/a", "a\\b", "a\0", "c:a", "\ud800", "a//b"])("refuses the name %j", (name) => {
    expect(() => writeNpz({ [name]: small })).toThrow(ValueError);
  });
});

describe("readNpz", () => {
  it("refuses to unpack more than the limit", () => {
    const bytes = writeNpz(
      { x: { dtype: "uint8", shape: [10_000], data: new Uint8Array(10_000) } },
      { compress: true },
    );
    expect(readNpz(bytes, { limit: 11_000 }).get("x")?.data.length).toBe(10_000);
    expect(() => readNpz(bytes, { limit: 9_000, name: "x.npz" })).toThrow(
      'readNpz: "x.npz": with its member "x.npy" it unpacks to more than is allowed',
    );
  });
});
