/** Images as PNG (ISO/IEC 15948), 8 bits a sample. */
import { zlibSync } from "fflate";
import type { NdArray } from "ndarray";
import { describe, ValueError } from "../../errors.js";
import { joined } from "../../io/bytes.js";
import { crc32 } from "../../io/crc.js";

/** A view of an image's numbers, shape `[C, H, W]` with 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA) channels, or `[H, W]`:
 * bytes from 0 to 255, or floats from 0 to 1; floats outside are brought to the nearer end.
 * @category Training logs */
export type ImageArray = NdArray<Uint8Array | Uint8ClampedArray | Float32Array | Float64Array>;

/** An image as PNG. */
export interface PngImage {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  readonly png: Uint8Array;
}

/** PNG's colour type of so many channels. */
const COLOR_TYPES: Readonly<Record<number, number>> = { 1: 0, 2: 4, 3: 2, 4: 6 };
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Encodes an image.
 * @param op whom errors name
 * @throws ValueError if it is no image of such a shape, or a number is NaN */
export function encodePng(op: string, image: ImageArray): PngImage {
  const [channels, height, width] = imageShape(op, image);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels] as number], 8);
  const rows = zlibSync(filteredRows(op, image, [channels, height, width]));
  const chunks = [chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", new Uint8Array())];
  return { height, width, channels, png: joined([SIGNATURE, ...chunks]) };
}

function imageShape(op: string, image: ImageArray): [channels: number, height: number, width: number] {
  const shape: unknown = (image as Partial<ImageArray> | null)?.shape;
  const rule = "an image is an array of shape [H, W] or [C, H, W] with 1 to 4 channels and at least one pixel";
  if (!Array.isArray(shape)) throw new ValueError(op, `${rule}, got ${describe(image)}`, { actual: image });
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  const fits = (shape.length === 2 || shape.length === 3) && channels in COLOR_TYPES && height > 0 && width > 0;
  if (!fits) throw new ValueError(op, `${rule}, got shape [${shape.join(", ")}]`, { actual: shape });
  return [channels, height, width];
}

/** Rows of pixels, each behind the number of its filter: 0, none. */
function filteredRows(
  op: string,
  image: ImageArray,
  [channels, height, width]: readonly [number, number, number],
): Uint8Array {
  const stride = 1 + width * channels;
  const rows = new Uint8Array(height * stride);
  const isByte = image.data instanceof Uint8Array || image.data instanceof Uint8ClampedArray;
  const isFlat = image.shape.length === 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const value = isFlat ? image.get(y, x) : image.get(c, y, x);
        rows[y * stride + 1 + x * channels + c] = isByte ? value : byteOf(op, value);
      }
    }
  }
  return rows;
}

function byteOf(op: string, value: number): number {
  if (Number.isNaN(value)) throw new ValueError(op, "an image has a NaN among its numbers");
  return Math.round(255 * Math.min(Math.max(value, 0), 1));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined([new TextEncoder().encode(type), data]);
  const bytes = new Uint8Array(4 + body.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return bytes;
}
