/** Reads MNIST (LeCun et al. 1998) and the data sets that come in its files: Fashion-MNIST and KMNIST. */
import { DataError } from "../errors.js";
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import type { ImageDataset } from "./dataset.js";
import { checkLimit, type Folder, openFolder, type Reader, refuseFile, withSource } from "./files.js";
import { type IdxFile, imagesOf } from "./idx.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";
import { subset } from "./parts.js";

/** A data set that comes in MNIST's files. */
interface Variant {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly mean: number;
  readonly std: number;
  readonly source: string;
}

const variants: Readonly<Record<"mnist" | "fashion-mnist" | "kmnist", Variant>> = {
  mnist: {
    name: "MNIST",
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    mean: 0.1307,
    std: 0.3081,
    source: "https://ossci-datasets.s3.amazonaws.com/mnist/",
  },
  "fashion-mnist": {
    name: "Fashion-MNIST",
    classNames: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    mean: 0.286,
    std: 0.353,
    source: "https://github.com/zalandoresearch/fashion-mnist",
  },
  kmnist: {
    name: "KMNIST",
    classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    mean: 0.1918,
    std: 0.3483,
    source: "http://codh.rois.ac.jp/kmnist/",
  },
};

/**
 * Options of {@link mnist}.
 * @category Data
 */
export interface MnistOptions {
  /** `"train"` (train-images-idx3-ubyte and train-labels-idx1-ubyte) or `"test"` (those that begin with t10k). */
  readonly split?: "train" | "test" | undefined;
  /** Which data set the files hold, which says the names of its classes, mean and deviation; `"mnist"` by default. */
  readonly variant?: "mnist" | "fashion-mnist" | "kmnist" | undefined;
  /** Takes the first images only: at most so many, 1 or more; all by default. */
  readonly limit?: number | undefined;
}

const mnistOptions: OptionKinds<MnistOptions> = {
  split: oneOf("train", "test"),
  variant: oneOf("mnist", "fashion-mnist", "kmnist"),
  limit: number,
};

/**
 * MNIST, handwritten digits of 1 × 28 × 28 pixels, or one of the data sets in the same files; gzipped, as they are handed out,
 * or not. Needs a file system (Node.js); {@link idxImages} takes bytes from anywhere.
 * @param folder the folder that holds `train-images-idx3-ubyte`, or with `.gz`, and its kin
 * @throws DataError (of a file, a `FormatError` with its reason) if the folder, a file or the file system is missing, a file is
 *   damaged or another one, the numbers of images and labels differ, or a label is no class
 * @throws ValueError if an option is out of range
 * @example
 * ```ts
 * const train = await mnist("data/mnist");
 * const test = await mnist("data/mnist", { split: "test" });
 * ```
 * @category Data
 */
export async function mnist(folder: string, options: MnistOptions = {}): Promise<ImageDataset> {
  const given = checkedOptions(OP, options, mnistOptions);
  const { split = "train", variant = "mnist", limit = Number.POSITIVE_INFINITY } = given;
  checkLimit(OP, limit);
  const { source, ...about } = variants[variant];
  const reader = { op: OP, source: `${about.name} is at ${source}` };
  const opened = await openFolder(reader, folder);
  const prefix = split === "train" ? "train" : "t10k";
  const images = await readFile(opened, `${prefix}-images-idx3-ubyte`, reader);
  const labels = await readFile(opened, `${prefix}-labels-idx1-ubyte`, reader);
  const named = { ...about, name: `${about.name} ${split}` };
  const all = await withSource(reader, () => imagesOf(OP, images, labels, named));
  return limit < all.length
    ? subset(
        all,
        Int32Array.from({ length: limit }, (_, index) => index),
      )
    : all;
}

const OP = "mnist";

/** A file of this name, gzipped or not. Some unpack it to a name with a dot. */
async function readFile(folder: Folder, name: string, reader: Reader): Promise<IdxFile> {
  const wanted = [name, `${name}.gz`, name.replace("-idx", ".idx")];
  const file = wanted.find((one) => folder.entries.includes(one));
  if (file === undefined) {
    throw new DataError(OP, `folder "${folder.path}" does not hold ${name} or ${name}.gz; ${reader.source}`, {
      expected: wanted,
      actual: folder.entries.slice(0, 16),
    });
  }
  const size = await folder.sizeOf(file);
  if (size > MOST_IMAGE_BYTES) {
    const rule = `it has ${formatBytes(size)}, and more than ${formatBytes(MOST_IMAGE_BYTES)} are not read at once`;
    refuseFile(reader, folder.pathOf(file), "limit", rule, { expected: MOST_IMAGE_BYTES, actual: size });
  }
  return { file: folder.pathOf(file), bytes: await folder.readStart(file, size) };
}
