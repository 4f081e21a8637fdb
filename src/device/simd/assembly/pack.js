/** Packs two binaries that are mostly alike into one text that gzip makes small; `unpack.ts` is the way back. */

/** Characters that no quote, template, minifier or HTML page changes. The first few say nothing alone. */
const signs = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((sign) => !"\"'`\\$<".includes(sign))
  .join("");

/** How many signs begin a pair. */
const heads = 2;

/** Bytes that have to be alike before a difference counts as over. */
const window = 64;

/** Both binaries as text: what they share stands there once, and a byte is one character, or two if it is rare, for base64
 * would hide from gzip what repeats.
 * @param {Buffer} first
 * @param {Buffer} second
 * @returns {import("../unpack.js").Packed} */
export function pack(first, second) {
  const { runs, bytes } = interleaved(first, second);
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const singles = signs.length - heads;
  const texts = [];
  for (const [rank, byte] of order.entries()) {
    const sign = signs[heads + (rank % singles)];
    texts[byte] = rank < singles ? sign : `${signs[Math.floor(rank / singles) - 1]}${sign}`;
  }
  return { runs, signs, heads, order, text: Array.from(bytes, (byte) => texts[byte]).join("") };
}

/** Cuts both into runs, in turn: bytes of both, of `first` alone, of `second` alone.
 * @returns the lengths of the runs, and all of them in a row */
function interleaved(first, second) {
  const places = placesOf(first);
  const runs = [];
  const parts = [];
  for (let i = 0, j = 0; i < first.length || j < second.length; ) {
    const alike = countAlike(first, i, second, j);
    const [nextI, nextJ] = nextAlike(first, i + alike, second, j + alike, places);
    parts.push(first.subarray(i, nextI), second.subarray(j + alike, nextJ));
    runs.push(alike, nextI - i - alike, nextJ - j - alike);
    [i, j] = [nextI, nextJ];
  }
  return { runs, bytes: Buffer.concat(parts) };
}

/** Where each window of bytes stands. */
function placesOf(bytes) {
  const places = new Map();
  for (let i = 0; i + window <= bytes.length; i++) {
    const key = bytes.toString("latin1", i, i + window);
    const list = places.get(key);
    if (list === undefined) places.set(key, [i]);
    else list.push(i);
  }
  return places;
}

function countAlike(first, i, second, j) {
  let count = 0;
  while (i + count < first.length && j + count < second.length && first[i + count] === second[j + count]) count++;
  return count;
}

/** The next places from i and j on where a window is alike, the nearest in `second`; the ends where there is none. */
function nextAlike(first, i, second, j, places) {
  for (let nextJ = j; nextJ + window <= second.length; nextJ++) {
    const nextI = places.get(second.toString("latin1", nextJ, nextJ + window))?.find((place) => place >= i);
    if (nextI !== undefined) return [nextI, nextJ];
  }
  return [first.length, second.length];
}
