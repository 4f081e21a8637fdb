/** Protocol Buffers' wire format, as far as event files need it: fields of a message, each as its bytes. */
import { joined } from "../../io/bytes.js";

/** A field with its number and its value, as it stands in a message. */
export type Field = Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** The fields of a message one after another. */
export function message(...fields: readonly Field[]): Uint8Array {
  return joined(fields);
}

/** An integer from 0 to 2⁵³ − 1 (int32, int64, enum). */
export function integerField(number: number, value: number): Field {
  return Uint8Array.from([...tag(number, VARINT), ...varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  return message(
    tag(number, FIXED64),
    fixed(8, (view) => view.setFloat64(0, value, true)),
  );
}

export function floatField(number: number, value: number): Field {
  return message(
    tag(number, FIXED32),
    fixed(4, (view) => view.setFloat32(0, value, true)),
  );
}

/** Bytes, or a message inside of another. */
export function bytesField(number: number, value: Uint8Array): Field {
  return message(tag(number, DELIMITED), Uint8Array.from(varint(value.length)), value);
}

/** Text in UTF-8. */
export function stringField(number: number, value: string): Field {
  return bytesField(number, new TextEncoder().encode(value));
}

/** `repeated double … [packed = true]`. */
export function packedDoubles(number: number, values: readonly number[]): Field {
  const packed = fixed(8 * values.length, (view) => {
    for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true);
  });
  return bytesField(number, packed);
}

function tag(number: number, wireType: number): Uint8Array {
  return Uint8Array.from(varint(number * 8 + wireType));
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value; // bit operations would cut it to 32 bits
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

function fixed(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}
