/** Bytes one after another, and their checksums. */

/** Copies parts into one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** A cyclic redundancy check of 32 bits, as PNG, zip and TFRecord define it.
 * @param polynomial its bits reversed
 * @returns the function of the bytes */
function checksum(polynomial: number): (bytes: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    return remainder;
  });
  return (bytes) => {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
    return ~crc >>> 0;
  };
}

/** That of PNG and zip (ISO 3309). */
export const crc32: (bytes: Uint8Array) => number = /* @__PURE__ */ checksum(0xedb88320);

/** Castagnoli's (RFC 3720, appendix B.4). */
export const crc32c: (bytes: Uint8Array) => number = /* @__PURE__ */ checksum(0x82f63b78);
