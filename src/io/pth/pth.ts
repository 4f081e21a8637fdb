/** PyTorch's files (`.pth`, `.pt`), read without running what they say. */
import { checkedOptions } from "../../options.js";
import { checkedBytes } from "../byte-source.js";
import { reading, refuse } from "../format-error.js";
import { type ArchiveOptions, archiveOptions, MOST_UNPACKED_BYTES } from "../read-options.js";
import { isAnother, isZip } from "../recognise.js";
import { isLegacy, readLegacy } from "./legacy-form.js";
import type { PthValue } from "./values.js";
import { readZipForm } from "./zip-form.js";

/** Reads what `torch.save` wrote, in the zip form of PyTorch 1.6 and later or the one before it: tensors on whatever device, views of
 * shared storages, parameters, and the dictionaries, lists, texts and numbers around them.
 *
 * A `.pth` file is a pickle, a program that Python runs when it loads it, and with it whatever somebody put there. Here nothing is
 * run: the names that a pickle may have are a closed list (`OrderedDict`, the storages of `torch`, the builders of tensors and
 * parameters, `torch.Size`), and a file with any other is refused. Of a saved model (`torch.save(model)`) that is the class: save its
 * `state_dict()`.
 * @returns the object; {@link readTensors} finds the weights in it
 * @throws FormatError if the file is damaged, names what it must not, would unpack to more than `limit` bytes, or holds more than can
 * be walked through
 * @category Files */
export function readPth(bytes: Uint8Array | ArrayBuffer, options: ArchiveOptions = {}): PthValue {
  const given = checkedBytes("readPth", bytes);
  const { name = "the file", limit = MOST_UNPACKED_BYTES } = checkedOptions("readPth", options, archiveOptions);
  return reading("readPth", name, () => parsePth(given, limit));
}

/** The object in a file of either form. */
export function parsePth(bytes: Uint8Array, limit: number): PthValue {
  const another = isAnother(bytes, "pth");
  if (another !== null) refuse("not-this-format", `this is ${another}`);
  if (isZip(bytes)) return readZipForm(bytes, limit);
  if (isLegacy(bytes)) return readLegacy(bytes);
  return refuse("not-this-format", `it does not begin as a file of PyTorch does, be it the one or the other form`);
}
