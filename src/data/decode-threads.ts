/** Threads that decode images in plain JavaScript, in Node: they start when there is work and end when there is none. */
import { DataError } from "../errors.js";
import { type CallPlainly, type Plain, type PlainDecoder, pathOfPackage } from "./node-decoders.js";

type Thread = import("node:worker_threads").Worker;

/** One image to decode. */
interface Task {
  readonly op: string;
  readonly decoder: PlainDecoder;
  readonly bytes: Uint8Array;
  readonly resolve: (plain: Plain) => void;
  readonly reject: (reason: Error) => void;
}

/** What a thread answers: pixels, or why there are none. */
type Answer = { readonly plain: Plain } | { readonly reason: string };

/** What a thread is at: a task, or nothing, until a timer ends it. */
interface Occupation {
  readonly task: Task | undefined;
  readonly rest: ReturnType<typeof setTimeout> | undefined;
}

/** Milliseconds without work after which a thread ends: longer than most training steps, so that it lives through an epoch. */
const PATIENCE = 2000;

/** What a thread runs: text, so that it starts alike from modules, CommonJS and TypeScript. */
const source = `"use strict";
const { parentPort } = require("node:worker_threads");
parentPort.on("message", ({ file, path, options, bytes }) => {
  try {
    const decode = path.reduce((found, name) => found[name], require(file));
    const { data, height, width } = decode(Buffer.from(bytes.buffer), options);
    const own = data.BYTES_PER_ELEMENT === 2 ? new Uint16Array(data) : new Uint8Array(data);
    parentPort.postMessage({ plain: { data: own, height, width } }, [own.buffer]);
  } catch (error) {
    parentPort.postMessage({ reason: error instanceof Error ? error.message : String(error) });
  }
});`;

/** Decodes in threads, up to a number of them. Nobody has to end them: one that has nothing to do does not keep the process
 * alive, and ends by itself. */
export class DecodeThreads {
  readonly #most: number;
  readonly #waiting: Task[] = [];
  /** The threads there are. */
  readonly #threads = new Map<Thread, Occupation>();

  /** @param most how many threads at once */
  constructor(most: number) {
    this.#most = most;
  }

  /** Decodes in the next thread that is free. */
  readonly call: CallPlainly = (op, decoder, bytes) =>
    new Promise((resolve, reject) => {
      this.#waiting.push({ op, decoder, bytes, resolve, reject });
      const free = [...this.#threads].find(([, { task }]) => task === undefined);
      if (free !== undefined) this.#next(free[0]);
      else if (this.#threads.size < this.#most) this.#next(this.#hire());
    });

  #hire(): Thread {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    // Flags and preloads are the program's: they say nothing about this text.
    const thread = new Worker(source, { eval: true, execArgv: [], env: {} });
    thread.on("message", (answer: Answer) => this.#take(thread, answer));
    thread.on("error", (error) => this.#lose(thread, error));
    thread.on("exit", () => this.#lose(thread, "it was ended from outside"));
    return thread;
  }

  /** Gives a thread its next task; where there is none, it ends if that stays so. */
  #next(thread: Thread): void {
    clearTimeout(this.#threads.get(thread)?.rest);
    const task = this.#waiting.shift();
    if (task === undefined) {
      thread.unref();
      const rest = setTimeout(() => this.#end(thread), PATIENCE);
      rest.unref();
      this.#threads.set(thread, { task, rest });
      return;
    }
    this.#threads.set(thread, { task, rest: undefined });
    thread.ref();
    try {
      const bytes = task.bytes.slice(); // to be given away
      const { path, options, package: name } = task.decoder;
      thread.postMessage({ file: pathOfPackage(task.op, name), path, options, bytes }, [bytes.buffer]);
    } catch (error) {
      task.reject(error as Error);
      this.#next(thread);
    }
  }

  #take(thread: Thread, answer: Answer): void {
    const task = this.#threads.get(thread)?.task;
    if ("plain" in answer) task?.resolve(answer.plain);
    else task?.reject(new Error(answer.reason));
    this.#next(thread);
  }

  /** A thread is no more, and was not ended here: what it was at has failed, the rest goes to another one. */
  #lose(thread: Thread, reason: unknown): void {
    const lost = this.#threads.get(thread);
    if (lost === undefined) return;
    clearTimeout(lost.rest);
    this.#threads.delete(thread);
    const { task } = lost;
    task?.reject(
      new DataError(task.op, `a thread that decodes images was lost (${String(reason)})`, { cause: reason }),
    );
    if (this.#waiting.length > 0) this.#next(this.#hire());
  }

  #end(thread: Thread): void {
    this.#threads.delete(thread);
    void thread.terminate();
  }
}
