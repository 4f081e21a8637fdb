/** The framing of a TFRecord file, which event files are. */
import { crc32c } from "../../io/crc.js";

/** One record: length (uint64), checksum of the length, the bytes, checksum of the bytes; all little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/** The checksum, rotated right by 15 bits and moved by a constant: so that one of bytes that hold checksums differs from theirs. */
function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
