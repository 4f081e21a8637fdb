/** The process that measures one net: a process of its own, so that its peak of memory is the net's, and a net that does not fit takes
 * nothing else with it. */
import { quantile } from "simple-statistics";
import { noGrad } from "../../autograd/modes.js";
import { tidy } from "../../autograd/scope.js";
import { Tensor } from "../../autograd/tensor.js";
import type { DeviceName } from "../../device/device.js";
import { currentDevice, getThreads, setDevice } from "../../device/select.js";
import { lossOf } from "../../experiments/models.js";
import { type BatchRun, type Energy, energyModel, type Timing } from "../../experiments/zoo/records.js";
import { zooModel } from "../../models/zoo.js";
import type { ZooModel, ZooNet } from "../../models/zoo-model.js";
import { fans, type Initializer } from "../../nn/init.js";
import { randn, tensor, zeros } from "../../ops/create.js";
import { SGD } from "../../optim/sgd.js";
import { generator } from "../../random.js";
import { sizeOf } from "../../shape.js";
import { energyMeter } from "./energy.js";

/** What the process is told. */
export interface NetTask {
  readonly name: string;
  readonly input: readonly [number, number, number];
  /** Rising. */
  readonly batches: readonly number[];
  readonly training: boolean;
  readonly device: DeviceName | null;
  /** How long one thing is measured, in seconds; longer where three runs take longer. */
  readonly seconds: number;
  /** For the model of the energy: multiply-accumulates, and numbers moved, for an image and for any batch. */
  readonly macs: number | null;
  readonly outputs: number | null;
}

/** What it says. */
export type NetMessage =
  | { readonly kind: "ready"; readonly device: string; readonly provenance: string }
  | { readonly kind: "run"; readonly run: BatchRun }
  | { readonly kind: "failed"; readonly message: string };

const FEWEST_RUNS = 3;
const MOST_RUNS = 200;

async function main(): Promise<void> {
  process.on("SIGINT", () => undefined); // the command ends this process when it is done with it
  const task = JSON.parse(process.argv[2] ?? "") as NetTask;
  try {
    if (task.device !== null) setDevice(task.device);
    const device = currentDevice();
    const threads = device.name === "simd" ? `, ${getThreads()} ${getThreads() === 1 ? "thread" : "threads"}` : "";
    send({ kind: "ready", device: device.name, provenance: `${device.provenance}${threads}` });
    const model = zooModel(task.name);
    const net = model.make({ generator: generator(0), init: quickNormal() });
    const found: BatchRun[] = [];
    for (const batch of task.batches) {
      const run = await attempt(nothing(batch), () => forwardRun(net, batch, task));
      found.push(run);
      send({ kind: "run", run });
      if (run.failure !== null) break; // larger ones do not fit either
    }
    if (!task.training) return;
    for (const before of found.filter(({ failure }) => failure === null)) {
      const run = await attempt(before, async () => ({
        ...before,
        ...(await trainingRun(model, net, before.batch, task)),
      }));
      send({ kind: "run", run });
      if (run.failure !== null) break;
    }
  } catch (error) {
    send({ kind: "failed", message: messageOf(error) });
  }
}

/** What is measured, or what was measured before and why no more could be. */
async function attempt(before: BatchRun, measure: () => Promise<BatchRun>): Promise<BatchRun> {
  try {
    return await measure();
  } catch (error) {
    return { ...before, failure: messageOf(error) };
  }
}

function nothing(batch: number): BatchRun {
  return {
    batch,
    forward: null,
    training: null,
    forwardMemory: null,
    trainingMemory: null,
    energy: null,
    failure: null,
  };
}

async function forwardRun(net: ZooNet, batch: number, task: NetTask): Promise<BatchRun> {
  net.eval();
  const x = images(batch, task);
  try {
    const meter = energyMeter();
    const { timing, joules } = await timed(
      () => noGrad(() => tidy(() => logitsOf(net.forward(x)).dataSync()[0])),
      task,
      meter,
    );
    const energy: Energy | null =
      joules !== null
        ? { kind: "measured", joules: joules / batch }
        : task.macs === null || task.outputs === null
          ? null
          : { kind: "modelled", joules: energyModel(task.macs, task.outputs + parametersOf(net) / batch) };
    return { ...nothing(batch), forward: timing, forwardMemory: peak(), energy };
  } finally {
    x.dispose();
  }
}

async function trainingRun(
  model: ZooModel,
  net: ZooNet,
  batch: number,
  task: NetTask,
): Promise<Pick<BatchRun, "training" | "trainingMemory">> {
  net.train();
  const optimizer = new SGD(net.parameters(), { lr: 1e-4, momentum: 0.9 });
  const x = images(batch, task);
  const labels = zeros([batch], { dtype: "int32" }); // a class that every net has
  const step = () =>
    tidy(() => {
      const loss = lossOf(model, net.forward(x), labels);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.itemSync();
    });
  const { timing } = await timed(step, task, null);
  return { training: timing, trainingMemory: peak() };
}

function logitsOf(output: ReturnType<ZooNet["forward"]>): Tensor {
  return output instanceof Tensor ? output : output.logits;
}

/** One run that compiles, then runs until the time is up. */
async function timed(
  run: () => unknown,
  { seconds }: NetTask,
  meter: (() => () => number) | null,
): Promise<{ timing: Timing; joules: number | null }> {
  run();
  const samples: number[] = [];
  const end = meter?.();
  const start = performance.now();
  while (samples.length < FEWEST_RUNS || (performance.now() - start < 1000 * seconds && samples.length < MOST_RUNS)) {
    const before = performance.now();
    run();
    samples.push(performance.now() - before);
    await new Promise((resolve) => setImmediate(resolve)); // what was let go is collected
  }
  const joules = end === undefined ? null : end() / samples.length;
  const [lower, middle, upper] = [0.25, 0.5, 0.75].map((p) => quantile(samples, p)) as [number, number, number];
  return { timing: { median: middle, lower, upper, runs: samples.length }, joules };
}

function images(batch: number, { input }: NetTask): Tensor {
  return randn([batch, ...input], { generator: generator(1) });
}

function parametersOf(net: ZooNet): number {
  return net.parameters().reduce((sum, { size }) => sum + size, 0);
}

/** Kaiming's standard deviation, from a block of normal numbers that is used again and again: drawing 138 million would take longer
 * than what is measured, and no time depends on which numbers they are. */
function quickNormal(): Initializer {
  const random = generator(0);
  const block = Float32Array.from({ length: 65_537 }, () => random.normal());
  return (shape) => {
    const std = Math.sqrt(2 / fans(shape).fanIn);
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = std * (block[i % block.length] as number);
    return tensor(values, { shape });
  };
}

/** Most bytes that this process has held. */
function peak(): number {
  return 1024 * process.resourceUsage().maxRSS;
}

function send(message: NetMessage): void {
  process.send?.(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main();
// What was sent goes out before the process ends; a WebGPU driver would keep it alive.
process.send?.({ kind: "done" }, () => process.exit());
