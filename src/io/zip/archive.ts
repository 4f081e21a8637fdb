/** Zip archives, read member by member, and written. */
import { Inflate, zipSync } from "fflate";
import { describe } from "../../errors.js";
import { crc32 } from "../crc.js";
import { refuse } from "../format-error.js";
import { readDirectory, widened, type ZipEntry } from "./directory.js";

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const SIZES_FOLLOW = 0x8;
/** Bytes that are inflated at a time, at most: no more than 1,032 times as many come out before they are counted. */
const MOST_STEP = 1 << 14;
/** Bytes that should come out at a time. */
const STEP_OUT = 1 << 20;

/** An archive whose directory and headers were found to agree; members are unpacked when they are asked for. */
export class ZipArchive {
  readonly #entries: ReadonlyMap<string, ZipEntry & { readonly start: number }>;
  readonly #bytes: Uint8Array;
  #left: number;

  /** @param limit the most bytes that all members together may unpack to */
  constructor(bytes: Uint8Array, limit: number) {
    const { entries, start } = readDirectory(bytes);
    const placed = entries.map((entry) => ({ ...entry, start: dataStart(bytes, entry, start) }));
    checkDisjoint(placed);
    this.#entries = new Map(placed.map((entry) => [entry.name, entry]));
    this.#bytes = bytes;
    this.#left = limit;
  }

  /** The names of the members, without folders. */
  get names(): string[] {
    return [...this.#entries.keys()].filter((name) => !name.endsWith("/"));
  }

  /** Whether there is a member of this name. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The bytes of a member: a view of the archive's where it is stored. */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    if (entry === undefined) refuse("bad-zip", `it has no member ${describe(name)}`);
    this.#left -= entry.size;
    if (this.#left < 0) refuse("zip-bomb", `with its member ${describe(name)} it unpacks to more than is allowed`);
    const packed = this.#bytes.subarray(entry.start, entry.start + entry.packed);
    const bytes = entry.method === 0 ? packed : inflated(entry, packed);
    if (crc32(bytes) !== entry.crc)
      refuse("bad-zip", `its member ${describe(name)} is damaged: its checksum (CRC-32) is another one`);
    return bytes;
  }
}

/** Where the bytes of a member begin, behind a local header that must say what the directory says. */
function dataStart(bytes: Uint8Array, entry: ZipEntry, directory: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset, packed, size, method, nameBytes } = entry;
  const differ = (what: string): never =>
    refuse("bad-zip", `the header of its member ${describe(entry.name)} ${what}, unlike the directory says`);
  if (offset + LOCAL_BYTES > directory || view.getUint32(offset, true) !== LOCAL) return differ("is not there");
  const [flags, ownMethod] = [view.getUint16(offset + 6, true), view.getUint16(offset + 8, true)];
  const [nameLength, extraLength] = [view.getUint16(offset + 26, true), view.getUint16(offset + 28, true)];
  const nameStart = offset + LOCAL_BYTES;
  const start = nameStart + nameLength + extraLength;
  if (start + packed > directory) return differ("is longer than the file");
  if (nameLength !== nameBytes.length || nameBytes.some((byte, i) => byte !== bytes[nameStart + i])) {
    return differ("has another name");
  }
  if (ownMethod !== method || (flags & 1) !== (entry.flags & 1)) return differ("names another method");
  if (method === 0 && packed !== size)
    refuse("bad-zip", `its member ${describe(entry.name)} is stored, with two sizes`);
  if ((flags & SIZES_FOLLOW) !== 0) return start;
  const narrow = [view.getUint32(offset + 22, true), view.getUint32(offset + 18, true)];
  const [ownSize, ownPacked] = widened(view, nameStart + nameLength, extraLength, narrow);
  if (ownSize !== size || ownPacked !== packed || view.getUint32(offset + 14, true) !== entry.crc) {
    return differ("has other sizes or another checksum");
  }
  return start;
}

/** Members that share bytes can unpack to any size. */
function checkDisjoint(entries: readonly (ZipEntry & { readonly start: number })[]): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) refuse("bad-zip", `its member ${describe(entry.name)} overlaps another`);
    end = entry.start + entry.packed;
  }
}

/** Unpacks in steps, so that a member which unpacks to more than it says is caught at the first byte too many. */
function inflated({ name, size }: ZipEntry, packed: Uint8Array): Uint8Array {
  if (size > packed.length * 1032) refuse("bad-zip", `its member ${describe(name)} cannot unpack to ${size} bytes`);
  const bytes = new Uint8Array(size);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    if (filled + chunk.length > size)
      refuse("zip-bomb", `its member ${describe(name)} unpacks to more than the ${size} bytes that it says`);
    bytes.set(chunk, filled);
    filled += chunk.length;
  });
  const step = Math.min(MOST_STEP, Math.ceil((packed.length / size) * STEP_OUT));
  for (let start = 0; start < packed.length; start += step) {
    push(inflate, name, packed.slice(start, start + step), start + step >= packed.length);
  }
  if (filled !== size) refuse("bad-zip", `its member ${describe(name)} unpacks to ${filled} bytes, not to ${size}`);
  return bytes;
}

function push(inflate: Inflate, name: string, chunk: Uint8Array, isLast: boolean): void {
  try {
    inflate.push(chunk, isLast);
  } catch (error) {
    if (error instanceof Error && "code" in error)
      refuse("bad-zip", `its member ${describe(name)} is no deflate stream (${error.message})`);
    throw error;
  }
}

/** Long before any clock that wrote a file: the same members give the same bytes. */
const ALWAYS: Date = new Date(1980, 0, 1);

/** An archive of these members, in this order. */
export function writeZip(
  members: readonly (readonly [name: string, bytes: Uint8Array])[],
  compress: boolean,
): Uint8Array {
  return zipSync(Object.fromEntries(members), { level: compress ? 6 : 0, mtime: ALWAYS });
}
