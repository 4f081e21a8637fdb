/** Makes the model that a zoo file defines. */
import { generator, init, type ModelOptions, type ZooNet, zooModel } from "../../../src/index.js";
import * as models from "../../../src/models/index.js";
import type { Definition, Run } from "./zoo-file.js";

type Dropped = Partial<Pick<Run, "closed" | "column" | "masks">>;

/** The functions of `src/models` that make what `definitions.py` calls otherwise. */
const makers: Readonly<Record<string, string>> = {
  CifarNet: "cifarNet",
  PreActResNet: "preactResnet",
  WideResNet: "wrn",
  CifarResNeXt: "cifarResnext",
  CifarDenseNet: "cifarDensenet",
  FractalNet: "fractalNet",
  InceptionV4: "inceptionV4",
};

/** A model of the definition, whose weights are about to be loaded, with what a run says is dropped.
 * @throws Error if there is none */
export function makeModel(definition: Definition, run: Dropped = {}): ZooNet {
  const given = { generator: generator(0), init: init.empty };
  const { class: family } = definition;
  const { imagenet, ...options } = definition.options;
  if (family === "torchvision") return zooModel(String(options["name"])).make(given);
  const name = family === "NiN" ? (imagenet === true ? "ninImagenet" : "ninCifar10") : makers[family];
  const make = name === undefined ? undefined : (models as Readonly<Record<string, unknown>>)[name];
  if (typeof make !== "function") throw new Error(`no model ${family} ${JSON.stringify(options)}`);
  return (make as (options: ModelOptions) => ZooNet)({ ...converted(options), ...droppedIn(options, run), ...given });
}

/** Of a net of stochastic depth no block is closed unless the run says so. */
function droppedIn(options: Definition["options"], { closed, column, masks }: Dropped): Dropped {
  return {
    ...(options["survival"] === undefined ? {} : { closed: closed ?? [] }),
    ...(column === undefined ? {} : { column }),
    ...(masks === undefined ? {} : { masks }),
  };
}

/** Options of Python in JavaScript's words. */
function converted(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.assign({}, ...Object.entries(options).map(([name, value]) => convertedOption(name, value)));
}

function convertedOption(name: string, value: unknown): Record<string, unknown> {
  if (name === "norm") return { norm: value === false ? "none" : "batch" };
  if (name === "growth") return { growthRate: value };
  if (name === "bc") return { bottleneck: value, compression: value === true ? 0.5 : 1 };
  return { [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]: value };
}
