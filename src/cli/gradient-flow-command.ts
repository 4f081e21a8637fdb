/** `livegrad gradient-flow`: the experiment, its progress, and its report. */
import { totalmem } from "node:os";
import type { ImageDataset } from "../data/dataset.js";
import { formatBytes } from "../data/memory.js";
import type { DeviceName } from "../device/device.js";
import { currentDevice, setDevice } from "../device/select.js";
import { ValueError } from "../errors.js";
import type { InputSize } from "../experiments/fit-images.js";
import { assemble, imagesNeeded } from "../experiments/gradient-flow.js";
import { checkMemory, estimateMemory, type MemoryEstimate, memoryLimit } from "../experiments/memory.js";
import { experimentModels, type ModelCost, type Models, tryModel } from "../experiments/models.js";
import { checkBatch, type GradientFlowSettings, plan, type RunPlan, settle } from "../experiments/plan.js";
import type { GradientFlowTrace, RunRecord } from "../experiments/records.js";
import { divergencesOf } from "../experiments/report/divergence.js";
import { networkName } from "../experiments/work.js";
import { printSummary } from "./closing-report.js";
import { DIVERGED } from "./exit-status.js";
import { type ImageSource, loadImages } from "./images.js";
import { type Interrupt, listenForInterrupt } from "./interrupt.js";
import { isFile } from "./model-file.js";
import { loadModels } from "./models.js";
import { runPool } from "./pool.js";
import { Progress } from "./progress.js";
import { checkJobs, type Share, shareProcessors, shareWords } from "./share.js";
import { openReportFolder, printWritten, writeTraceReport } from "./write-report.js";

/** The options of the command line. */
export interface Flags {
  readonly model?: string[];
  readonly input?: number[];
  readonly size?: number;
  readonly depth?: number[];
  readonly shortcut?: GradientFlowSettings["shortcuts"];
  readonly norm?: GradientFlowSettings["norms"];
  readonly init?: GradientFlowSettings["inits"];
  readonly width?: number;
  readonly batch?: number;
  readonly seeds?: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly lr?: number;
  readonly data?: string;
  readonly device?: DeviceName;
  readonly jobs?: number;
  readonly out: string;
}

/** Runs the experiment and reports it. */
export async function gradientFlowCommand(flags: Flags): Promise<void> {
  const models = await loadModels(checkedModels(flags.model));
  const settings = settle(settingsOf(flags), flags.model !== undefined);
  checkJobs("gradient-flow", flags.jobs);
  if (flags.device !== undefined) setDevice(flags.device);
  const share = shareProcessors(currentDevice(), flags.jobs);
  const input = inputOf(flags, models);
  const images: ImageSource = { folder: flags.data ?? null, count: imagesNeeded(settings), input };
  const like = await loadImages({ ...images, folder: null, count: 1 });
  const costs =
    flags.model === undefined ? [] : costsOf(models, { batch: settings.batch, inits: flags.init ?? [] }, like);
  const imageBytes = input[0] * input[1] * input[2];
  const demand = { jobs: share.jobs, images: images.count, imageBytes, models: costs.map(({ cost }) => cost) };
  const memory = estimateMemory(settings, demand);
  checkMemory(settings, memory, Math.min(totalmem(), memoryLimit()));
  const dataset = await loadImages(images);
  checkBatch(settings, dataset);
  const plans = plan(
    settings,
    costs.map(({ name, cost }) => ({ name, macs: cost.macs })),
  );
  const folder = await openReportFolder("gradient-flow", flags.out);
  const interrupt = listenForInterrupt();
  try {
    const { trace, failure } = await runExperiment(plans, {
      ...{ settings, images, data: dataset.name, share, memory, interrupt },
      models: flags.model ?? [],
      inits: flags.init ?? [],
    });
    if (trace.runs.length > 0) {
      printSummary(trace, failure !== undefined); // before any file is written, which may fail
      printWritten(await writeTraceReport(trace, folder));
    } else if (interrupt.signal.aborted) {
      console.log("interrupted before the first network was done; nothing was written");
    }
    if (failure !== undefined) throw failure;
    process.exitCode = interrupt.status() ?? (divergencesOf(trace).length > 0 ? DIVERGED : 0);
  } finally {
    folder.close();
    interrupt.stop();
  }
}

function settingsOf({ depth, shortcut, norm, init, ...rest }: Flags): Partial<GradientFlowSettings> {
  const { width, batch, seeds, seed, steps, lr } = rest;
  const lists = { depths: depth, shortcuts: shortcut, norms: norm, inits: init };
  return { ...lists, width, batch, seeds, seed, steps, lr } as Partial<GradientFlowSettings>;
}

