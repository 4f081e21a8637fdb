/** The directory of a zip archive (PKWARE's APPNOTE 6.3), which stands at its end: names, and where their bytes lie. Whatever does
 * not agree with the rest of the file is refused, for readers that look past it see different files. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";

/** What the directory says of a member. */
export interface ZipEntry {
  readonly name: string;
  /** Its name as it stands in the file. */
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  /** 0 is stored, 8 is deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes when unpacked. */
  readonly size: number;
  /** Where its local header stands. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END = 0x06064b50;
const ZIP64_END_BYTES = 56;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const ZIP64_EXTRA = 1;
const MOST_COMMENT_BYTES = 0xffff;
const ENCRYPTED = 0x2041; // its bits 0, 6 and 13

/** Where the directory lies. */
interface Place {
  readonly entries: number;
  readonly start: number;
  readonly end: number;
}

/** The members of an archive, in the directory's order, and where the directory begins. */
export function readDirectory(bytes: Uint8Array): { entries: ZipEntry[]; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = findDirectory(view);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let offset = place.start;
  while (offset < place.end) {
    const { entry, next } = readEntry(bytes, view, offset, place.end);
    if (names.has(entry.name)) refuse("duplicate-entry", `it has the member ${describe(entry.name)} twice`);
    names.add(entry.name);
    entries.push(entry);
    offset = next;
  }
  if (entries.length !== place.entries)
    refuse("bad-zip", `its end says ${place.entries} members, and its directory has ${entries.length}`);
  return { entries, start: place.start };
}

/** The record at the end, behind which nothing but its comment may stand. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return refuse("bad-zip", "it has no directory at its end, so it was cut off or changed");
}

function findDirectory(view: DataView): Place {
  const at = findEnd(view);
  const locator = at - ZIP64_LOCATOR_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) return findZip64Directory(view, locator);
  const [disk, firstDisk, here, entries] = [4, 6, 8, 10].map((field) => view.getUint16(at + field, true));
  if (disk !== 0 || firstDisk !== 0 || here !== entries) refuse("unsupported-zip", "it is a part of several");
  return checkedPlace(entries as number, view.getUint32(at + 12, true), view.getUint32(at + 16, true), at);
}

function findZip64Directory(view: DataView, locator: number): Place {
  const at = wide(view, locator + 8);
  if (at > locator - ZIP64_END_BYTES || view.getUint32(at, true) !== ZIP64_END)
    refuse("bad-zip", "its zip64 directory is not where it should be");
  if (view.getUint32(at + 16, true) !== 0 || view.getUint32(at + 20, true) !== 0)
    refuse("unsupported-zip", "it is a part of several");
  return checkedPlace(wide(view, at + 32), wide(view, at + 40), wide(view, at + 48), at);
}

/** @param limit what follows the directory */
function checkedPlace(entries: number, length: number, start: number, limit: number): Place {
  if (start + length !== limit)
    refuse("bad-zip", `its directory should lie at ${start} to ${start + length}, but its end stands at ${limit}`);
  return { entries, start, end: limit };
}

/** A number of 64 bits; those that are no place in any file become infinity. */
function wide(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(value);
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, end: number): { entry: ZipEntry; next: number } {
  if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL)
    refuse("bad-zip", `its directory is damaged at byte ${at}`);
  const [nameLength, extraLength, commentLength, disk] = [28, 30, 32, 34].map((field) =>
    view.getUint16(at + field, true),
  ) as [number, number, number, number];
  const nameEnd = at + CENTRAL_BYTES + nameLength;
  const next = nameEnd + extraLength + commentLength;
  if (next > end) refuse("bad-zip", `its directory is damaged at byte ${at}`);
  const nameBytes = bytes.subarray(at + CENTRAL_BYTES, nameEnd);
  const name = nameOf(nameBytes);
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  if ((flags & ENCRYPTED) !== 0) refuse("unsupported-zip", `its member ${describe(name)} is encrypted`);
  if (method !== 0 && method !== 8)
    refuse(
      "unsupported-zip",
      `its member ${describe(name)} is compressed by method ${method}; stored and deflated are read`,
    );
  if (disk !== 0 && disk !== 0xffff) refuse("unsupported-zip", "it is a part of several");
  const [size, packed, offset] = widened(view, nameEnd, extraLength, [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ]) as [number, number, number];
  return { entry: { name, nameBytes, flags, method, crc: view.getUint32(at + 16, true), packed, size, offset }, next };
}

/** Names as a text, of which none may lead out of a folder, should somebody unpack it. */
function nameOf(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse("bad-zip", "the name of a member is not UTF-8");
  }
  if (/^\/|^[a-z]:|\\|\0|(^|\/)\.\.(\/|$)/i.test(name))
    refuse("unsafe-path", `it has a member ${describe(name)}, a name that leads out of its folder`);
  return name;
}

/** Numbers of 32 bits, with those that say so replaced by the ones of 64 bits in the extra field. */
export function widened(view: DataView, extra: number, length: number, narrow: readonly number[]): number[] {
  if (!narrow.includes(0xffffffff)) return [...narrow];
  for (let at = extra; at + 4 <= extra + length; ) {
    const fieldEnd = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) !== ZIP64_EXTRA) at = fieldEnd;
    else {
      let place = at + 4;
      return narrow.map((value) => {
        if (value !== 0xffffffff) return value;
        place += 8;
        if (place > Math.min(fieldEnd, extra + length)) refuse("bad-zip", "a zip64 field is too short");
        return wide(view, place - 8);
      });
    }
  }
  return refuse("bad-zip", "a zip64 field is missing");
}
