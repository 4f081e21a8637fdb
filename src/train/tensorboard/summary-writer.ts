/** Writes event files, which TensorBoard reads. */
import { isNode, nodeModule } from "../../device/host.js";
import { describe, ValueError } from "../../errors.js";
import { checkedOptions, count, number, type OptionKinds, text } from "../../options.js";
import { checkedFile, type LogFile, openFor } from "../logs/log-file.js";
import { encodePng, type ImageArray } from "../logs/png.js";
import {
  type EventTime,
  fileVersionEvent,
  histogramEvent,
  imageEvent,
  scalarEvent,
  sessionStartEvent,
  textEvent,
} from "./event.js";
import { histogramOf } from "./histogram.js";
import { tfRecord } from "./record.js";

/** Options of {@link SummaryWriter}.
 * @category Training logs */
export interface SummaryWriterOptions {
  /** Has TensorBoard forget what earlier files of the folder say of this step and later ones: one more than the step of the
   * checkpoint that a run goes on from. An integer of at least 1; by default nothing is forgotten. */
  readonly purgeStep?: number | undefined;
  /** Stands at the end of the file's name. */
  readonly filenameSuffix?: string | undefined;
}

const writerOptions: OptionKinds<SummaryWriterOptions> = { purgeStep: count, filenameSuffix: text };

/** Files made by this process, for names that no two of them share. */
let files = 0;

/** Writes scalars, histograms, images and text for TensorBoard, with PyTorch's names (`torch.utils.tensorboard`). Every call leaves a
 * whole record in the file before it returns, so that a run that is killed loses none.
 *
 * The format is TensorFlow's: a TFRecord file of `Event` messages (tensorflow/core/util/event.proto), each with a checksum.
 *
 * ```ts
 * const writer = new SummaryWriter("runs/mnist");
 * writer.addScalar("loss/train", loss, step);
 * writer.addHistogram("layer1.weight", await weight.data(), step);
 * writer.close();
 * ```
 *
 * `tensorboard --logdir runs` shows the folder.
 * @category Training logs */
export class SummaryWriter {
  readonly #file: LogFile;

  /** @param target a folder, in which a new file is made (needs a file system), or the file
   * @throws DataError if it cannot be written; ValueError if an option is none */
  constructor(target: string | LogFile, options: SummaryWriterOptions = {}) {
    const { purgeStep, filenameSuffix = "" } = checkedOptions("SummaryWriter", options, writerOptions);
    this.#file =
      typeof target === "string" ? fileIn(target, filenameSuffix) : checkedFile("SummaryWriter", "a folder", target);
    const wallTime = Date.now() / 1000;
    this.#file.append(tfRecord(fileVersionEvent(wallTime)));
    if (purgeStep !== undefined) this.#file.append(tfRecord(sessionStartEvent({ wallTime, step: purgeStep })));
  }

  /** A number, which is stored as float32 (NaN and infinities, too).
   * @param tag the name of its line, `loss/train`; TensorBoard groups by what stands before the slash
   * @param step of the training, an integer from 0 on
   * @param wallTime seconds since 1970; now by default
   * @throws ValueError if the tag, the number, the step or the time is none; DataError if it cannot be written */
  addScalar(tag: string, value: number, step: number, wallTime?: number): void {
    const time = checkedTime("addScalar", tag, step, wallTime);
    if (typeof value !== "number") throw new ValueError("addScalar", `"${tag}" takes a number, got ${describe(value)}`);
    this.#append(scalarEvent(time, tag, value));
  }

  /** The distribution of numbers, in buckets whose limits grow by a tenth from 10⁻¹² on (PyTorch's `bins="tensorflow"`).
   * @param values one or more finite numbers of any shape, such as `await weight.data()`
   * @throws ValueError if there are none, one of them is not finite, or as {@link SummaryWriter.addScalar} does */
  addHistogram(tag: string, values: ArrayLike<number>, step: number, wallTime?: number): void {
    const time = checkedTime("addHistogram", tag, step, wallTime);
    this.#append(histogramEvent(time, tag, histogramOf("addHistogram", tag, values)));
  }

  /** An image.
   * @throws ValueError if it is none, or as {@link SummaryWriter.addScalar} does */
  addImage(tag: string, image: ImageArray, step: number, wallTime?: number): void {
    const time = checkedTime("addImage", tag, step, wallTime);
    this.#append(imageEvent(time, tag, encodePng("addImage", image)));
  }

  /** Text, which TensorBoard shows as Markdown.
   * @throws ValueError as {@link SummaryWriter.addScalar} does */
  addText(tag: string, markdown: string, step: number, wallTime?: number): void {
    const time = checkedTime("addText", tag, step, wallTime);
    if (typeof markdown !== "string") throw new ValueError("addText", `"${tag}" takes text, got ${describe(markdown)}`);
    this.#append(textEvent(time, `${tag}/text_summary`, markdown));
  }

  /** Returns when all of it would survive a loss of power. */
  flush(): void {
    this.#file.flush();
  }

  /** Flushes and closes the file. */
  close(): void {
    this.#file.close();
  }

  #append(event: Uint8Array): void {
    this.#file.append(tfRecord(event));
  }
}

/** `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER`, as TensorFlow and PyTorch call them: TensorBoard reads the files of a folder in
 * the order of their names. */
function fileIn(folder: string, suffix: string): LogFile {
  if (!isNode()) return openFor("SummaryWriter", folder); // which says what to do instead
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
  const name = `events.out.tfevents.${seconds}.${nodeModule("os").hostname()}.${process.pid}.${files++}${suffix}`;
  return openFor("SummaryWriter", folder === "" ? folder : nodeModule("path").join(folder, name));
}

function checkedTime(op: string, tag: string, step: number, wallTime = Date.now() / 1000): EventTime {
  if (typeof tag !== "string" || tag === "") throw new ValueError(op, `a tag is a name, got ${describe(tag)}`);
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new ValueError(op, `the step of "${tag}" must be an integer from 0 on, got ${describe(step)}`, {
      actual: step,
    });
  }
  if (!number.fits(wallTime))
    throw new ValueError(op, `the time of "${tag}" must be seconds, got ${describe(wallTime)}`);
  return { wallTime, step };
}
