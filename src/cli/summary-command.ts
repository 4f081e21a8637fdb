/** `livegrad summary`: a model of the zoo, or of the user's, as a table. */
import { shapesOnly } from "../autograd/shapes-only.js";
import { refuseOthersModule } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { zooModel } from "../models/zoo.js";
import { type AnyModule, Module } from "../nn/module.js";
import { generator } from "../random.js";
import { summary } from "../summary/summary.js";
import { isFile, modelsIn } from "./model-file.js";

/** Flags of the command. */
export interface SummaryFlags {
  /** The shape of each input. */
  readonly input?: readonly (readonly number[])[];
  readonly depth?: number;
  readonly train?: boolean;
  readonly json?: boolean;
}

/** Prints the table of a model: of its zoo name, or of every model that a file exports. Weights are neither drawn nor held. */
export async function summaryCommand(word: string, flags: SummaryFlags): Promise<void> {
  const { depth } = flags;
  if (depth !== undefined && !(Number.isInteger(depth) && depth >= 0)) {
    throw new ValueError("summary", `--depth must be an integer of at least 0, got ${depth}`, { actual: depth });
  }
  const models = isFile(word) ? await ownModels(word, flags.input) : [zooEntry(word, flags.input)];
  const summaries = models.map(({ name, make, input }) => {
    return { name, told: summaryOf(name, make, input, flags.train === true) };
  });
  if (flags.json === true) {
    const records = summaries.map(({ name, told }) => ({ name, ...told }));
    console.log(JSON.stringify(records.length === 1 ? records[0] : records, null, 2));
    return;
  }
  for (const { name, told } of summaries) {
    if (summaries.length > 1) console.log(name);
    console.log(told.toString(depth));
  }
}

interface Named {
  readonly name: string;
  readonly make: () => AnyModule;
  readonly input: readonly (readonly number[])[];
}

function zooEntry(word: string, input: SummaryFlags["input"]): Named {
  const { name, make, input: image } = zooModel(word);
  return { name, make: () => make({ generator: generator(0) }), input: input ?? [[1, ...image]] };
}

async function ownModels(path: string, input: SummaryFlags["input"]): Promise<Named[]> {
  if (input === undefined) {
    throw new ValueError(
      "summary",
      "a model in a file needs the shape of its input: --input 1,3,32,32, once for each input",
    );
  }
  const makers = await modelsIn("summary", path);
  return makers.map(([name, make]) => ({ name, make: () => make(generator(0)), input }));
}

function summaryOf(name: string, make: () => AnyModule, input: Named["input"], training: boolean) {
  const model = shapesOnly(make);
  if (!(model instanceof Module)) {
    refuseOthersModule("summary", name, model);
    throw new ValueError("summary", `${name} must make a module, got ${describe(model)}`, { actual: model });
  }
  return summary(model, input, { training });
}
