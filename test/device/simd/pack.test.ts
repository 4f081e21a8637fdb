/** Tests of the text that carries the SIMD kernels: both binaries come out of it as they went in, and engines take them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packed } from "../../../src/device/simd/binaries.js";
import { type Packed, unpack } from "../../../src/device/simd/unpack.js";

const script = new URL("../../../src/device/simd/assembly/pack.js", import.meta.url).href;
const { pack } = (await import(script)) as { pack(first: Buffer, second: Buffer): Packed };

/** Bytes of a binary: of one kind, so that windows occur again, or of any. */
const bytes = (maxLength: number) =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.array(fc.constantFrom(0, 1), { maxLength }).map((list) => Uint8Array.from(list)),
  );

/** Two binaries of common stretches with others in between, each its own. */
const pairs = fc
  .array(fc.record({ both: bytes(300), first: bytes(20), second: bytes(20) }), { maxLength: 6 })
  .map((stretches) => ({
    first: Buffer.concat(stretches.flatMap(({ both, first }) => [both, first])),
    second: Buffer.concat(stretches.flatMap(({ both, second }) => [both, second])),
  }));

describe("pack", () => {
  it("makes a text from which both binaries are read", () => {
    fc.assert(
      fc.property(pairs, ({ first, second }) => {
        expect(unpack(pack(first, second)).map((one) => Buffer.from(one))).toEqual([first, second]);
      }),
    );
  });

  it("writes what both share once", () => {
    const both = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251));
    const { text, runs } = pack(Buffer.concat([both, Buffer.from("plain"), both]), Buffer.concat([both, both]));
    expect(runs).toEqual([5000, 5, 0, 5000, 0, 0]);
    expect(text.length).toBeLessThan(2 * 10_005);
  });

  it("uses no sign that quotes, templates or pages give a meaning", () => {
    expect(pack(Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.of()).text).toMatch(/^[ -~]+$/);
    expect(packed.signs).not.toMatch(/["'`\\$<]/);
  });
});

describe("the SIMD kernels", () => {
  it("are two binaries, the first of which every engine with SIMD takes", () => {
    const [plain, fused] = unpack(packed);
    expect(WebAssembly.validate(plain)).toBe(true);
    expect(Buffer.from(fused.subarray(0, 4)).toString("latin1")).toBe("\0asm");
    expect(Buffer.compare(plain, fused)).not.toBe(0);
  });
});
