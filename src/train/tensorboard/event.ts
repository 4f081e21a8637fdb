/** The messages of an event file: TensorFlow's `Event` and `Summary` (tensorflow/core/util/event.proto, framework/summary.proto). */
import type { PngImage } from "../logs/png.js";
import type { Histogram } from "./histogram.js";
import {
  bytesField,
  doubleField,
  type Field,
  floatField,
  integerField,
  message,
  packedDoubles,
  stringField,
} from "./protobuf.js";

/** When something was told. */
export interface EventTime {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** Of the training. */
  readonly step: number;
}

/** What every event file begins with. */
export function fileVersionEvent(wallTime: number): Uint8Array {
  return message(doubleField(1, wallTime), stringField(3, "brain.Event:2"));
}

/** Has TensorBoard forget what earlier files of the folder say of this step and later ones (`SessionLog.START`). */
export function sessionStartEvent(time: EventTime): Uint8Array {
  const START = 1;
  return message(...timeFields(time), bytesField(7, message(integerField(1, START))));
}

export function scalarEvent(time: EventTime, tag: string, value: number): Uint8Array {
  return summaryEvent(time, tag, floatField(2, value));
}

export function imageEvent(time: EventTime, tag: string, { height, width, channels, png }: PngImage): Uint8Array {
  const sizes = [integerField(1, height), integerField(2, width), integerField(3, channels)];
  return summaryEvent(time, tag, bytesField(4, message(...sizes, bytesField(4, png))));
}

export function histogramEvent(time: EventTime, tag: string, histogram: Histogram): Uint8Array {
  const { min, max, num, sum, sumSquares, limits, counts } = histogram;
  const numbers = [min, max, num, sum, sumSquares].map((value, i) => doubleField(i + 1, value));
  return summaryEvent(
    time,
    tag,
    bytesField(5, message(...numbers, packedDoubles(6, limits), packedDoubles(7, counts))),
  );
}

/** A tensor of one string, which TensorBoard's text plugin shows as Markdown. */
export function textEvent(time: EventTime, tag: string, text: string): Uint8Array {
  const DT_STRING = 7;
  const shape = message(bytesField(2, message(integerField(1, 1))));
  const tensor = message(integerField(1, DT_STRING), bytesField(2, shape), stringField(8, text));
  const metadata = message(bytesField(1, message(stringField(1, "text"))));
  return summaryEvent(time, tag, bytesField(8, tensor), bytesField(9, metadata));
}

function summaryEvent(time: EventTime, tag: string, ...value: readonly Field[]): Uint8Array {
  const summary = message(bytesField(1, message(stringField(1, tag), ...value)));
  return message(...timeFields(time), bytesField(5, summary));
}

function timeFields({ wallTime, step }: EventTime): Field[] {
  return [doubleField(1, wallTime), integerField(2, step)];
}
