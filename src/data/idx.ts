/** Reads IDX files, the format of MNIST and its family (LeCun, "The IDX file format"), gzipped or not. */
import type { TypedArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { reading, readingLater, refuse } from "../io/format-error.js";
import { checkedOptions, number, type OptionKinds, text } from "../options.js";
import type { ImageDataset } from "./dataset.js";
import { otherwise } from "./files.js";
import { gunzipped, isGzip } from "./gzip.js";
import type { HostArray } from "./items.js";

/**
 * Options of {@link readIdx}.
 * @category Data
 */
export interface ReadIdxOptions {
  /** The file's name, for errors; `"an IDX file"` by default. */
  readonly name?: string | undefined;
}

const readIdxOptions: OptionKinds<ReadIdxOptions> = { name: text };

/**
 * Options of {@link idxImages}.
 * @category Data
 */
export interface IdxImagesOptions {
  /** What the data set is called; `"images"` by default. */
  readonly name?: string | undefined;
  /** Names of the classes; a label must be one of their places. `"0"` to `"9"` by default. */
  readonly classNames?: readonly string[] | undefined;
  /** Mean of `x / 255`; that of MNIST, 0.1307, by default. */
  readonly mean?: number | undefined;
  /** Standard deviation of `x / 255`, above 0; that of MNIST, 0.3081, by default. */
  readonly std?: number | undefined;
  /** The names of the two files, for errors. */
  readonly imagesName?: string | undefined;
  /** The name of the file of labels, for errors. */
  readonly labelsName?: string | undefined;
}

const idxImagesOptions: OptionKinds<IdxImagesOptions> = {
  name: text,
  classNames: {
    means: "a list of names",
    fits: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  },
  mean: number,
  std: number,
  imagesName: text,
  labelsName: text,
};

/** By the third byte of the magic number: how many bytes an element has, where it lies big-endian, and what holds it. */
interface ElementType {
  readonly bytes: number;
  readonly make: (length: number) => TypedArray;
  readonly read: (view: DataView, offset: number) => number;
}

const types: ReadonlyMap<number, ElementType> = new Map([
  [0x08, { bytes: 1, make: (length) => new Uint8Array(length), read: (view, offset) => view.getUint8(offset) }],
  [0x09, { bytes: 1, make: (length) => new Int8Array(length), read: (view, offset) => view.getInt8(offset) }],
  [0x0b, { bytes: 2, make: (length) => new Int16Array(length), read: (view, offset) => view.getInt16(offset) }],
  [0x0c, { bytes: 4, make: (length) => new Int32Array(length), read: (view, offset) => view.getInt32(offset) }],
  [0x0d, { bytes: 4, make: (length) => new Float32Array(length), read: (view, offset) => view.getFloat32(offset) }],
  [0x0e, { bytes: 8, make: (length) => new Float64Array(length), read: (view, offset) => view.getFloat64(offset) }],
]);

/**
 * The array in an IDX file, gzipped or not. Runs anywhere: the bytes may come from a disk or from `fetch`.
 * @param bytes the whole file
 * @returns its shape and numbers; elements of every type that the format has
 * @throws FormatError if it is another file, cut off, damaged, or has something behind its elements. Nothing is allocated that
 *   its header merely claims
 * @example
 * ```ts
 * const response = await fetch("train-labels-idx1-ubyte.gz");
 * const { shape, data } = await readIdx(new Uint8Array(await response.arrayBuffer()));
 * ```
 * @category Data
 */
export async function readIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): Promise<HostArray> {
  const { name = "an IDX file" } = checkedOptions("readIdx", options, readIdxOptions);
  return readArray("readIdx", bytes, name);
}

/**
 * Labelled images from the two IDX files that MNIST and its family are handed out in, as bytes, gzipped or not. For files on a
 * disk there is {@link mnist}.
 * @param images unsigned bytes of shape `[N, H, W]`
 * @param labels unsigned bytes of shape `[N]`
 * @throws FormatError if one of them is refused by {@link readIdx}, is of another shape or type, or they differ in number; or a
 *   label is no class
 * @category Data
 */
