/** Reads the two binaries of the SIMD kernels out of the text that `assembly/pack.js` makes of them. */

/** Two binaries that are mostly alike, as text. */
export interface Packed {
  /** Lengths of the runs in `text`, in bytes and in turn: of both binaries, of the first alone, of the second alone. */
  readonly runs: readonly number[];
  /** The characters of the text. */
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

/** All runs in a row. */
function bytesOf({ runs, signs, heads, order, text }: Packed): Uint8Array<ArrayBuffer> {
  const ranks = new Uint8Array(128);
  for (let i = 0; i < signs.length; i++) ranks[signs.charCodeAt(i)] = i;
  const singles = signs.length - heads;
  const codes = new TextEncoder().encode(text); // an engine that has just started reads bytes faster than characters
  const bytes = new Uint8Array(runs.reduce((sum, length) => sum + length, 0));
  const values = Uint8Array.from(order);
  for (let i = 0, at = 0; at < bytes.length; at++) {
    let rank = ranks[codes[i++] as number] as number;
    if (rank < heads) rank = (rank + 1) * singles + (ranks[codes[i++] as number] as number);
    bytes[at] = values[rank - heads] as number;
  }
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
