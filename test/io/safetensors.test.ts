/** Tests of safetensors: what is written is read again, piece by piece too, and wrong arguments are refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/index.js";
import {
  type ByteSource,
  type NamedArray,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
} from "../../src/io/index.js";
import { arrays, bitsOf, dtypes } from "./arrays.js";

const names = fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__");
const texts = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }));

const two: NamedArray = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) };

describe("writeSafetensors", () => {
  it.each(dtypes)("writes %s so that readSafetensors gives the same bits", (dtype) => {
    fc.assert(
      fc.property(fc.dictionary(names, arrays([dtype]), { maxKeys: 4 }), texts, (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        const found = readSafetensors(bytes);
        expect([...found.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, array] of found.tensors) {
          expect(array).toMatchObject({ dtype, shape: tensors[name]?.shape });
          expect(bitsOf(array)).toEqual(bitsOf(tensors[name] as NamedArray));
        }
        expect(new Map(Object.entries(metadata))).toEqual(found.metadata);
        expect(writeSafetensors(found.tensors, found.metadata)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it("gives the bytes that its format's own implementation gives", () => {
    const json =
      '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}';
    const bytes = writeSafetensors({ a: { dtype: "uint8", shape: [], data: Uint8Array.of(7) }, w: two });
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + json.length))).toBe(json);
    expect(bytes[0]).toBe(Math.ceil(json.length / 8) * 8);
    expect([...bytes.subarray(-9)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 7]);
  });

  it("rounds float32 to the nearest number of a narrower type, halves to the even one", () => {
    const written = (dtype: "float16" | "bfloat16" | "float8_e4m3fn" | "float8_e5m2", values: number[]) => {
      const data = Float32Array.from(values);
      return [
        ...(readSafetensors(writeSafetensors({ x: { dtype, shape: [data.length], data } })).tensors.get("x")?.data ??
          []),
      ];
    };
    expect(written("float16", [65504, 65519, 65520, 2049, 2051, 2 ** -25, 2 ** -24, -0])).toEqual([
      65504,
      65504,
      Number.POSITIVE_INFINITY,
      2048,
      2052,
      0,
      2 ** -24,
      -0,
    ]);
    expect(written("bfloat16", [257, 259, 3.4e38])).toEqual([256, 260, Number.POSITIVE_INFINITY]);
    expect(written("float8_e4m3fn", [448, 463, 465, 17, 19])).toEqual([448, 448, Number.NaN, 16, 20]);
    expect(written("float8_e5m2", [57344, 61439, 61440])).toEqual([57344, 57344, Number.POSITIVE_INFINITY]);
  });

  it("refuses what no file can hold", () => {
    const write = (array: unknown) => () => writeSafetensors({ x: array as NamedArray });
    expect(write({ ...two, dtype: "complex64" })).toThrow(DTypeError);
    expect(write({ ...two, dtype: "int32" })).toThrow(
      /the data of x \(int32\) must be a Int32Array, got a Float32Array/,
    );
    expect(write({ ...two, shape: [3] })).toThrow(ShapeError);
    expect(write({ ...two, shape: [-2] })).toThrow(ShapeError);
    expect(write([1, 2])).toThrow(ValueError);
    expect(write({ dtype: "bool", shape: [1], data: Uint8Array.of(2) })).toThrow(ValueError);
    expect(() => writeSafetensors({ __metadata__: two })).toThrow(ValueError);
    expect(() => writeSafetensors({ "\ud800": two })).toThrow(/well-formed/);
    expect(() => writeSafetensors({}, { step: 1 as unknown as string })).toThrow(ValueError);
  });
});

describe("openSafetensors", () => {
  const bytes = writeSafetensors(
    { a: two, b: { dtype: "int64", shape: [1], data: BigInt64Array.of(-5n) } },
    { k: "v" },
  );

  /** The bytes as a source that notes what is read of it. */
  function sourceOf(all: Uint8Array): ByteSource & { readonly reads: [number, number][] } {
    const reads: [number, number][] = [];
    const read = (offset: number, length: number): Promise<Uint8Array> => {
      reads.push([offset, length]);
      return Promise.resolve(all.slice(offset, offset + length));
    };
    return { name: "x.safetensors", size: all.length, reads, read };
  }

  it("reads the header, and of the tensors those that are asked for", async () => {
    const source = sourceOf(bytes);
    const file = await openSafetensors(source);
    expect([...file.tensors.keys()].sort()).toEqual(["a", "b"]);
    expect(file.tensors.get("a")).toMatchObject({ dtype: "float32", shape: [2] });
    expect(file.metadata.get("k")).toBe("v");
    const before = source.reads.length;
    expect(await file.read("a")).toEqual(two);
    expect(source.reads.slice(before)).toEqual([[bytes.length - 8, 8]]);
    await expect(file.read("c")).rejects.toThrow('"x.safetensors" has no tensor "c"');
  });

  it("refuses a file that is shorter than its header says", async () => {
    await expect(openSafetensors(sourceOf(bytes.subarray(0, -1)))).rejects.toMatchObject({ reason: "truncated" });
    await expect(openSafetensors(sourceOf(bytes.subarray(0, 5)))).rejects.toMatchObject({ reason: "truncated" });
  });
});
