/** degradation: whether deeper nets train worse, without and with shortcuts. */
import { checkDataset, type ImageDataset } from "../../data/dataset.js";
import { drawnImages } from "../../data/drawn-images.js";
import type { DeviceName } from "../../device/device.js";
import { deviceNamed } from "../../device/registry.js";
import { currentDevice, withDevice } from "../../device/select.js";
import { describe, ValueError } from "../../errors.js";
import { callback, checkedOptions, type OptionKinds, ownCheck, stopSignal } from "../../options.js";
import { version } from "../../version.js";
import type { StopSignal } from "../gradient-flow.js";
import type { Optional } from "../plan.js";
import { Work } from "../work.js";
import { checkDegradationMemory } from "./cost.js";
import { Findings } from "./findings.js";
import type { DegradationPoint, DegradationResult } from "./records.js";
import {
  type DegradationPlan,
  type DegradationSettings,
  degradationSettings,
  type ImageSettings,
  imageSettings,
  planDegradation,
  settleDegradation,
  settleImages,
} from "./settings.js";
import { type DegradationTask, trainNetwork } from "./train-network.js";

/** How far an experiment is.
 * @category Degradation */
export interface DegradationProgress {
  /** Share of the work that is done, 0 to 1: layers × steps, over all networks. */
  readonly fraction: number;
  /** The network at work. */
  readonly plan: DegradationPlan;
  /** Where it stands. */
  readonly point: DegradationPoint;
}

/** Options of `degradation`, all optional.
 * @category Degradation */
export interface DegradationOptions extends Optional<DegradationSettings>, Optional<ImageSettings> {
  /** The images to train on and those to test on, of one size and with the same classes. Default: drawn ones, as many and as large as
   * `images`, `testImages` and `size` say. */
  readonly dataset?:
    | {
        /** Images to train on. */
        readonly train: ImageDataset;
        /** Images to test on. */
        readonly test: ImageDataset;
      }
    | undefined;
  /** Default: the current device. */
  readonly device?: DeviceName | undefined;
  /** Called twenty times for each network. */
  readonly onProgress?: ((progress: DegradationProgress) => void) | undefined;
  /** Ends the experiment early; what was found until then is returned, with `complete: false`. */
  readonly signal?: StopSignal | undefined;
}

const degradationOptions: OptionKinds<DegradationOptions> = {
  ...degradationSettings,
  ...imageSettings,
  dataset: ownCheck,
  device: ownCheck,
  onProgress: callback,
  signal: stopSignal,
};

/** Trains plain and residual nets of several depths alike, and records their training and test errors: the observation that residual
 * nets were made for (He, Zhang, Ren & Sun 2015, figures 1, 4 and 6). A deeper plain net could do all that a shallower one does, and
 * yet its *training* error is higher, which no overfitting explains.
 *
 * ```ts
 * const result = await degradation({ depths: [20, 56], steps: 200, seeds: 1 });
 * ```
 *
 * Every net has batch norm and identity shortcuts of option A, or none; its images are flipped and moved as in the paper; nets of one
 * seed see the same batches. With the same options the numbers are the same, to the last digit.
 * @throws ValueError if an option is out of range, before any work
 * @category Degradation */
export async function degradation(options: DegradationOptions = {}): Promise<DegradationResult> {
  const given = checkedOptions("degradation", options, degradationOptions);
  const { dataset, images, testImages, size, device: name, onProgress, signal, ...chosen } = given;
  const settings = settleDegradation(chosen);
  const device = name === undefined ? currentDevice() : deviceNamed(name);
  const data =
    dataset === undefined
      ? drawn(settleImages({ images, testImages, size }, settings), settings)
      : checkedData(dataset, settings);
  const task = { settings, ...data };
  if (dataset !== undefined) checkDegradationMemory(task, 1);
  const plans = planDegradation(settings);
  const work = new Work(plans, settings.steps);
  const findings = new Findings(plans);
  await withDevice(device.name, async () => {
    for (const plan of plans) {
      for await (const point of trainNetwork(plan, task, signal)) {
        findings.add(plan, point);
        work.reach(plan, point.step);
        onProgress?.({ fraction: work.fraction(), plan, point });
        if (signal?.aborted === true) return;
      }
    }
  });
  return resultOf(task, findings, { device: device.name, provenance: device.provenance });
}

/** The file that an experiment leaves. */
export function resultOf(
  { settings, train, test }: DegradationTask,
  findings: Findings,
  ran: Pick<DegradationResult, "device" | "provenance">,
): DegradationResult {
  const data = { data: train.name, images: train.length, testImages: test.length };
  const shape = { classes: train.classNames.length, size: train.height };
  const { networks } = findings;
  const complete = findings.isComplete(settings.steps);
  return { version, format: 1, ...ran, ...data, ...shape, settings, complete, networks };
}

/** The images that are drawn, those to test on from another seed.
 * @throws ValueError before that if there is not memory enough for them and the networks */
function drawn(counts: ImageSettings, settings: DegradationSettings): Pick<DegradationTask, "train" | "test"> {
  const { images, testImages, size } = counts;
  const like = drawnImages({ count: 1, size });
  checkDegradationMemory({ settings, train: like, test: like }, 1, counts);
  return { train: drawnImages({ count: images, size }), test: drawnImages({ count: testImages, size, seed: 1 }) };
}

/** @throws ValueError unless nets can be trained on the ones and tested on the others */
export function checkedData(
  dataset: { readonly train: ImageDataset; readonly test: ImageDataset },
  { batch, form }: DegradationSettings,
): Pick<DegradationTask, "train" | "test"> {
  if (typeof dataset !== "object" || dataset === null) {
    throw new ValueError("degradation", `dataset must be { train, test }, got ${describe(dataset)}`, {
      actual: dataset,
    });
  }
  const { train, test } = dataset;
  checkDataset("degradation", train);
  checkDataset("degradation", test);
  const shape = ({ channels, height, width, classNames }: ImageDataset) =>
    `${channels} × ${height} × ${width} in ${classNames.length} classes`;
  const refuse = (rule: string, actual: unknown): never => {
    throw new ValueError("degradation", `${rule}, got ${actual}`, { actual });
  };
  if (shape(train) !== shape(test))
    refuse(`images to test on must be like those to train on (${shape(train)})`, shape(test));
  if (train.length < batch) refuse(`batch must be at most the ${train.length} images of ${train.name}`, batch);
  if (test.length === 0) refuse("there must be images to test on", 0);
  const { channels, height, width } = train;
  const isRight =
    form === "cifar" ? height % 4 === 0 && width % 4 === 0 && Math.min(height, width) >= 8 : channels === 3;
  const rule =
    form === "cifar" ? "sides must be multiples of 4, 8 or more" : "nets of ImageNet's form take three channels";
  if (!isRight) refuse(rule, shape(train));
  return { train, test };
}
