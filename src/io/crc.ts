/** Cyclic redundancy checks of 32 bits, four bytes at a time (Kounavis and Berry 2005, "slicing by 4"). */

/** That of zip, gzip and PNG (ISO 3309). */
export const crc32: (bytes: Uint8Array) => number = /* @__PURE__ */ checksum(0xedb88320);

/** Castagnoli's (RFC 3720, appendix B.4), of TFRecord. */
export const crc32c: (bytes: Uint8Array) => number = /* @__PURE__ */ checksum(0x82f63b78);

/** @param polynomial its bits reversed
 * @returns the function of the bytes */
function checksum(polynomial: number): (bytes: Uint8Array) => number {
  const [now, next, second, third] = tablesOf(polynomial);
  return (bytes) => {
    const byte = (i: number): number => bytes[i] as number;
    let crc = ~0;
    let i = 0;
    for (; i + 4 <= bytes.length; i += 4) {
      const word = crc ^ (byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24));
      crc =
        (third[word & 0xff] as number) ^
        (second[(word >>> 8) & 0xff] as number) ^
        (next[(word >>> 16) & 0xff] as number) ^
        (now[word >>> 24] as number);
    }
    for (; i < bytes.length; i++) crc = (now[(crc ^ byte(i)) & 0xff] as number) ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}

/** Table k: what a byte does to the checksum, k bytes later. */
function tablesOf(polynomial: number): [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
  const later = (before: Uint32Array) => before.map((value) => (first[value & 0xff] as number) ^ (value >>> 8));
  const second = later(first);
  const third = later(second);
  return [first, second, third, later(third)];
}
