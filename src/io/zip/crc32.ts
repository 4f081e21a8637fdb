/** The checksum of zip archives: CRC-32 (ISO 3309), four bytes at a time (Kounavis and Berry 2005, "slicing by 4"). */

/** Table k: what a byte does to the checksum, k bytes later. */
const tables: readonly Uint32Array[] = makeTables();

function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  const made = [first];
  for (let k = 1; k < 4; k++) {
    made.push((made[k - 1] as Uint32Array).map((value) => (first[value & 0xff] as number) ^ (value >>> 8)));
  }
  return made;
}

/** The checksum of some bytes. */
export function crc32(bytes: Uint8Array): number {
  const [now, next, second, third] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
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
}
