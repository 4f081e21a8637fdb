/** `livegrad evaluate`: how good a checkpoint is on images. */
import Table from "cli-table3";
import type { DeviceName } from "../../device/device.js";
import { setDevice } from "../../device/select.js";
import { ValueError } from "../../errors.js";
import { checkedOptions, count, flag, type OptionKinds, oneOf, ownCheck, text } from "../../options.js";
import { generator } from "../../random.js";
import { evaluate } from "../../train/evaluate.js";
import { accuracy, perClassAccuracy, topKAccuracy } from "../../train/metrics.js";
import { type CheckpointFile, readCheckpoint } from "./checkpoint-file.js";
import { dataNamed, loadImages, loadSplit, type Split, type TrainingImages } from "./images.js";
import { loadNetwork } from "./network.js";
import { evaluationLoader, generatorsOf } from "./preparation.js";
import { pipelinesOf } from "./transforms.js";

const OP = "evaluate";

/** Options of the command. */
export interface EvaluateFlags {
  readonly data?: string | undefined;
  readonly split?: Split | undefined;
  readonly images?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly device?: DeviceName | undefined;
  readonly json?: boolean | undefined;
}

const kinds: OptionKinds<EvaluateFlags> = {
  data: text,
  split: oneOf("train", "test"),
  images: count,
  batchSize: count,
  device: ownCheck,
  json: flag,
};

/** What was found. */
interface Found {
  readonly checkpoint: string;
  readonly step: number;
  readonly data: string;
  readonly images: number;
  readonly loss: number;
  readonly top1: number;
  /** null where there are no more than five classes. */
  readonly top5: number | null;
  /** By class; null where it has no image. */
  readonly classes: Readonly<Record<string, number | null>>;
}

/** Evaluates a checkpoint, on the images that its run was validated with or on others, and prints what it found. */
export async function evaluateCommand(given: string, flags: EvaluateFlags): Promise<void> {
  const { json = false, device, ...asked } = checkedOptions(OP, flags, kinds);
  if (device !== undefined) setDevice(device);
  const checkpoint = await readCheckpoint(OP, given);
  const found = await evaluated(checkpoint, asked);
  console.log(json ? JSON.stringify(found, null, 2) : inWords(found));
}

async function evaluated(
  { settings, trainedOn, bytes, path, step }: CheckpointFile,
  asked: EvaluateFlags,
): Promise<Found> {
  const images = await imagesFor(settings, asked);
  const { classNames } = trainedOn;
  checkClasses(images, classNames);
  const network = await loadNetwork(OP, settings.model, trainedOn);
  const model = network.make(generator(settings.seed));
  await model.load(bytes);
  const loader = evaluationLoader(
    { pipelines: pipelinesOf(OP, images, trainedOn, []) },
    images,
    asked.batchSize ?? settings.recipe.batchSize,
  );
  const hasMore = classNames.length > MANY;
  const metrics = [accuracy(), perClassAccuracy(), ...(hasMore ? [topKAccuracy(MANY)] : [])];
  const { metrics: found, examples } = await evaluate(model, loader, { metrics, objective: network.objective });
  const shares = found["classAccuracy"] as readonly number[];
  const byClass = classNames.map((name, i) => [name, Number.isNaN(shares[i]) ? null : (shares[i] ?? null)] as const);
  return {
    ...{ checkpoint: path, step, data: images.name, images: examples },
    ...{ loss: Number(found["loss"]), top1: Number(found["accuracy"]), top5: hasMore ? Number(found["top5"]) : null },
    classes: Object.fromEntries(byClass),
  };
}

/** How many guesses `top5` has. */
const MANY = 5;

/** The images that were asked for; those that the run was validated with, if none were. */
async function imagesFor(settings: CheckpointFile["settings"], asked: EvaluateFlags): Promise<TrainingImages> {
  const { data, split, images } = asked;
  if (data === undefined && split === undefined && images === undefined) {
    const [, , parts] = generatorsOf(settings.seed);
    return (await loadImages(OP, settings, parts)).validation;
  }
  const named = data === undefined ? settings.data : dataNamed(OP, data);
  return loadSplit(named, { split: split ?? "test", limit: images, size: settings.size });
}

function checkClasses({ name, classNames }: TrainingImages, learned: readonly string[]): void {
  if (classNames.join() === learned.join()) return;
  const words = (names: readonly string[]) => `${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
  throw new ValueError(
    OP,
    `the classes of ${name} (${words(classNames)}) are not those that the net has learned (${words(learned)})`,
    { expected: learned, actual: classNames },
  );
}

function inWords({ checkpoint, step, data, images, loss, top1, top5, classes }: Found): string {
  const table = new Table({ head: ["class", "accuracy"], style: { head: [], border: [], compact: true } });
  for (const [name, share] of Object.entries(classes))
    table.push([name, { content: share === null ? "no image" : percent(share), hAlign: "right" as const }]);
  const more = top5 === null ? "" : `, top-5 ${percent(top5)}`;
  return (
    `${checkpoint}, after step ${step}, on ${images} images of ${data}: ` +
    `loss ${loss.toFixed(4)}, top-1 ${percent(top1)}${more}\n${table.toString()}`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
