/** `livegrad gradient-flow`: the experiment, its progress, and its report. */
import { availableParallelism } from "node:os";
import { SingleBar } from "cli-progress";
import { type Command, InvalidArgumentError } from "commander";
import type { DeviceName } from "../device/device.js";
import { currentDevice, deviceNames, setDevice } from "../device/select.js";
import { ValueError } from "../errors.js";
import { assemble, imagesNeeded, workOf } from "../experiments/gradient-flow.js";
import { checkBatch, type GradientFlowSettings, plan, type RunPlan, settle } from "../experiments/plan.js";
import type { GradientFlowTrace, RunRecord } from "../trace/records.js";
import { answerInWords } from "../trace/report/answer.js";
import { summarize } from "../trace/report/summary.js";
import { type ImageSource, loadImages } from "./images.js";
import { runPool } from "./pool.js";
import { summaryTable, terminalPlot } from "./terminal.js";
import { checkWritable, writeReport } from "./write-report.js";

interface Flags {
  readonly depth?: number[];
  readonly shortcut?: GradientFlowSettings["shortcuts"];
  readonly norm?: GradientFlowSettings["norms"];
  readonly init?: GradientFlowSettings["inits"];
  readonly width?: number;
  readonly batch?: number;
  readonly seeds?: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly lr?: number;
  readonly data?: string;
  readonly device?: DeviceName;
  readonly jobs?: number;
  readonly out: string;
}

/** Adds the command to the program. */
export function addGradientFlow(program: Command): void {
  program
    .command("gradient-flow")
    .description("measure how gradients travel back through plain and residual nets, and report it")
    .option("--depth <list>", "weighted layers, each 6n + 2 (default: 20,56)", numbers)
    .option("--shortcut <list>", "none, identity (option A), A, B, C (default: none,identity)", words)
    .option("--norm <list>", "none, batch (default: none,batch)", words)
    .option("--init <list>", "xavier, xavierUniform, kaiming, kaimingUniform, orthogonal (default: xavier)", words)
    .option("--width <n>", "channels of the first stage (default: 16)", number)
    .option("--batch <n>", "images per batch (default: 32; npm start passes 16)", number)
    .option("--seeds <n>", "networks per configuration (default: 3)", number)
    .option("--seed <n>", "seed of the first (default: 0)", number)
    .option("--steps <n>", "optimiser steps; 0 looks at the initialisation alone (default: 0)", number)
    .option("--lr <rate>", "learning rate of SGD with momentum 0.9 (default: 0.01)", number)
    .option("--data <folder>", "CIFAR-10 in its binary format (default: images that livegrad draws)")
    .option("--device <name>", `${deviceNames.join(", ")} (default: the fastest, or LIVEGRAD_DEVICE)`)
    .option("--jobs <n>", "networks that run at a time (default: one a processor)", number)
    .option("--out <folder>", "where report.html, figures, trace.csv and trace.json go", "runs/gradient-flow")
    .action((flags: Flags) => gradientFlowCommand(flags));
}

async function gradientFlowCommand(flags: Flags): Promise<void> {
  const settings = settle({
    depths: flags.depth,
    shortcuts: flags.shortcut,
    norms: flags.norm,
    inits: flags.init,
    width: flags.width,
    batch: flags.batch,
    seeds: flags.seeds,
    seed: flags.seed,
    steps: flags.steps,
    lr: flags.lr,
  } as Partial<GradientFlowSettings>);
  if (flags.jobs !== undefined && !(Number.isSafeInteger(flags.jobs) && flags.jobs >= 1)) {
    throw new ValueError("gradient-flow", `jobs must be an integer of at least 1, got ${flags.jobs}`);
  }
  if (flags.device !== undefined) setDevice(flags.device);
  const device = currentDevice();
  const images: ImageSource = { folder: flags.data ?? null, count: imagesNeeded(settings) };
  const dataset = await loadImages(images);
  checkBatch(settings, dataset);
  const data = dataset.name;
  await checkWritable(flags.out);

  const plans = plan(settings);
  const jobs = flags.jobs ?? (device.hostMemory ? availableParallelism() : 1);
  const interrupt = listenForInterrupt();
  console.log(headline(settings, plans.length, data, device.name, jobs));
  const progress = new Progress(plans, settings);
  const runs: RunRecord[] = [];
  let provenance: string | null = null;
  let failure: unknown;
  try {
    provenance = await runPool(
      plans,
      { device: device.name, threads: Math.max(1, Math.floor(availableParallelism() / jobs)), settings, images },
      {
        jobs,
        signal: interrupt.signal,
        onRecord: (one, record) => {
          runs.push(record);
          progress.add(one, record);
        },
      },
    );
  } catch (error) {
    failure = error; // thrown once what the other networks recorded is written
  } finally {
    progress.stop();
    interrupt.stop();
  }
  const interrupted = interrupt.signal.aborted;
  const complete = !interrupted && failure === undefined;
  runs.sort((a, b) => order(plans, a) - order(plans, b) || a.step - b.step);
  const found = { device: device.name, provenance: provenance ?? device.provenance, data, complete, runs };
  if (runs.length > 0 || interrupted) await tell(assemble(settings, found), flags.out);
  if (failure !== undefined) throw failure;
  if (interrupted) process.exitCode = 130;
}