/** Throws unless `--model` names one model or more. */
function checkedModels(words: readonly string[] | undefined): readonly string[] {
  if (words?.length === 0)
    throw new ValueError("gradient-flow", "--model must be a list of at least one, got an empty one");
  return words ?? [];
}

/** Pixels a side of the images for nets that were made for larger ones than CIFAR's. */
const SMALL = 64;

/** The size of the images: as asked for, else one that every model of the zoo here was made for or, scaled down, still takes. */
function inputOf({ input, size }: Flags, models: Models): InputSize {
  if (input !== undefined && size !== undefined)
    throw new ValueError("gradient-flow", "give --input or --size, not both");
  const asked = input ?? (size === undefined ? undefined : [3, size, size]);
  const [channels, height, width, ...more] = asked ?? [3, 32, 32];
  if (asked !== undefined) {
    const isSize =
      more.length === 0 && [channels, height, width].every((n) => Number.isSafeInteger(n) && Number(n) >= 1);
    if (isSize) return [channels, height, width] as InputSize;
    throw new ValueError("gradient-flow", `--input must be three positive integers (3,32,32), got ${asked.join(",")}`);
  }
  const inputs = Object.values(models).flatMap((model) => (typeof model === "function" ? [] : [model.input]));
  const side = Math.max(32, ...inputs.map(([, height]) => Math.min(height, SMALL)));
  const isGrey = inputs.length > 0 && inputs.every(([channels]) => channels === 1);
  return [isGrey ? 1 : 3, side, side];
}

/** What each model costs; throws where one does not run on such images. */
function costsOf(
  models: Models,
  { batch, inits }: Pick<GradientFlowSettings, "batch" | "inits">,
  like: ImageDataset,
): { readonly name: string; readonly cost: ModelCost }[] {
  return experimentModels(models, inits, like.classNames.length).map((model) => {
    try {
      return { name: model.name, cost: tryModel(model, batch, like) };
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      throw new ValueError(
        "gradient-flow",
        `${cause.message.replace(/^gradientFlow: /, "")}; --size or --input gives others`,
        { cause },
      );
    }
  });
}

interface Surroundings {
  readonly settings: GradientFlowSettings;
  /** Words of `--model`. */
  readonly models: readonly string[];
  /** Initialisations of models of the zoo; none for their own. */
  readonly inits: GradientFlowSettings["inits"];
  readonly images: ImageSource;
  /** Name of the data set. */
  readonly data: string;
  readonly share: Share;
  readonly memory: MemoryEstimate;
  readonly interrupt: Interrupt;
}

/** Runs the networks. @returns what they recorded, and the failure of one of them, which ended the rest */
async function runExperiment(
  plans: readonly RunPlan[],
  { settings, models, inits, images, data, share, memory, interrupt }: Surroundings,
): Promise<{ trace: GradientFlowTrace; failure: unknown }> {
  const { device, threads } = share;
  const jobs = Math.min(share.jobs, plans.length);
  console.log(headline(settings, plans.length, data, { ...share, jobs }, memory.total));
  const progress = new Progress(plans, settings.steps + 1);
  const runs: RunRecord[] = [];
  const onRecord = (one: RunPlan, record: RunRecord) => {
    runs.push(record);
    progress.reach(one, record.step + 1, record.step);
  };
  let provenance: string | null = null;
  let failure: unknown;
  try {
    provenance = await runPool(
      plans,
      { experiment: "gradient-flow", device: device.name, threads, task: { settings, images, models, inits } },
      { jobs, hasOwnCode: models.some(isFile), signal: interrupt.signal, onRecord },
    );
  } catch (error) {
    failure = error;
  } finally {
    progress.stop();
  }
  const complete = !interrupt.signal.aborted && failure === undefined;
  const places = new Map(plans.map((one, place) => [networkName(one), place]));
  const place = (run: RunRecord) => places.get(networkName(run)) ?? 0;
  runs.sort((a, b) => place(a) - place(b) || a.step - b.step);
  const found = { device: device.name, provenance: provenance ?? device.provenance, data, complete, runs };
  return { trace: assemble(settings, found), failure };
}

function headline(
  settings: GradientFlowSettings,
  networks: number,
  data: string,
  share: Share,
  memory: number,
): string {
  const { depths, width, batch, steps } = settings;
  const widthWords = depths.length === 0 ? "" : `width ${width}, `;
  const training = steps === 0 ? "at initialisation" : `over ${steps === 1 ? "1 step" : `${steps} steps`}`;
  return `${networks === 1 ? "1 network" : `${networks} networks`} ${training}: ${widthWords}batch ${batch}, images: ${data}, ${shareWords(share)}, about ${formatBytes(memory)} of memory`;
}
