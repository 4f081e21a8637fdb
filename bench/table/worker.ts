/** The process that runs one framework: `node worker.js MODULE [KEY=VALUE…]`; requests come in on stdin as lines of JSON,
 * replies go out on stdout. */
import { createInterface } from "node:readline";
import { type Adapter, Lacking, type Reply, type Request, type Task } from "./framework.js";
import { type Digest, digestOf } from "./problem.js";

// What frameworks print must not mix with the replies.
console.log = console.info = console.warn = console.debug = console.error;
// Ctrl-C reaches the whole process group; the table ends this process when it is done.
process.on("SIGINT", () => undefined);

const [module = "", ...pairs] = process.argv.slice(2);
const adapters: Readonly<Record<string, () => Promise<Adapter>>> = {
  livegrad: () => import("./frameworks/livegrad.js"),
  tensorflow: () => import("./frameworks/tensorflow.js"),
  jax: () => import("./frameworks/jax.js"),
  "js-pytorch": () => import("./frameworks/js-pytorch.js"),
  convnetjs: () => import("./frameworks/convnetjs.js"),
  limits: () => import("./frameworks/limits.js"),
};

const reply = (message: Reply) => void process.stdout.write(`${JSON.stringify(message)}\n`);
let task: Task | null = null;

async function answer(request: Request, framework: Awaited<ReturnType<Adapter["start"]>>): Promise<Reply> {
  if (request.ask === "prepare") {
    task = await framework.task(request.problem, request.tensors);
    return { done: true };
  }
  if (task === null) throw new Error("no problem is prepared");
  if (request.ask === "check") return check(task, request.runs, request.milliseconds);
  if (request.ask === "time") return { milliseconds: await time(task, request.runs) };
  task.dispose?.();
  task = null;
  return { done: true };
}

/** At least two runs, if more than one is asked for: the second is a time without compiling. */
async function check(task: Task, runs: number, limit: number): Promise<Reply> {
  const digests: Digest[][] = [];
  const milliseconds: number[] = [];
  const end = performance.now() + limit;
  for (let run = 0; run < runs && (run < 2 || performance.now() < end); run++) {
    milliseconds.push(await time(task, 1));
    digests.push((await task.results()).map(digestOf));
  }
  return { digests, milliseconds };
}

async function time(task: Task, runs: number): Promise<number> {
  const start = performance.now();
  for (let run = 0; run < runs; run++) {
    const pending = task.run();
    if (pending !== undefined) await pending; // a needless await would cost what a small op does
  }
  return performance.now() - start;
}

async function main(): Promise<void> {
  const options = Object.fromEntries(pairs.map((pair) => pair.split("=", 2) as [string, string]));
  const start = performance.now();
  const adapter = await adapters[module]?.();
  if (adapter === undefined) throw new Error(`no framework is called ${module}`);
  const framework = await adapter.start(options);
  const { version, detail } = framework;
  reply({ version, detail, importing: performance.now() - start });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      reply(await answer(JSON.parse(line) as Request, framework));
    } catch (error) {
      task?.dispose?.();
      task = null;
      reply({ refusal: error instanceof Error ? error.message : String(error), lacking: error instanceof Lacking });
    }
  }
}

await main();
process.exit(); // whatever threads a framework still has
