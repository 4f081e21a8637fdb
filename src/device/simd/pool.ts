/** The threads that share a task: workers over one shared memory, and the thread that asks. */
import { DeviceError } from "../../errors.js";
import { isNode, nodeModule, warn } from "../host.js";
import { type Heap, mostThreads, scratchOf } from "./heap.js";

/** A compiled kernel: does the units `begin` to `end` of a task whose words stand at `args`. */
type SimdFunction = (args: number, begin: number, end: number) => void;

/** What a plan asks for: a kernel, and how its work may be shared. */
export interface Task {
  /** Name of the kernel among the module's exports. */
  readonly name: string;
  /** Parts of the work, which any thread may do in any order; the numbers do not depend on who does which. */
  readonly units: number;
  /** Units that a thread claims at a time; `units` where sharing does not pay. */
  readonly grain: number;
  /** What has to be done before, with the same words. */
  readonly first?: Task;
}

/** Where the words of the running task stand: byte offset and number. */
export const taskWords = { at: 4096, count: 64 } as const;

/** What the threads agree on, as indices into the heap's integers. */
export const control = {
  /** The next unit that nobody has claimed; `closed` or more between two tasks, while the fields below change. */
  next: 256,
  /** Units that are done. */
  done: 257,
  /** Workers that may still look at the fields. */
  active: 258,
  kernel: 259,
  units: 260,
  grain: 261,
  /** Rises with every task; workers sleep on it. */
  signal: 262,
  /** Whether a kernel threw. */
  failed: 263,
} as const;

const closed = 2 ** 30;

/** Rounds in which a worker looks for the next task before it sleeps: some tens of microseconds, the usual time between
 * two ops of a training step. */
const patience = 20_000;

/** What a worker runs: text, so that Node, browsers and bundlers start it alike. A worker that comes late to a task finds
 * no unit left; that none looks at the fields while they change is what `active` is for. */
const workerSource = `"use strict";
const control = ${JSON.stringify(control)};
function work({ module, memory, scratch }) {
  const shared = new Int32Array(memory.buffer, 0, 1024);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.setScratch(scratch);
  const kernels = Object.values(exports);
  for (let seen = 0; ; ) {
    for (let i = 0; i < ${patience} && Atomics.load(shared, control.signal) === seen; i++);
    Atomics.wait(shared, control.signal, seen);
    seen = Atomics.load(shared, control.signal);
    Atomics.add(shared, control.active, 1);
    for (;;) {
      const grain = Atomics.load(shared, control.grain);
      const begin = Atomics.add(shared, control.next, grain);
      const units = Atomics.load(shared, control.units);
      if (begin >= units) break;
      const end = Math.min(begin + grain, units);
      try {
        kernels[Atomics.load(shared, control.kernel)](${taskWords.at}, begin, end);
      } catch {
        Atomics.store(shared, control.failed, 1);
      }
      Atomics.add(shared, control.done, end - begin);
    }
    Atomics.sub(shared, control.active, 1);
    Atomics.notify(shared, control.active);
  }
}
if (typeof require === "function") work(require("node:worker_threads").workerData);
else onmessage = ({ data }) => work(data);`;

/** Runs tasks on all threads, one task at a time. */
export class Pool {
  readonly #heap: Heap;
  readonly #module: WebAssembly.Module;
  readonly #functions: readonly SimdFunction[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #shared: Int32Array;
  readonly #workers: Worker[] = [];
  readonly #longestSilence: number;
  #hasWarned = false;

  /** @param threads how many work, the asking one included
   * @param longestSilence milliseconds after which a task is given up, for a worker was killed in the middle of it */
  constructor(
    heap: Heap,
    module: WebAssembly.Module,
    public threads: number,
    longestSilence: number,
  ) {
    this.#longestSilence = longestSilence;
    this.#heap = heap;
    this.#module = module;
    const { exports } = new WebAssembly.Instance(module, { env: { memory: heap.memory } });
    (exports["setScratch"] as (pointer: number) => void)(scratchOf(0));
    this.#functions = Object.values(exports) as SimdFunction[];
    this.#indices = new Map(Object.keys(exports).map((name, i) => [name, i]));
    this.#shared = new Int32Array(heap.memory.buffer, 0, 1024);
    this.#shared[control.next] = closed;
  }

