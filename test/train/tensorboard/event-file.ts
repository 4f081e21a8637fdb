/** Reads an event file, from the description of its format alone: TFRecord framing, then Protocol Buffers by TensorFlow's `.proto` files.
 *
 * Nothing of it is taken from the writer: the checksum goes bit by bit, and fields are told from one another by number. */

/** A field of a message: its number, wire type and what it holds. */
interface WireField {
  readonly number: number;
  readonly type: number;
  /** A varint, or the bytes of anything else. */
  readonly integer: bigint;
  readonly bytes: Buffer;
}

/** One summary value with the step and time of its event. */
export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  /** `SessionLog.status`. */
  readonly session?: number;
  readonly tag?: string;
  readonly scalar?: number;
  readonly image?: {
    readonly height: number;
    readonly width: number;
    readonly colorspace: number;
    readonly png: Buffer;
  };
  readonly histogram?: ReadHistogram;
  readonly text?: {
    readonly plugin: string;
    readonly dtype: number;
    readonly sizes: number[];
    readonly strings: string[];
  };
}

export interface ReadHistogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly limits: number[];
  readonly counts: number[];
}

/** All events; throws where a byte is not as the format has it. */
export function readEventFile(file: Uint8Array): ReadEvent[] {
  return recordsOf(Buffer.from(file)).map(readEvent);
}

export function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < file.length; ) {
    const length = Number(file.readBigUInt64LE(start));
    check(file.subarray(start, start + 8), file.readUInt32LE(start + 8), "length");
    const data = file.subarray(start + 12, start + 12 + length);
    if (data.length < length) throw new Error(`the record at ${start} ends early`);
    check(data, file.readUInt32LE(start + 12 + length), "data");
    records.push(data);
    start += length + 16;
  }
  return records;
}

function check(bytes: Buffer, masked: number, what: string): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const found = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  if (found !== castagnoli(bytes)) throw new Error(`the checksum of the ${what} is ${found}, not ${castagnoli(bytes)}`);
}

/** The remainder of long division by x³² + x²⁸ + x²⁷ + … (0x1EDC6F41), the lowest bit of each byte first. */
export function castagnoli(bytes: Uint8Array): number {
  let remainder = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const out = (remainder >> 31n) ^ BigInt((byte >> bit) & 1);
      remainder = ((remainder << 1n) & 0xffffffffn) ^ (out === 1n ? 0x1edc6f41n : 0n);
    }
  }
  const bits = (remainder ^ 0xffffffffn).toString(2).padStart(32, "0");
  return Number.parseInt([...bits].reverse().join(""), 2);
}

function fieldsOf(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined || shift > 63n) throw new Error("a varint does not end");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new Error("a field ends behind its message");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const [number, type] = [key >>> 3, key & 7];
    const none = { integer: 0n, bytes: Buffer.of() };
    if (type === 0) fields.push({ number, type, ...none, integer: varint() });
    else if (type === 1) fields.push({ number, type, ...none, bytes: bytes(8) });
    else if (type === 2) fields.push({ number, type, ...none, bytes: bytes(Number(varint())) });
    else if (type === 5) fields.push({ number, type, ...none, bytes: bytes(4) });
    else throw new Error(`wire type ${type}`);
  }
  return fields;
}

/** Looks fields of a message up, and throws if one is left over. */
class Message {
  readonly #fields: Map<string, WireField>;
  constructor(bytes: Buffer) {
    const fields = fieldsOf(bytes);
    this.#fields = new Map(fields.map((field) => [`${field.number}:${field.type}`, field]));
    if (this.#fields.size < fields.length) throw new Error("a field that stands once stands twice");
  }

  #take(number: number, type: number): WireField | undefined {
    const field = this.#fields.get(`${number}:${type}`);
    this.#fields.delete(`${number}:${type}`);
    return field;
  }

  integer(number: number): number {
    return Number(this.#take(number, 0)?.integer ?? 0n);
  }

  double(number: number): number {
    return this.#take(number, 1)?.bytes.readDoubleLE() ?? 0;
  }

  float(number: number): number | undefined {
    return this.#take(number, 5)?.bytes.readFloatLE();
  }

  bytes(number: number): Buffer | undefined {
    return this.#take(number, 2)?.bytes;
  }

  message(number: number): Message | undefined {
    const bytes = this.bytes(number);
    return bytes && new Message(bytes);
  }

  doubles(number: number): number[] {
    const bytes = this.bytes(number) ?? Buffer.of();
    return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
  }

  /** @returns what is there, unless fields are left */
  done<Value extends object>(value: Value): Value {
    if (this.#fields.size > 0) throw new Error(`unknown fields ${[...this.#fields.keys()]}`);
    return value;
  }
}

function readEvent(bytes: Buffer): ReadEvent {
  const event = new Message(bytes);
  const time = { wallTime: event.double(1), step: event.integer(2) };
  const version = event.bytes(3);
  const summary = event.message(5);
  const session = event.message(7);
  return event.done({
    ...time,
    ...(version && { fileVersion: version.toString() }),
    ...session?.done({ session: session.integer(1) }),
    ...summary?.done(readValue(summary.message(1) as Message)),
  });
}

function readValue(value: Message): Partial<ReadEvent> {
  const tag = value.bytes(1)?.toString() ?? "";
  const scalar = value.float(2);
  const [image, histogram, tensor, metadata] = [4, 5, 8, 9].map((number) => value.message(number));
  return value.done({
    tag,
    ...(scalar !== undefined && { scalar }),
    ...(image && { image: readImage(image) }),
    ...(histogram && { histogram: readHistogram(histogram) }),
    ...(tensor && metadata && { text: readText(tensor, metadata) }),
  });
}

function readImage(image: Message) {
  const [height, width, colorspace] = [image.integer(1), image.integer(2), image.integer(3)];
  return image.done({ height, width, colorspace, png: image.bytes(4) ?? Buffer.of() });
}

function readHistogram(histogram: Message): ReadHistogram {
  const [min, max, num, sum, sumSquares] = [1, 2, 3, 4, 5].map((number) => histogram.double(number)) as [
    ...[number, number, number, number, number],
  ];
  return histogram.done({ min, max, num, sum, sumSquares, limits: histogram.doubles(6), counts: histogram.doubles(7) });
}

function readText(tensor: Message, metadata: Message) {
  const plugin = metadata.message(1) as Message;
  metadata.done({});
  const dimension = tensor.message(2)?.message(2) as Message;
  const read = { dtype: tensor.integer(1), sizes: [dimension.integer(1)], strings: [String(tensor.bytes(8))] };
  return tensor.done({ plugin: plugin.done({ name: plugin.bytes(1)?.toString() ?? "" }).name, ...read });
}