export async function idxImages(
  images: Uint8Array,
  labels: Uint8Array,
  options: IdxImagesOptions = {},
): Promise<ImageDataset> {
  const given = checkedOptions(OP, options, idxImagesOptions);
  const { name = "images", classNames = DIGITS, mean = 0.1307, std = 0.3081 } = given;
  const { imagesName = "the images", labelsName = "the labels" } = given;
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) {
    throw new ValueError(OP, `mean must be finite and std finite and above 0, got ${describe([mean, std])}`);
  }
  return imagesOf(
    OP,
    { file: imagesName, bytes: images },
    { file: labelsName, bytes: labels },
    { name, classNames, mean, std },
  );
}

const OP = "idxImages";
const DIGITS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A file that was read. */
export interface IdxFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The images and labels of two files as a data set. */
export async function imagesOf(
  op: string,
  images: IdxFile,
  labels: IdxFile,
  about: { readonly name: string; readonly classNames: readonly string[]; readonly mean: number; readonly std: number },
): Promise<ImageDataset> {
  const pixels = await readArray(op, images.bytes, images.file);
  const classes = await readArray(op, labels.bytes, labels.file);
  const [length, height, width] = reading(op, images.file, () => unsignedBytes("images", pixels, 3)) as [
    number,
    number,
    number,
  ];
  reading(op, labels.file, () => {
    unsignedBytes("labels", classes, 1);
    if (classes.data.length !== length) {
      refuse(
        "count-mismatch",
        `it has ${classes.data.length} labels for the ${length} images of ${describe(images.file)}`,
      );
    }
    const place = classes.data.findIndex((label: number) => label >= about.classNames.length);
    if (place === -1) return;
    const rule = `labels must be 0 to ${about.classNames.length - 1}, got ${classes.data[place]}`;
    refuse("bad-label", `${rule} at place ${place} (byte ${8 + place})`);
  });
  const { name, classNames, mean, std } = about;
  const [imageBytes, labelBytes] = [pixels.data as Uint8Array, classes.data as Uint8Array];
  const sizes = { channels: 1, height, width, length };
  return { name, classNames, ...sizes, images: imageBytes, labels: labelBytes, mean: [mean], std: [std] };
}

/** The shape of unsigned bytes with so many axes. */
function unsignedBytes(what: string, { shape, data }: HostArray, rank: number): readonly number[] {
  const axes = what === "images" ? "[N, H, W]" : "[N]";
  if (shape.length !== rank) refuse("bad-shape", `${what} must have shape ${axes}, got [${shape.join(", ")}]`);
  if (!(data instanceof Uint8Array))
    refuse("unsupported-dtype", `${what} must be unsigned bytes, got ${describe(data)}`);
  return shape;
}

async function readArray(op: string, bytes: Uint8Array, file: string): Promise<HostArray> {
  if (!(bytes instanceof Uint8Array)) throw new ValueError(op, `it takes the bytes of a file, got ${describe(bytes)}`);
  const unpacked = isGzip(bytes) ? await readingLater(op, file, () => gunzipped(bytes)) : bytes;
  return reading(op, file, () => parseIdx(unpacked));
}

/** Two bytes of 0, the element's type, the number of axes; the axes' lengths, then the elements, all big-endian. */
function parseIdx(bytes: Uint8Array): HostArray {
  if (bytes.length < 4) refuse("truncated", `it has ${bytes.length} bytes, and an IDX file begins with 4`);
  const [first, second, code, rank] = bytes as unknown as readonly [number, number, number, number];
  const type = types.get(code);
  if (first !== 0 || second !== 0 || type === undefined) {
    const found = [...bytes.subarray(0, 4)].join(" ");
    const rule = "the bytes 0 0, an element type of 8 to 14 and the number of axes";
    refuse("bad-magic", `an IDX file begins with ${rule}, got ${found}${otherwise(bytes)}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    refuse("truncated", `its header of ${rank} axes has ${start} bytes, and the file ${bytes.length}`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const elements = shape.reduce((product, length) => product * length, 1); // as a float: it is compared before it is used
  const expected = elements * type.bytes;
  const found = bytes.length - start;
  if (found !== expected) {
    const rule = `its header says shape [${shape.join(", ")}], which is ${expected} bytes, and ${found} follow`;
    refuse(
      found < expected ? "truncated" : "trailing-data",
      `${rule}; it was ${found < expected ? "cut off" : "added to"}`,
    );
  }
  const data = type.make(elements);
  if (data instanceof Uint8Array) data.set(bytes.subarray(start));
  else for (let place = 0; place < elements; place++) data[place] = type.read(view, start + place * type.bytes);
  return { shape, data };
}
