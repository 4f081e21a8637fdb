/** `livegrad train`: trains a net on images by a recipe. A run that is interrupted goes on where it stopped. */
import { relative } from "node:path";
import { imageView } from "../../data/dataset.js";
import { formatBytes } from "../../data/memory.js";
import { getThreads, setDevice } from "../../device/select.js";
import { ValueError } from "../../errors.js";
import type { Callback } from "../../train/callback.js";
import { clipGradients } from "../../train/callbacks/clip-gradients.js";
import { earlyStopping } from "../../train/callbacks/early-stopping.js";
import { traceEvery } from "../../train/callbacks/trace-every.js";
import type { EventSink, Json } from "../../train/events.js";
import { type FitResult, fit } from "../../train/fit.js";
import { logToCsv } from "../../train/logs/csv.js";
import { duration } from "../../train/logs/duration.js";
import { logToJsonLines } from "../../train/logs/json-lines.js";
import { logToTerminal } from "../../train/logs/terminal.js";
import { accuracy, confusionMatrix } from "../../train/metrics.js";
import { logToReport } from "../../train/report/sink.js";
import { logToTensorBoard } from "../../train/tensorboard/sink.js";
import { listenForInterrupt } from "../interrupt.js";
import { memoryOf, secondsOf } from "./estimate.js";
import { loadSubject, type Preparation, prepare } from "./preparation.js";
import { openRun, type RunFiles, resumption, runFiles, settingsIn } from "./run-files.js";
import { type Asked, askedFor, differences, settled, type TrainFlags, type TrainSettings } from "./settings.js";

const OP = "train";

/** Trains, and reports it. Ctrl-C keeps what was reached. */
export async function trainCommand(flags: TrainFlags): Promise<void> {
  const asked = askedFor(flags);
  const { out, resume } = asked;
  const settings = resume ? resumed(asked) : settled(asked.options);
  setDevice(settings.device);
  const subject = await loadSubject(OP, settings);
  const memory = memoryOf(OP, subject, settings);
  const preparation = prepare(OP, subject, settings);
  const folder = openRun(OP, out, resume);
  const interrupt = listenForInterrupt();
  try {
    const time = resume ? "" : ` and ${duration(await secondsOf(preparation, settings))}`;
    console.log(`${planWords(preparation, settings)}, about ${formatBytes(memory)} of memory${time}`);
    const files = runFiles(out);
    const sinks = sinksOf(files, preparation);
    if (!resume) folder.begin(settings);
    const result = await run(preparation, settings, { files, sinks, signal: interrupt.signal });
    console.log(closingWords(result, files));
    if (result.stopped === "interrupted") console.log(`To go on: ${resumption(out)}`);
    process.exitCode = interrupt.status() ?? 0;
  } finally {
    folder.close();
    interrupt.stop();
  }
}

/** The settings of the run in the folder, with which nothing that was asked for may disagree. */
function resumed({ out, options }: Asked): TrainSettings {
  const before = settingsIn(OP, out);
  const now = settled({ ...before, ...options });
  const wrong = differences(now, before);
  if (wrong.length === 0) return before;
  const remedy = "leave them out to go on as it was begun, or choose another folder with --out";
  throw new ValueError(OP, `the run in ${out} was begun with other settings: ${wrong.join(", ")}; ${remedy}`);
}

function sinksOf({ jsonLines, csv, tensorBoard, report }: RunFiles, { images }: Preparation): EventSink[] {
  const { validation } = images;
  const image = "get" in validation ? undefined : (index: number) => imageView(validation, index);
  return [
    logToTerminal(),
    logToJsonLines(jsonLines),
    logToCsv(csv),
    logToTensorBoard(tensorBoard),
    logToReport(report, { jsonLines, image }),
  ];
}

interface Surroundings {
  readonly files: RunFiles;
  readonly sinks: readonly EventSink[];
  readonly signal: AbortSignal;
}

function run(
  preparation: Preparation,
  settings: TrainSettings,
  { files, sinks, signal }: Surroundings,
): Promise<FitResult> {
  const { model, train, validation, optimizer, scheduling, network, trainedOn } = preparation;
  const { recipe, saveEvery } = settings;
  const { epochs, steps, accumulate } = recipe;
  return fit(model, {
    ...{ train, validation, epochs, steps, accumulate, optimizer, schedule: scheduling.schedule },
    objective: network.objective,
    metrics: [accuracy(), confusionMatrix()],
    callbacks: [...scheduling.callbacks, ...callbacksOf(preparation, settings)],
    checkpoints: { folder: files.checkpoints, resume: true, best: "accuracy", everySteps: saveEvery },
    classNames: trainedOn.classNames,
    configuration: { ...settings, trainedOn } as unknown as Readonly<Record<string, Json>>,
    ...{ sinks, signal },
  });
}

/** Traced steps of a run, if nobody says how many. */
const TRACES = 20;

function callbacksOf({ length }: Preparation, { recipe, trace }: TrainSettings): Callback[] {
  const { clipGradients: clipping, earlyStopping: stopping } = recipe;
  const every = trace ?? Math.ceil(length.steps / TRACES);
  return [
    ...(clipping === undefined ? [] : [clipGradients(clipping)]),
    ...(stopping === undefined ? [] : [earlyStopping(stopping)]),
    ...(every === 0 ? [] : [traceEvery(every)]),
  ];
}

function planWords(
  { network, images, length, train }: Preparation,
  { recipe, device, holdOut }: TrainSettings,
): string {
  const { title, input, cost } = network;
  const [, height, width] = input;
  const { train: trained, validation } = images;
  const isResized = "get" in trained || trained.height !== height || trained.width !== width;
  const shown = `${trained.name}${isResized ? `, resized to ${height} × ${width}` : ""}`;
  const held = holdOut === undefined ? validation.name : "held out";
  const numbers = `${trained.length} to train on and ${validation.length} to validate with (${held})`;
  const { optimizer, schedule, batchSize } = recipe;
  const rate = schedule === undefined ? "" : `, ${schedule.name}`;
  const threads = device === "simd" ? `, ${getThreads()} ${getThreads() === 1 ? "thread" : "threads"}` : "";
  const epochs = length.steps / train.length;
  return (
    `${title}, ${cost.weights} parameters; images: ${shown}, ${numbers}; ${length.steps} steps of batch ${batchSize} ` +
    `(${Number(epochs.toPrecision(3))} epochs), ${optimizer.name}${rate}; device ${device}${threads}`
  );
}

function closingWords({ history }: FitResult, { best, report }: RunFiles): string {
  const accuracies = history.map(({ epoch, validation }) => ({ epoch, value: Number(validation?.["accuracy"]) }));
  const [top] = accuracies.toSorted((one, other) => other.value - one.value);
  const words =
    top === undefined
      ? []
      : [`Best: ${(100 * top.value).toFixed(1)} % of the validation images after epoch ${top.epoch} (${best})`];
  return [...words, `Written: ${relative("", report) || report}`].join("\n");
}
