/** `livegrad degradation`: trains plain and residual nets of several depths, and reports whether depth makes them worse. */
import { totalmem } from "node:os";
import { formatBytes } from "../../data/memory.js";
import type { DeviceName } from "../../device/device.js";
import { currentDevice, setDevice, setThreads } from "../../device/select.js";
import { ValueError } from "../../errors.js";
import { checkDegradationMemory, degradationMemory } from "../../experiments/degradation/cost.js";
import { checkedData, resultOf } from "../../experiments/degradation/degradation.js";
import { degradationFigures } from "../../experiments/degradation/figures.js";
import { degradationJson } from "../../experiments/degradation/files.js";
import { Findings } from "../../experiments/degradation/findings.js";
import { degradationHtml } from "../../experiments/degradation/page.js";
import type { DegradationResult } from "../../experiments/degradation/records.js";
import {
  type DegradationSettings,
  type ImageSettings,
  planDegradation,
  settleDegradation,
  settleImages,
} from "../../experiments/degradation/settings.js";
import type { DegradationTask } from "../../experiments/degradation/train-network.js";
import { memoryLimit } from "../../experiments/memory.js";
import type { Optional } from "../../experiments/plan.js";
import { duration } from "../../train/logs/duration.js";
import { DIVERGED } from "../exit-status.js";
import { type ImageSource, loadImages } from "../images.js";
import { type Interrupt, listenForInterrupt } from "../interrupt.js";
import { runPool } from "../pool.js";
import { Progress } from "../progress.js";
import type { WrittenFiles } from "../run-folder/index.js";
import { checkJobs, type Share, shareProcessors, shareWords } from "../share.js";
import { openReportFolder, printWritten, REPORT, type ReportFolder, svgFiles, writeReport } from "../write-report.js";
import { measurePace, secondsFor, stepsIn } from "./estimate.js";
import { printResult } from "./terminal.js";

/** The options of the command line. */
export interface DegradationFlags extends Optional<DegradationSettings>, Optional<ImageSettings> {
  readonly minutes?: number;
  readonly data?: string;
  readonly device?: DeviceName;
  readonly jobs?: number;
  readonly out: string;
}

/** Runs the experiment and reports it. Ctrl-C keeps what was found. */
export async function degradationCommand(flags: DegradationFlags): Promise<void> {
  const { minutes, data = null, device, jobs, out, images, testImages, size, ...chosen } = flags;
  checkMinutes(minutes, chosen.steps);
  checkJobs("degradation", jobs);
  const settings = settleDegradation(chosen);
  const count = settleImages({ images, testImages, size }, settings);
  if (device !== undefined) setDevice(device);
  const share = shareProcessors(currentDevice(), jobs);
  const input = [3, count.size, count.size] as const;
  const sources = {
    train: { folder: data, count: count.images, input },
    test: { folder: data, count: count.testImages, input, split: "test" },
  } as const;
  const like = await loadImages({ folder: null, count: 1, input });
  checkDegradationMemory({ settings, train: like, test: like }, share.jobs, count, Math.min(totalmem(), memoryLimit()));
  const loaded = { train: await loadImages(sources.train), test: await loadImages(sources.test) };
  const task = { settings, ...checkedData(loaded, settings) };
  const folder = await openReportFolder("degradation", out);
  const interrupt = listenForInterrupt();
  try {
    const { result, failure } = await runExperiment(task, { sources, share, minutes: minutes ?? null, interrupt });
    if (result.networks.length > 0) {
      printResult(result, failure !== undefined); // before any file is written, which may fail
      printWritten(await write(result, folder));
    } else if (interrupt.signal.aborted) {
      console.log("interrupted before the first network was tested; nothing was written");
    }
    if (failure !== undefined) throw failure;
    process.exitCode = interrupt.status() ?? (hasDiverged(result) ? DIVERGED : 0);
  } finally {
    folder.close();
    interrupt.stop();
  }
}

function checkMinutes(minutes: number | undefined, steps: number | undefined): void {
  if (minutes === undefined) return;
  if (steps !== undefined) throw new ValueError("degradation", "give --steps or --minutes, not both");
  if (minutes > 0 && minutes <= 100_000) return;
  throw new ValueError("degradation", `minutes must be above 0 and at most 100000, got ${minutes}`, {
    actual: minutes,
  });
}

interface Surroundings {
  readonly sources: { readonly train: ImageSource; readonly test: ImageSource };
  readonly share: Share;
  readonly minutes: number | null;
  readonly interrupt: Interrupt;
}

/** Measures the pace, says what is going to happen, and trains the networks.
 * @returns what was found, and the failure of one of them, which ended the rest */
async function runExperiment(
  asked: DegradationTask,
  { sources, share, minutes, interrupt }: Surroundings,
): Promise<{ result: DegradationResult; failure: unknown }> {
  const { device, threads } = share;
  const plans = planDegradation(asked.settings);
  const jobs = Math.min(share.jobs, plans.length);
  if (device.name === "simd") setThreads(threads);
  const pace = await measurePace(asked);
  const steps = minutes === null ? asked.settings.steps : stepsIn(minutes, pace, jobs);
  const settings = { ...asked.settings, steps };
  const task = { ...asked, settings };
  const takes = `about ${formatBytes(degradationMemory(task, jobs))} of memory and ${duration(secondsFor(pace, steps, jobs))}`;
  console.log(`${planWords(task, plans.length)}, ${shareWords({ ...share, jobs })}, ${takes}`);
  const progress = new Progress(plans, steps);
  const findings = new Findings(plans);
  let provenance: string | null = null;
  let failure: unknown;
  try {
    provenance = await runPool(
      plans,
      { experiment: "degradation", device: device.name, threads, task: { settings, ...sources } },
      {
        ...{ jobs, hasOwnCode: false, signal: interrupt.signal },
        onRecord: (plan, point) => {
          findings.add(plan, point);
          progress.reach(plan, point.step, point.step);
        },
      },
    );
  } catch (error) {
    failure = error;
  } finally {
    progress.stop();
  }
  const ran = { device: device.name, provenance: provenance ?? device.provenance };
  return { result: resultOf(task, findings, ran), failure };
}

function planWords({ settings, train, test }: DegradationTask, networks: number): string {
  const { form, depths, width, steps, batch } = settings;
  const nets = `${networks} networks of ${depths.join(" and ")} layers in ${form === "cifar" ? "CIFAR" : "ImageNet"}'s form, width ${width}`;
  const images = `images: ${train.name}, ${train.length} to train on and ${test.length} to test on`;
  return `${nets}, ${steps} steps of batch ${batch}, ${images}`;
}

function write(result: DegradationResult, folder: ReportFolder): Promise<WrittenFiles> {
  return writeReport(folder, [{ name: "results.json", text: degradationJson(result) }], async () => [
    ...(await svgFiles(degradationFigures(result))),
    { name: REPORT, text: degradationHtml(result, { echartsSource: folder.echartsSource }) },
  ]);
}

function hasDiverged({ networks }: DegradationResult): boolean {
  return networks.some(({ points }) => points.some(({ trainingLoss }) => !Number.isFinite(trainingLoss)));
}
