/** A profile in the Trace Event Format that chrome://tracing and Perfetto read. */
import type { KernelEvent } from "./profile.js";

/** The file that chrome://tracing opens.
 * @category Profiling */
export interface ChromeTrace {
  /** Complete events: a name, a start and a duration in microseconds. */
  readonly traceEvents: readonly ChromeTraceEvent[];
  /** How the viewer shows times. */
  readonly displayTimeUnit: "ms";
}

/** A kernel, as chrome://tracing shows it.
 * @category Profiling */
export interface ChromeTraceEvent {
  /** What is written on the bar. */
  readonly name: string;
  /** Where it ran; bars are coloured and filtered by it. */
  readonly cat: string;
  /** A complete event. */
  readonly ph: "X";
  /** Start, in microseconds. */
  readonly ts: number;
  /** Duration, in microseconds. */
  readonly dur: number;
  /** The process. */
  readonly pid: 1;
  /** The line: 1 shows ops, 2 the kernels below them. */
  readonly tid: 1 | 2;
  /** What is shown of the bar that is clicked. */
  readonly args: Readonly<Record<string, string | number>>;
}

/** One line of ops and, below it, one of their kernels. */
export function chromeTrace(events: readonly KernelEvent[]): ChromeTrace {
  const kernels = events.map((event): ChromeTraceEvent => {
    const { kernel, op, where, flops, bytes, duration } = event;
    const args = { op: titleOf(event), flops, bytes, gflops: flops / (duration * 1e6) };
    return { name: kernel, cat: where, ph: "X", ...times(event, event), pid: 1, tid: 2, args: op === "" ? {} : args };
  });
  const ops: ChromeTraceEvent[] = [];
  for (let first = 0, i = 0; i < events.length; i++) {
    const [start, event, next] = [events[first], events[i], events[i + 1]] as [KernelEvent, KernelEvent, KernelEvent?];
    if (next?.call === event.call) continue;
    if (event.op !== "") {
      const args = { kernels: i - first + 1 };
      ops.push({ name: titleOf(event), cat: event.where, ph: "X", ...times(start, event), pid: 1, tid: 1, args });
    }
    first = i + 1;
  }
  return { traceEvents: [...ops, ...kernels], displayTimeUnit: "ms" };
}

function titleOf({ op, isBackward }: KernelEvent): string {
  return isBackward ? `${op} backward` : op;
}

function times(first: KernelEvent, last: KernelEvent): { readonly ts: number; readonly dur: number } {
  return { ts: 1000 * first.start, dur: 1000 * (last.start + last.duration - first.start) };
}