/** The closing report, on the terminal and in files. */
async function tell(trace: GradientFlowTrace, out: string): Promise<void> {
  if (trace.runs.length === 0) {
    console.log("interrupted before the first network was done; nothing was written");
    return;
  }
  const color = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const width = Math.min(process.stdout.columns ?? 100, 120);
  const files = await writeReport(trace, out);
  const steps = new Set(trace.runs.map((run) => run.step)).size;
  console.log(`\n${terminalPlot(trace, { width, color })}`);
  console.log(`\n${steps > 1 ? "At initialisation:\n" : ""}${summaryTable(summarize(trace), { color })}`);
  if (steps > 1) {
    console.log(`\nAfter training:\n${summaryTable(summarize(trace, { step: "last" }), { color })}`);
    console.log(`\n${losses(trace)}`);
  }
  console.log(`\n${answerInWords(summarize(trace)).join("\n")}`);
  if (!trace.complete) console.log("\nInterrupted: this is what was computed until then.");
  console.log(`\nWritten: ${files.join(", ")}`);
}

/** First and last loss of every network. */
function losses(trace: GradientFlowTrace): string {
  const names = [...new Set(trace.runs.map(networkName))];
  return names
    .map((name) => {
      const runs = trace.runs.filter((run) => networkName(run) === name);
      const [first, last] = [runs[0], runs.at(-1)];
      return `${name}: loss ${first?.loss.toFixed(3)} at step ${first?.step}, ${last?.loss.toFixed(3)} at step ${last?.step}`;
    })
    .join("\n");
}

function networkName({ depth, shortcut, norm, init, seed }: RunRecord): string {
  return `depth ${depth}, shortcut ${shortcut}, norm ${norm}, ${init}, seed ${seed}`;
}

function order(plans: readonly RunPlan[], run: RunRecord): number {
  const { depth, shortcut, norm, init, seed } = run;
  return plans.findIndex(
    (p) => p.depth === depth && p.shortcut === shortcut && p.norm === norm && p.init === init && p.seed === seed,
  );
}

function headline(
  settings: GradientFlowSettings,
  networks: number,
  data: string,
  device: string,
  jobs: number,
): string {
  const { width, batch, steps } = settings;
  const training = steps === 0 ? "at initialisation" : `over ${steps} steps`;
  return `${networks} networks ${training}: width ${width}, batch ${batch}, images: ${data}, device ${device}, ${Math.min(jobs, networks)} at a time`;
}

/** A bar with the time left, or lines where there is no terminal. */
class Progress {
  readonly #work: ReturnType<typeof workOf>;
  readonly #bar: SingleBar;
  readonly #seen = new Map<string, number>();
  readonly #started = performance.now();
  #printed = 0;

  constructor(plans: readonly RunPlan[], settings: GradientFlowSettings) {
    this.#work = workOf(plans, settings);
    this.#bar = new SingleBar({
      format: "{bar} {percentage}% | {left} left | {what}",
      clearOnComplete: true,
      hideCursor: null,
      stream: process.stdout,
    });
    if (process.stdout.isTTY) this.#bar.start(1000, 0, { left: "…", what: "starting" });
  }

  add(plan: RunPlan, record: RunRecord): void {
    const name = networkName(record);
    this.#work.add(plan, record.step - (this.#seen.get(name) ?? -1));
    this.#seen.set(name, record.step);
    const fraction = this.#work.fraction();
    const elapsed = (performance.now() - this.#started) / 1000;
    const left = duration((elapsed / fraction) * (1 - fraction));
    const what = `depth ${plan.depth}, shortcut ${plan.shortcut}, norm ${plan.norm}, seed ${plan.seed}, step ${record.step}`;
    if (process.stdout.isTTY) {
      this.#bar.update(Math.round(fraction * 1000), { left, what });
    } else if (fraction - this.#printed >= 0.1 || fraction >= 1) {
      this.#printed = fraction;
      console.log(`${Math.round(fraction * 100)} % | ${left} left | ${what}`);
    }
  }

  stop(): void {
    this.#bar.stop();
  }
}

function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

/** The first Ctrl-C ends the work and keeps what was computed; a second one ends the process. */
function listenForInterrupt(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}

function words(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function numbers(text: string): number[] {
  return words(text).map(number);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}
