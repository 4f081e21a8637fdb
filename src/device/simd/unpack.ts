/** Reads the two binaries of the SIMD kernels out of the text that `assembly/pack.js` makes of them. */

/** Two binaries that are mostly alike, as text. */
export interface Packed {
  /** Lengths of the runs in `text`, in bytes and in turn: of both binaries, of the first alone, of the second alone. */
  readonly runs: readonly number[];
  /** The characters of the text, in order of their codes, all ASCII. */
  readonly signs: string;
  /** How many of the signs begin a pair; the others stand alone. */
  readonly heads: number;
  /** The bytes that signs and, after them, pairs stand for, the most frequent first. */
  readonly order: readonly number[];
  /** The bytes of the runs. */
  readonly text: string;
}

/** The first and the second of the two binaries. */
export function unpack(packed: Packed): [first: Uint8Array<ArrayBuffer>, second: Uint8Array<ArrayBuffer>] {
  const { runs } = packed;
  const bytes = bytesOf(packed);
  return [without(2, runs, bytes), without(1, runs, bytes)];
}

/** Bytes that are read at a time: an engine that has just started compiles a short function sooner than a long loop. */
const stretch = 512;

/** All runs in a row. */
function bytesOf({ runs, signs, heads, order, text }: Packed): Uint8Array<ArrayBuffer> {
  const size = runs.reduce((sum, length) => sum + length, 0);
  const bytes = new Uint8Array(size);
  const single = signs.charCodeAt(heads); // what is less begins a pair
  const values = new Uint8Array(128 * single);
  for (const [rank, byte] of order.entries()) {
    const place = rank % (signs.length - heads);
    const head = (rank - place) / (signs.length - heads) - 1;
    values[signs.charCodeAt(heads + place) + 128 * (head < 0 ? 0 : signs.charCodeAt(head))] = byte;
  }
  const read = (from: number, start: number, end: number): number => {
    let i = from;
    for (let at = start; at < end; at++) {
      let code = text.charCodeAt(i++);
      if (code < single) code = 128 * code + text.charCodeAt(i++);
      bytes[at] = values[code] as number;
    }
    return i;
  };
  for (let at = 0, i = 0; at < size; at += stretch) i = read(i, at, Math.min(at + stretch, size));
  return bytes;
}

/** The bytes but for one run of every three. */
function without(place: 1 | 2, runs: readonly number[], bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const rest = new Uint8Array(runs.reduce((sum, length, i) => (i % 3 === place ? sum : sum + length), 0));
  let from = 0;
  let to = 0;
  for (const [i, length] of runs.entries()) {
    if (i % 3 !== place) {
      rest.set(bytes.subarray(from, from + length), to);
      to += length;
    }
    from += length;
  }
  return rest;
}
