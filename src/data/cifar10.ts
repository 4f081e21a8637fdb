/** Reads CIFAR-10 (Krizhevsky 2009) from the files of its binary version. */
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import { type CifarLayout, readCifar } from "./cifar.js";
import type { ImageDataset } from "./dataset.js";

const FILES = {
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: ["test_batch.bin"],
} as const;

const layout: CifarLayout = {
  op: "cifar10",
  source: "the binary version is at https://www.cs.toronto.edu/~kriz/cifar.html",
  name: "CIFAR-10",
  folder: "cifar-10-batches-bin",
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
  classes: [10],
  label: 0,
  classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
  namesFile: "batches.meta.txt",
  hint: "this is not a file of CIFAR-10's binary version (CIFAR-100, which cifar100 reads, has two labels a record)",
};

/**
 * Options of {@link cifar10}.
 * @category Data
 */
export interface Cifar10Options {
  /** `"train"` (data_batch_1.bin to data_batch_5.bin, those that are there) or `"test"` (test_batch.bin). */
  readonly split?: "train" | "test" | undefined;
  /** Takes the first images only: at most so many, 1 or more; all by default. */
  readonly limit?: number | undefined;
}

const cifar10Options: OptionKinds<Cifar10Options> = { split: oneOf("train", "test"), limit: number };

/**
 * CIFAR-10: photographs of ten classes, 3 × 32 × 32 pixels, from the unpacked folder of its binary version. Class names
 * come from `batches.meta.txt` where it is there. Needs a file system (Node.js); importing it does not.
 * @param folder the folder that holds `data_batch_1.bin` and its kin
 * @throws DataError (of a file, a `FormatError` with its reason) if the folder, the file or the file system is missing, a file
 *   is no regular one or no whole number of records, or a label is not 0 to 9
 * @throws ValueError if an option is out of range
 * @example
 * ```ts
 * const train = await cifar10("data/cifar-10-batches-bin");
 * const test = await cifar10("data/cifar-10-batches-bin", { split: "test", limit: 1000 });
 * ```
 * @category Data
 */
export async function cifar10(folder: string, options: Cifar10Options = {}): Promise<ImageDataset> {
  const given = checkedOptions("cifar10", options, cifar10Options);
  const { split = "train", limit = Number.POSITIVE_INFINITY } = given;
  return readCifar(layout, folder, split, FILES[split], limit);
}
