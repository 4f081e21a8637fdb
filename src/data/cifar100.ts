/** Reads CIFAR-100 (Krizhevsky 2009) from the files of its binary version. */
import { checkedOptions, number, type OptionKinds, oneOf } from "../options.js";
import { type CifarLayout, readCifar } from "./cifar.js";
import type { ImageDataset } from "./dataset.js";

const FINE =
  "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can " +
  "castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin " +
  "elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster " +
  "man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck " +
  "pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk " +
  "skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger " +
  "tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm";

const COARSE =
  "aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices " +
  "household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes " +
  "large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees " +
  "vehicles_1 vehicles_2";

function layoutOf(labels: "fine" | "coarse"): CifarLayout {
  return {
    op: "cifar100",
    source: "the binary version is at https://www.cs.toronto.edu/~kriz/cifar.html",
    name: "CIFAR-100",
    folder: "cifar-100-binary",
    mean: [0.5071, 0.4865, 0.4409],
    std: [0.2673, 0.2564, 0.2762],
    classes: [20, 100],
    label: labels === "coarse" ? 0 : 1,
    classNames: (labels === "coarse" ? COARSE : FINE).split(" "),
    namesFile: `${labels}_label_names.txt`,
    hint: "this is not a file of CIFAR-100's binary version (CIFAR-10, which cifar10 reads, has one label a record)",
  };
}

/**
 * Options of {@link cifar100}.
 * @category Data
 */
export interface Cifar100Options {
  /** `"train"` (train.bin) or `"test"` (test.bin); `"train"` by default. */
  readonly split?: "train" | "test" | undefined;
  /** The 100 classes (`"fine"`), or the 20 groups that they come in; `"fine"` by default. */
  readonly labels?: "fine" | "coarse" | undefined;
  /** Takes the first images only: at most so many, 1 or more; all by default. */
  readonly limit?: number | undefined;
}

const cifar100Options: OptionKinds<Cifar100Options> = {
  split: oneOf("train", "test"),
  labels: oneOf("fine", "coarse"),
  limit: number,
};

/**
 * CIFAR-100: photographs of a hundred classes, 3 × 32 × 32 pixels, from the unpacked folder of its binary version. Class
 * names come from `fine_label_names.txt` or `coarse_label_names.txt` where they are there. Needs a file system (Node.js);
 * importing it does not.
 * @param folder the folder that holds `train.bin` and `test.bin`
 * @throws DataError (of a file, a `FormatError` with its reason) if the folder, the file or the file system is missing, a file
 *   is no regular one or no whole number of records, or a label is no class
 * @throws ValueError if an option is out of range
 * @example
 * ```ts
 * const train = await cifar100("data/cifar-100-binary");
 * ```
 * @category Data
 */
export async function cifar100(folder: string, options: Cifar100Options = {}): Promise<ImageDataset> {
  const given = checkedOptions("cifar100", options, cifar100Options);
  const { split = "train", labels = "fine", limit = Number.POSITIVE_INFINITY } = given;
  return readCifar(layoutOf(labels), folder, split, [`${split}.bin`], limit);
}
