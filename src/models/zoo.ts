/** The zoo: every model by name. */
import { distance } from "fastest-levenshtein";
import { describe, ValueError } from "../errors.js";
import { alexnets } from "./alexnet.js";
import { cifarDensenets } from "./cifar-densenet.js";
import { cifarNets, stochasticDepthNets } from "./cifar-nets.js";
import { convNeXts } from "./convnext.js";
import { densenets } from "./densenet.js";
import { efficientNets } from "./efficientnet.js";
import { fractalNets } from "./fractalnet.js";
import { googLeNets } from "./googlenet.js";
import { inceptionV3s } from "./inception-v3.js";
import { inceptionV4s } from "./inception-v4.js";
import { lenets } from "./lenet.js";
import { mobileNets } from "./mobilenet-v2.js";
import { nins } from "./nin.js";
import { preActResNets } from "./preact-resnet.js";
import { plainNets, resNets, resNeXts, wideResNets } from "./resnets.js";
import { cifarResNeXts } from "./resnext.js";
import { shuffleNets } from "./shufflenet-v2.js";
import { squeezeNets } from "./squeezenet.js";
import { vggs } from "./vgg.js";
import { wrns } from "./wide-resnet.js";
import type { ModelOptions, ZooModel, ZooNet } from "./zoo-model.js";

/** Every model, families in the order of the lecture.
 * @category Models */
export const zoo: readonly ZooModel[] = [
  ...alexnets,
  ...vggs,
  ...nins,
  ...googLeNets,
  ...inceptionV3s,
  ...inceptionV4s,
  ...resNets,
  ...cifarNets,
  ...plainNets,
  ...preActResNets,
  ...wideResNets,
  ...wrns,
  ...resNeXts,
  ...cifarResNeXts,
  ...stochasticDepthNets,
  ...fractalNets,
  ...densenets,
  ...cifarDensenets,
  ...squeezeNets,
  ...mobileNets,
  ...shuffleNets,
  ...efficientNets,
  ...convNeXts,
  ...lenets,
];

const byKey: ReadonlyMap<string, ZooModel> = new Map(zoo.map((model) => [keyOf(model.name), model]));

/** What the zoo says of a model. Names are compared without regard to case, `_` and `-`, so that torchvision's
 * (`wide_resnet50_2`) are known, too.
 * @throws ValueError if there is none of this name
 * @category Models */
export function zooModel(name: string): ZooModel {
  const found = typeof name === "string" ? byKey.get(keyOf(name)) : undefined;
  if (found !== undefined) return found;
  const names = zoo.map((model) => model.name);
  const nearest = typeof name !== "string" ? [] : names.toSorted((a, b) => edits(a, name) - edits(b, name)).slice(0, 3);
  const hint = nearest.length === 0 ? "" : `; near it: ${nearest.join(", ")}`;
  throw new ValueError("zoo", `it has no model ${describe(name)}${hint}; \`zoo\` lists all ${names.length}`, {
    expected: names,
    actual: name,
  });
}

/** Makes a model of the zoo by its name: `createModel("resnet50", { generator: generator(0) })`.
 * @throws ValueError if there is none of this name, or an option is out of range
 * @category Models */
export function createModel(name: string, options: ModelOptions): ZooNet {
  return zooModel(name).make(options);
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

function edits(one: string, other: string): number {
  return distance(keyOf(one), keyOf(other));
}
