/** Decodes PNG and JPEG with what is there: the browser's own decoder, sharp, or decoders in plain JavaScript. */
import { DataError, describe, ValueError } from "../errors.js";
import { reading, readingLater, refuse } from "../io/format-error.js";
import { checkedOptions, type OptionKinds, oneOf, text } from "../options.js";
import { type ImageHeader, imageEnd, imageHeader } from "./image-header.js";
import type { Image } from "./items.js";
import { type CallPlainly, callHere, decodeWithSharp, loadSharp, plainDecoders, type Raster } from "./node-decoders.js";

/**
 * Options of {@link decodeImage}.
 * @category Data
 */
export interface DecodeImageOptions {
  /** 3 for red, green and blue, 1 for grey (ITU-R 601); 3 by default. */
  readonly channels?: 1 | 3 | undefined;
  /** The file's name, for errors; `"an image"` by default. */
  readonly name?: string | undefined;
}

const decodeImageOptions: OptionKinds<DecodeImageOptions> = { channels: oneOf(1, 3), name: text };

/**
 * The pixels of a PNG or JPEG file, whatever its name is. A page decodes with what the browser has; Node with the package `sharp`
 * (libvips, in threads of its own) where it is installed, else with `pngjs` and `jpeg-js`, which come with livegrad.
 *
 * What comes out is what PIL's `convert("RGB")` gives: transparency is left out, a palette is looked up, grey becomes three
 * equal channels; nothing is turned by EXIF and no colour profile is applied. Of 16 bits the upper 8 are kept. A PNG comes out the
 * same everywhere, but that in a page colours lose digits where they are transparent; a JPEG's pixels differ by a little from
 * decoder to decoder, which the standard allows.
 * @param bytes the whole file
 * @returns bytes of 0 to 255, shape `[channels, H, W]`
 * @throws FormatError if it is neither, cut off or damaged, or claims more pixels than its bytes can hold or than 10⁸
 * @example
 * ```ts
 * const image = await decodeImage(await readFile("cat.jpg"), { name: "cat.jpg" });
 * ```
 * @category Data
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<Image<Uint8Array>> {
  const { channels = 3, name = "an image" } = checkedOptions("decodeImage", options, decodeImageOptions);
  if (!(bytes instanceof Uint8Array)) {
    throw new ValueError("decodeImage", `it takes the bytes of a file, a Uint8Array, got ${describe(bytes)}`);
  }
  return decoded("decodeImage", bytes, name, channels, callHere);
}

/** The pixels of an image file, for whoever reads one.
 * @param callPlainly where decoders in plain JavaScript work, if it comes to that */
export async function decoded(
  op: string,
  bytes: Uint8Array,
  name: string,
  channels: 1 | 3,
  callPlainly: CallPlainly,
): Promise<Image<Uint8Array>> {
  const header = reading(op, name, () => wholeImage(bytes));
  const raster = await readingLater(op, name, () => rasterOf(op, header, bytes.subarray(0, header.end), callPlainly));
  const { height, width } = header;
  return { data: planesOf(raster, channels), channels, height, width };
}

/** The header of an image that has an end, too; refuses any other. */
export function wholeImage(bytes: Uint8Array): WholeHeader {
  const header = imageHeader(bytes);
  const end = imageEnd(header.format, bytes, header.start);
  if (end === 0) refuse("truncated", `it is cut off: its ${bytes.length} bytes lack the end of a ${nameOf(header)}`);
  return { ...header, end };
}

/** The header of an image, and the byte after its last one. */
type WholeHeader = ImageHeader & { readonly end: number };

function nameOf({ format }: ImageHeader): string {
  return format.toUpperCase();
}

async function rasterOf(op: string, header: WholeHeader, bytes: Uint8Array, callPlainly: CallPlainly): Promise<Raster> {
  const { height, width } = header;
  const raster = await decode(op, header, bytes, callPlainly).catch((error: unknown) => {
    if (error instanceof DataError) throw error; // a package that does not load
    const reason = error instanceof Error ? error.message : String(error);
    return refuse("bad-data", `it is damaged (${reason.trim().split("\n")[0]})`);
  });
  if (raster.height === height && raster.width === width) return raster;
  const found = `${raster.width} × ${raster.height}`;
  return refuse("bad-data", `its header says ${width} × ${height} pixels, and it has ${found}`);
}

async function decode(
  op: string,
  { format, isInk, white, start }: WholeHeader,
  bytes: Uint8Array,
  callPlainly: CallPlainly,
): Promise<Raster> {
  if (typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function") {
    return decodeInPage(format === "jpeg" ? unturned(bytes, start) : bytes);
  }
  const sharp = isInk ? null : loadSharp(op); // sharp would print inks by a profile; others do not
  if (sharp !== null) return decodeWithSharp(sharp, bytes);
  return { ...(await callPlainly(op, plainDecoders[format], bytes)), channels: 4, white };
}

/** A JPEG whose EXIF is a comment, for browsers turn images by it and cannot be told not to. */
function unturned(bytes: Uint8Array, start: number): Uint8Array {
  const own = bytes.slice();
  for (
    let place = 2;
    place < start;
    place += own[place + 1] === 0xff ? 1 : 2 + 256 * (own[place + 2] ?? 0) + (own[place + 3] ?? 0)
  ) {
    if (own[place + 1] === 0xe1) own[place + 1] = 0xfe;
  }
  return own;
}

async function decodeInPage(bytes: Uint8Array): Promise<Raster> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { height, width } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { data: new Uint8Array(data.buffer), height, width, channels: 4, white: 255 };
}

/** Pixels channel by channel, as bytes. */
function planesOf({ data, height, width, channels, white }: Raster, wanted: 1 | 3): Uint8Array {
  const plane = height * width;
  const planes = new Uint8Array(wanted * plane);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const scale = white > 255 ? 1 / 256 : 255 / white; // of 16 bits the upper 8; 1, 3 and 15 divide 255
  for (let pixel = 0, at = 0; pixel < plane; pixel++, at += channels) {
    const r = Math.floor((data[at] as number) * scale);
    const g = Math.floor((data[at + green] as number) * scale);
    const b = Math.floor((data[at + blue] as number) * scale);
    if (wanted === 1) {
      planes[pixel] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16; // 0.299 r + 0.587 g + 0.114 b, as PIL rounds it
    } else {
      planes[pixel] = r;
      planes[plane + pixel] = g;
      planes[2 * plane + pixel] = b;
    }
  }
  return planes;
}
