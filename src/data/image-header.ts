/** What a PNG or JPEG says of itself, read before it is decoded: a header may claim more pixels than its bytes can hold. */
import { refuse } from "../io/format-error.js";
import { otherwise } from "./files.js";

/** What is known of an image before its pixels are. */
export interface ImageHeader {
  readonly format: "png" | "jpeg";
  readonly height: number;
  readonly width: number;
  /** What a number of white is in the file: 1, 3, 15, 255 or 65,535; 255 where its numbers are places in a palette. */
  readonly white: number;
  /** Whether its colours are cyan, magenta, yellow and black. */
  readonly isInk: boolean;
  /** The byte from which on nothing else than the image is to be found: a JPEG may hold a small one of itself before. */
  readonly start: number;
}

const PNG: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** The last bytes of an image: the chunk IEND with its checksum, and the marker EOI. */
const ENDS: Readonly<Record<ImageHeader["format"], readonly number[]>> = {
  png: [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82],
  jpeg: [0xff, 0xd9],
};
/** 100 megapixels: more is no image to train with. */
const MOST_PIXELS = 1e8;
/** Deflate packs no better than 1032 to 1, and a pixel has at least a bit. */
const MOST_PIXELS_PER_PNG_BYTE = 8 * 1032;

/** What a PNG or JPEG is by its first bytes; refuses what is neither, is cut off before its size, or claims too many pixels.
 * @param size bytes that the whole file has */
export function imageHeader(bytes: Uint8Array, size: number = bytes.length): ImageHeader {
  if (bytes.length === 0) refuse("truncated", "it must be a PNG or a JPEG, and it is empty");
  const isPng = PNG.every((byte, place) => bytes[place] === byte);
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  if (!isPng && !isJpeg) {
    const other = otherwise(bytes) || `; it begins with the bytes ${[...bytes.subarray(0, 4)].join(" ")}`;
    refuse("bad-magic", `it must be a PNG or a JPEG${other}`);
  }
  const header = isPng ? pngHeader(bytes) : jpegHeader(bytes);
  const { height, width } = header;
  if (height * width === 0) refuse("bad-shape", `its header says ${width} × ${height} pixels`);
  const most = isPng ? Math.min(MOST_PIXELS, size * MOST_PIXELS_PER_PNG_BYTE) : MOST_PIXELS;
  if (height * width > most) {
    refuse(
      "limit",
      `its header says ${width} × ${height} pixels, and no more than ${most} of ${size} bytes are decoded`,
    );
  }
  return header;
}

/** The byte after the last one of an image, whatever follows it; 0 where there is no end.
 * @param start where to stop looking, from the end */
export function imageEnd(format: ImageHeader["format"], bytes: Uint8Array, start: number): number {
  const end = ENDS[format];
  for (let place = bytes.length - end.length; place >= start; place--) {
    if (end.every((byte, k) => bytes[place + k] === byte)) return place + end.length;
  }
  return 0;
}

/** A PNG begins with its signature and the chunk IHDR: width, height, bits a number, kind of colours (3 is a palette). */
function pngHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 33) refuse("truncated", `its header has 33 bytes, and the file ${bytes.length}`);
  const view = viewOf(bytes);
  const white = bytes[25] === 3 ? 255 : 2 ** (bytes[24] as number) - 1;
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20), white, isInk: false, start: 33 };
}

/** A JPEG is a row of segments: 0xff, a marker, its length; height, width and the number of colours are in the first one
 * that begins a frame. */
function jpegHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  for (let place = 2; place + 10 <= bytes.length; ) {
    const marker = bytes[place + 1] as number;
    if (bytes[place] !== 0xff) refuse("bad-data", `byte ${place} must begin a segment, and is ${bytes[place]}`);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const [height, width, isInk] = [view.getUint16(place + 5), view.getUint16(place + 7), bytes[place + 9] === 4];
      return { format: "jpeg", height, width, white: 255, isInk, start: place };
    }
    place += marker === 0xff ? 1 : 2 + view.getUint16(place + 2);
  }
  return refuse("truncated", "it ends before it says how large it is");
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
