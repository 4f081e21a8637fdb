/** profile: where the time of a function goes, op by op. */
import { type LaunchRecord, listenToLaunches } from "../autograd/launches.js";
import { checkFunction, refuseAsync } from "../device/synchronous.js";
import { flopsOf } from "../kernels/cost.js";
import { type ChromeTrace, chromeTrace } from "./chrome-trace.js";
import { tableOf } from "./table.js";

/** One kernel that ran.
 * @category Profiling */
export interface KernelEvent {
  /** The op it ran for, the outermost one that was called; empty outside of all ops. */
  readonly op: string;
  /** Whether it belongs to that op's backward. */
  readonly isBackward: boolean;
  /** Tells the kernels of one call of an op from those of the next. */
  readonly call: number;
  /** Name of the kernel. */
  readonly kernel: string;
  /** The device, and on `simd` whether its own kernel ran or the portable one, as in `simd (portable)`. */
  readonly where: string;
  /** Milliseconds from the start of the profile. */
  readonly start: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Floating-point operations, a multiply-add counted as two. */
  readonly flops: number;
  /** Bytes of the operands and of the result. */
  readonly bytes: number;
}

/** What the kernels of one op, forward or backward, came to on one device.
 * @category Profiling */
export interface OpProfile extends Omit<KernelEvent, "call" | "kernel" | "start" | "duration"> {
  /** Kernels that ran. */
  readonly launches: number;
  /** Milliseconds. */
  readonly milliseconds: number;
  /** Share of the whole time, from 0 to 1. */
  readonly share: number;
  /** Billions of floating-point operations a second. */
  readonly gflops: number;
}

/** What `profile` found.
 * @category Profiling */
export interface Profile<T> {
  /** What the function returned. */
  readonly value: T;
  /** Milliseconds that the function took. */
  readonly milliseconds: number;
  /** Milliseconds outside of kernels: the tape, scopes, checks, and the function's own work; among them the few microseconds
   * a kernel that measuring takes. */
  readonly outside: number;
  /** Ops, the most expensive first. */
  readonly ops: readonly OpProfile[];
  /** Every kernel in the order in which they ran. */
  readonly events: readonly KernelEvent[];
  /** The ops as a table. */
  toString(): string;
  /** The kernels in the format of chrome://tracing and https://ui.perfetto.dev: write its JSON to a file and open it there. */
  chromeTrace(): ChromeTrace;
}

/** Runs `fn` and measures every kernel in it.
 *
 * ```ts
 * const report = profile(() => {
 *   const loss = crossEntropy(model.forward(images), labels);
 *   loss.backward();
 * });
 * console.log(`${report}`);
 * writeFileSync("step.trace.json", JSON.stringify(report.chromeTrace()));
 * ```
 * The first run of a shape compiles kernels: run the function once before. On devices other than `simd`, `webasm`, `cpu` and
 * `reference` every result is read to know when its kernel has ended, which takes time of its own.
 * @param fn not async: what follows its first `await` would not be measured
 * @throws ValueError if it is no function, or goes on later (async functions, generators, thenables); DeviceError if it runs a
 * kernel on webgpu, which cannot be waited for
 * @category Profiling */
export function profile<T>(fn: () => T): Profile<T> {
  checkFunction("profile", fn);
  const records: LaunchRecord[] = [];
  const wheres: string[] = [];
  const before = listenToLaunches((record) => {
    before?.(record);
    records.push(record);
    wheres.push(record.device.lastRan ?? record.device.name);
  });
  const start = performance.now();
  let value: T;
  try {
    value = fn();
  } finally {
    listenToLaunches(before);
  }
  const milliseconds = performance.now() - start;
  refuseAsync("profile", value, "be measured");
  const events = records.map((record, i) => eventOf(record, wheres[i] as string, start));
  const ops = sumUp(events, milliseconds);
  const outside = milliseconds - events.reduce((sum, { duration }) => sum + duration, 0);
  return {
    ...{ value, milliseconds, outside, ops, events },
    toString: () => tableOf({ ops, milliseconds, outside }),
    chromeTrace: () => chromeTrace(events),
  };
}

function eventOf(record: LaunchRecord, where: string, origin: number): KernelEvent {
  const { op, isBackward, call, launch, device, inputs, output, start, end } = record;
  const elements = inputs.reduce((sum, { length }) => sum + length, output.length);
  return {
    ...{ op, isBackward, call, kernel: launch.kernel.name, where, start: start - origin, duration: end - start },
    flops: flopsOf(launch.kernel, output.length, launch.constants),
    bytes: elements * (device.floatType === "float64" ? 8 : 4),
  };
}

function sumUp(events: readonly KernelEvent[], whole: number): OpProfile[] {
  const groups = new Map<string, KernelEvent[]>();
  for (const event of events) {
    const key = `${event.op}\n${event.isBackward}\n${event.where}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  const total = (group: readonly KernelEvent[], of: "duration" | "flops" | "bytes") =>
    group.reduce((sum, event) => sum + event[of], 0);
  return [...groups.values()]
    .map((group): OpProfile => {
      const { op, isBackward, where } = group[0] as KernelEvent;
      const [milliseconds, flops] = [total(group, "duration"), total(group, "flops")];
      return {
        ...{ op, isBackward, where, milliseconds, flops, launches: group.length, bytes: total(group, "bytes") },
        share: milliseconds / whole,
        gflops: flops / (milliseconds * 1e6),
      };
    })
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
