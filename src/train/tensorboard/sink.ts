/** The events of a run for TensorBoard. */
import { ValueError } from "../../errors.js";
import type {
  EvaluationEvent,
  EventSink,
  FitEvent,
  MetricValue,
  ParametersEvent,
  StartEvent,
  StepEvent,
  TraceEvent,
} from "../events.js";
import { SummaryWriter } from "./summary-writer.js";

/** Writes event files for TensorBoard: after every step `loss/train`, other metrics, `lr` and `examples_per_second`; of evaluations
 * `loss/validation` and other metrics, those of classes by their names; of epochs `loss/train_epoch`; of traced steps
 * `gradient_flow/LAYER` (‖∂L/∂h‖); histograms `weights/NAME` and `gradients/NAME` of parameters; the configuration, and why a run
 * stopped, as text. In the place of a histogram of numbers that are not all finite stands a text that says how many are not.
 *
 * A run that goes on from a checkpoint writes a new file into the folder, and has TensorBoard forget what earlier ones say of later
 * steps.
 * @param target a folder, such as `runs/first` (needs a file system), or a writer, for whoever adds images or text of her own, and
 *   closes it
 * @throws DataError if it cannot be written; ValueError if the target is none
 * @category Training logs */
export function logToTensorBoard(target: string | SummaryWriter): EventSink {
  if (typeof target !== "string" && !(target instanceof SummaryWriter)) {
    throw new ValueError("logToTensorBoard", "it takes the path of a folder, or a SummaryWriter");
  }
  let writer: SummaryWriter | null = target instanceof SummaryWriter ? target : null;
  let classNames: readonly string[] | null = null;
  return (event) => {
    if (event.kind === "start") classNames = event.classNames;
    writer ??= new SummaryWriter(target as string, { purgeStep: event.step + 1 });
    write(writer, event, classNames);
    if (event.kind === "end") typeof target === "string" ? writer.close() : writer.flush();
  };
}

function write(writer: SummaryWriter, event: FitEvent, classNames: readonly string[] | null): void {
  if (event.kind === "start") addConfiguration(writer, event);
  else if (event.kind === "step") addStep(writer, event);
  else if (event.kind === "evaluation") addEvaluation(writer, event, classNames);
  else if (event.kind === "epoch") addMetrics(writer, event.train, "train_epoch", event.step, classNames);
  else if (event.kind === "trace") addTrace(writer, event);
  else if (event.kind === "parameters") addParameters(writer, event);
  else if (event.kind === "stop") writer.addText("stopped", event.message, event.step);
}

function addConfiguration(writer: SummaryWriter, { configuration, step }: StartEvent): void {
  const rows = Object.entries(configuration).map(([name, value]) => {
    const words = typeof value === "string" ? value : JSON.stringify(value);
    return `| ${name} | ${words.replaceAll("|", "\\|")} |`;
  });
  if (rows.length > 0) writer.addText("configuration", ["| setting | value |", "|---|---|", ...rows].join("\n"), step);
}

function addStep(writer: SummaryWriter, { step, loss, metrics, lr, examples, seconds }: StepEvent): void {
  addMetrics(writer, { loss, ...metrics }, "train", step, null);
  for (const [group, rate] of lr.entries()) writer.addScalar(lr.length === 1 ? "lr" : `lr/group_${group}`, rate, step);
  if (seconds > 0) writer.addScalar("examples_per_second", examples / seconds, step);
}

function addEvaluation(
  writer: SummaryWriter,
  { metrics, step }: EvaluationEvent,
  classNames: readonly string[] | null,
): void {
  addMetrics(writer, metrics, "validation", step, classNames);
}

/** Numbers, and numbers of classes; a matrix has no line. */
function addMetrics(
  writer: SummaryWriter,
  metrics: Readonly<Record<string, MetricValue>>,
  of: string,
  step: number,
  classNames: readonly string[] | null,
): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value === "number") writer.addScalar(`${name}/${of}`, value, step);
    else {
      for (const [index, one] of value.entries()) {
        if (typeof one === "number") writer.addScalar(`${name}/${of}/${classNames?.[index] ?? index}`, one, step);
      }
    }
  }
}

function addTrace(writer: SummaryWriter, { record, step }: TraceEvent): void {
  for (const { name, activationGradNorm } of record.layers) {
    if (activationGradNorm !== null) writer.addScalar(`gradient_flow/${name}`, activationGradNorm, step);
  }
}

function addParameters(writer: SummaryWriter, { parameters, step }: ParametersEvent): void {
  for (const { name, values, gradient } of parameters) {
    addHistogram(writer, `weights/${name}`, values, step);
    if (gradient !== null) addHistogram(writer, `gradients/${name}`, gradient, step);
  }
}

function addHistogram(writer: SummaryWriter, tag: string, values: Float32Array | Float64Array, step: number): void {
  let notFinite = 0;
  for (const value of values) if (!Number.isFinite(value)) notFinite++;
  if (notFinite > 0) writer.addText(tag, `${notFinite} of ${values.length} numbers are NaN or infinite`, step);
  else if (values.length > 0) writer.addHistogram(tag, values, step);
}