  /** Does a task whose words stand at `taskWords`; returns when it is done.
   * @throws DeviceError if a thread was lost or a kernel failed */
  run({ name, units, grain, first }: Task): void {
    if (first !== undefined) this.run(first);
    const index = this.#indices.get(name);
    const kernel = this.#functions[index ?? -1];
    if (index === undefined || kernel === undefined) throw new DeviceError("simd", `there is no kernel ${name}`);
    if (this.threads === 1 || grain >= units) kernel(taskWords.at, 0, units);
    else this.#share(index, kernel, units, grain);
  }

  /** Ends the workers; the next shared task starts as many as are wanted then. */
  stop(): void {
    for (const worker of this.#workers.splice(0)) worker.end();
  }

  /** Starts workers until there are as many as are wanted. They set themselves up while this thread works. Where one cannot
   * start, the work goes on with the threads there are. */
  #hire(): void {
    const wanted = Math.min(this.threads, mostThreads);
    for (let i = this.#workers.length + 1; i < wanted; i++) {
      const data = { module: this.#module, memory: this.#heap.memory, scratch: scratchOf(i) };
      try {
        const worker = startWorker(data, (reason) => this.#lose(worker, reason));
        this.#workers.push(worker);
      } catch (error) {
        this.#makeDo(error);
        return;
      }
    }
  }

  #lose(worker: Worker, reason: unknown): void {
    const place = this.#workers.indexOf(worker);
    if (place < 0) return; // ended by ourselves
    this.#workers.splice(place, 1);
    this.#makeDo(reason);
  }

  /** No more threads than there are now. */
  #makeDo(reason: unknown): void {
    this.threads = this.#workers.length + 1;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = reason instanceof Error ? reason.message : String(reason);
    warn(`a worker thread does not start (${message}); the simd device makes do with fewer threads`);
  }

  #share(index: number, kernel: SimdFunction, units: number, grain: number): void {
    const shared = this.#shared;
    this.#hire();
    shared[control.kernel] = index;
    shared[control.units] = units;
    shared[control.grain] = grain;
    shared[control.done] = 0;
    Atomics.store(shared, control.next, 0);
    Atomics.add(shared, control.signal, 1);
    Atomics.notify(shared, control.signal);
    let failure: unknown;
    let own = 0;
    for (let begin = 0; ; ) {
      begin = Atomics.add(shared, control.next, grain);
      if (begin >= units) break;
      const end = Math.min(begin + grain, units);
      try {
        kernel(taskWords.at, begin, end);
      } catch (error) {
        failure = error;
      }
      own += end - begin;
    }
    const left = units - own;
    this.#waitFor(() => Atomics.load(shared, control.done) === left);
    Atomics.store(shared, control.next, closed);
    this.#waitFor(() => Atomics.load(shared, control.active) === 0);
    if (Atomics.exchange(shared, control.failed, 0) === 1) failure ??= "a worker's kernel failed";
    if (failure !== undefined) throw new DeviceError("simd", `a kernel failed: ${String(failure)}`, { cause: failure });
  }

  /** The others are in the middle of their last units: there is nothing else to do than to look. */
  #waitFor(isSo: () => boolean): void {
    for (let i = 0; i < 1000; i++) if (isSo()) return;
    for (let since = performance.now(); !isSo(); ) {
      if (performance.now() - since < this.#longestSilence) continue;
      this.stop();
      this.#shared.fill(0, control.next, control.failed + 1);
      this.#shared[control.next] = closed;
      throw new DeviceError(
        "simd",
        "a worker thread does not answer: it was ended from outside; the op can be run again",
      );
    }
  }
}

/** A thread of the pool. */
interface Worker {
  end(): void;
}

/** What a worker is given. */
interface WorkerTools {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly scratch: number;
}

/** Starts a worker that does not keep the process alive.
 * @param onError what to do where it dies, or does not come to life: that shows later */
function startWorker(tools: WorkerTools, onError: (reason: unknown) => void): Worker {
  if (isNode()) {
    const { Worker: Thread } = nodeModule("worker_threads");
    // Flags and preloads are the program's: `--input-type`, `--require` and NODE_OPTIONS say nothing about this text.
    const thread = new Thread(workerSource, { eval: true, workerData: tools, execArgv: [], env: {} });
    thread.on("error", onError);
    thread.unref();
    return { end: () => void thread.terminate() };
  }
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new globalThis.Worker(url);
  worker.onerror = (event) => onError(event.message ?? "the page may not start workers from blobs: worker-src");
  worker.postMessage(tools);
  return { end: () => worker.terminate() };
}
