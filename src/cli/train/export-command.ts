/** `livegrad export`: the weights of a checkpoint alone, in a file that other programs read. */
import { ValueError } from "../../errors.js";
import { writeWhole } from "../../file-system.js";
import type { NamedArray } from "../../io/named-array.js";
import { writeNpz } from "../../io/npy/npy.js";
import { writeSafetensors } from "../../io/safetensors.js";
import { sizeOf } from "../../shape.js";
import { readCheckpoint } from "./checkpoint-file.js";

const OP = "export";

/** Options of the command. */
export interface ExportFlags {
  readonly out: string;
}

type Writer = (weights: ReadonlyMap<string, NamedArray>) => Uint8Array;

const writers: Readonly<Record<string, Writer>> = {
  ".safetensors": (weights) => writeSafetensors(weights),
  ".npz": (weights) => writeNpz(weights),
};

/** Writes it. */
export async function exportCommand(checkpoint: string, { out }: ExportFlags): Promise<void> {
  const ending = Object.keys(writers).find((one) => out.endsWith(one));
  if (ending === undefined) {
    throw new ValueError(OP, `--out must end with ${Object.keys(writers).join(" or ")}, got ${out}`, { actual: out });
  }
  const { weights, path } = await readCheckpoint(OP, checkpoint);
  await writeWhole(OP, out, (writers[ending] as Writer)(weights));
  const numbers = [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  console.log(`Written: ${out}, ${weights.size} tensors of ${numbers} numbers, from ${path}`);
}
