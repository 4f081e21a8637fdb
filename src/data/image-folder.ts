/** A folder of photographs, one folder a class. */
import { DataError, ValueError } from "../errors.js";
import { reading } from "../io/format-error.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import { decoded, wholeImage } from "./decode-image.js";
import { DecodeThreads } from "./decode-threads.js";
import { type Folder, listFolder, openFolder, type Reader, refuseFile } from "./files.js";
import { imageEnd, imageHeader } from "./image-header.js";
import { checkIndex, type LabelledImages } from "./items.js";
import { callHere } from "./node-decoders.js";

/**
 * Options of {@link imageFolder}.
 * @category Data
 */
export interface ImageFolderOptions {
  /** 3 for red, green and blue, 1 for grey; 3 by default. */
  readonly channels?: 1 | 3 | undefined;
  /**
   * How many threads decode where `sharp` is not installed, 0 to 64; 0 by default, the thread that asks. They change no number and
   * no order, start with the first image, and end by themselves when there is nothing to decode. `sharp` has threads of its own.
   */
  readonly workers?: number | undefined;
}

const imageFolderOptions: OptionKinds<ImageFolderOptions> = { channels: oneOf(1, 3), workers: number };

/**
 * Labelled images from a folder that has one folder for each class, as torchvision's ImageFolder: the classes are the folders'
 * names in order, the images every `.png`, `.jpg` and `.jpeg` below them in order of folder and name; what begins with a dot
 * is passed over. Every file is looked at when the folder is opened, so that one that is broken is known before a run; each is
 * decoded when it is asked for, at its own size and as {@link decodeImage} says. Needs a file system (Node.js).
 *
 * A {@link DataLoader} asks for the images of some batches ahead. Transforms and whatever else is a function run in the thread of
 * the loader, for functions cannot be sent to another: what `workers` take from it is the decoding, which is most of the work.
 *
 * It has no `mean` and `std`, so that bytes become `x / 255` in a batch; `{ ...dataset, ...(await channelStatistics(dataset)) }`
 * has them.
 * @param folder the folder that holds the classes' folders
 * @throws FormatError, with file and reason, if a file is no whole PNG or JPEG: one that is cut off, a web page or a Git LFS
 *   pointer in its place, an image of another format
 * @throws DataError if there is no such folder or no class in it, or a class has no image
 * @example
 * ```ts
 * const pets = await imageFolder("photographs");
 * const transform = transforms.compose([transforms.randomResizedCrop(64), transforms.randomHorizontalFlip()]);
 * const loader = new DataLoader(pets, { batchSize: 32, shuffle: true, transform, generator: generator(0) });
 * ```
 * @category Data
 */
export async function imageFolder(folder: string, options: ImageFolderOptions = {}): Promise<LabelledImages> {
  const { channels = 3, workers = 0 } = checkedOptions(OP, options, imageFolderOptions);
  if (!(Number.isInteger(workers) && workers >= 0 && workers <= MOST_WORKERS)) {
    throw new ValueError(OP, `workers must be an integer of 0 to ${MOST_WORKERS}, got ${workers}`);
  }
  const opened = await openFolder(reader, folder);
  const { folders } = await listFolder(reader, opened, "");
  const classNames = folders.filter((name) => !name.startsWith("."));
  if (classNames.length === 0) throw new DataError(OP, `folder "${folder}" has no folder in it; ${reader.source}`);
  const classes = await Promise.all(classNames.map((name) => imagesBelow(opened, name)));
  const empty = classes.findIndex((images) => images.length === 0);
  if (empty >= 0) {
    const path = opened.pathOf(classNames[empty] as string);
    throw new DataError(OP, `the class "${path}" has no .png, .jpg or .jpeg; fill or remove its folder`);
  }
  const files = classes.flat();
  const labels = Int32Array.from(classes.flatMap((images, label) => images.map(() => label)));
  await checkImages(opened, files);
  const callPlainly = workers === 0 ? callHere : new DecodeThreads(workers).call;
  const get: LabelledImages["get"] = async (index) => {
    checkIndex(OP, index, files.length);
    const file = files[index] as string;
    const bytes = await opened.readStart(file, await opened.sizeOf(file));
    return {
      image: await decoded(OP, bytes, opened.pathOf(file), channels, callPlainly),
      label: labels[index] as number,
    };
  };
  return { name: folder, classNames, labels, length: files.length, get };
}

const OP = "imageFolder";
const MOST_WORKERS = 64;
const reader: Reader = { op: OP, source: "it takes a folder that has one folder of images for each class" };

const IMAGE = /\.(png|jpe?g)$/i;
const OTHER_IMAGE = /\.(avif|bmp|gif|heic|pgm|ppm|tiff?|webp)$/i;

/** Paths of the images in a folder: its own, then those of its folders. */
async function imagesBelow(opened: Folder, path: string): Promise<string[]> {
  const { files, folders } = await listFolder(reader, opened, path);
  const own = files.filter((name) => !name.startsWith(".")).map((name) => `${path}/${name}`);
  const other = own.find((name) => OTHER_IMAGE.test(name));
  if (other !== undefined) {
    refuseFile(
      reader,
      opened.pathOf(other),
      "not-this-format",
      "PNG and JPEG are read, and it has another name; convert it",
    );
  }
  const below: string[] = own.filter((name) => IMAGE.test(name));
  for (const name of folders) if (!name.startsWith(".")) below.push(...(await imagesBelow(opened, `${path}/${name}`)));
  return below;
}

/** How many files are looked at together. */
const TOGETHER = 32;
/** How much of a long file is read to see what it is, at its start and at its end. */
const GLANCE = 65_536;

/** Refuses the first file that is no whole image. */
async function checkImages(opened: Folder, files: readonly string[]): Promise<void> {
  for (let start = 0; start < files.length; start += TOGETHER) {
    const group = files.slice(start, start + TOGETHER);
    const looks = await Promise.allSettled(group.map((file) => checkImage(opened, file)));
    for (const look of looks) if (look.status === "rejected") throw look.reason;
  }
}

async function checkImage(opened: Folder, file: string): Promise<void> {
  const size = await opened.sizeOf(file);
  if (size > 2 * GLANCE) {
    const [head, tail] = [await opened.readStart(file, GLANCE), await opened.readEnd(file, GLANCE, size)];
    if (seemsWhole(head, tail, size)) return;
  }
  const bytes = await opened.readStart(file, size);
  reading(OP, opened.pathOf(file), () => wholeImage(bytes));
}

/** Whether start and end of a file are those of an image; where they are not, it may still be one. */
function seemsWhole(head: Uint8Array, tail: Uint8Array, size: number): boolean {
  try {
    return imageEnd(imageHeader(head, size).format, tail, 0) > 0;
  } catch {
    return false; // the whole file will tell
  }
}
