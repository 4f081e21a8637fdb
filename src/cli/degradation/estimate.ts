/** How long the degradation command is going to take: measured with a few steps of each net on this machine. */
import { batches } from "../../data/loader.js";
import { ValueError } from "../../errors.js";
import { planDegradation, RECORDS } from "../../experiments/degradation/settings.js";
import { type DegradationTask, Training } from "../../experiments/degradation/train-network.js";
import { generator } from "../../random.js";
import { duration } from "../../train/logs/duration.js";

/** Seconds of a step and of a test, of all networks together. */
export interface Pace {
  readonly step: number;
  readonly test: number;
}

/** One step compiles the kernels; these are timed. */
const TIMED_STEPS = 2;
/** A test image takes a forward pass; one in training takes a backward pass besides, of twice the work. */
const TEST_SHARE = 1 / 3;

/** Trains each net for a moment. */
export async function measurePace(task: DegradationTask): Promise<Pace> {
  const { settings, train, test } = task;
  let step = 0;
  for (const plan of planDegradation({ ...settings, seeds: 1 })) {
    const random = generator(settings.seed);
    const training = new Training(plan, task, random.split());
    const source = batches(train, { batchSize: settings.batch, generator: random, dropLast: true, epochs: Infinity });
    let start = performance.now();
    for (let i = 0; i <= TIMED_STEPS; i++) {
      if (i === 1) start = performance.now();
      const { value } = source.next();
      await training.step(value, random, settings.lr);
    }
    step += (settings.seeds * (performance.now() - start)) / 1000 / TIMED_STEPS;
  }
  return { step, test: (step * TEST_SHARE * test.length) / settings.batch };
}

/** Seconds of the whole experiment, so many networks at a time. */
export function secondsFor({ step, test }: Pace, steps: number, jobs: number): number {
  return (steps * step + RECORDS * test) / jobs;
}

/** As many steps as fit into some minutes.
 * @throws ValueError if these are too few */
export function stepsIn(minutes: number, { step, test }: Pace, jobs: number): number {
  const steps = Math.floor((60 * minutes * jobs - RECORDS * test) / step);
  if (steps >= RECORDS) return steps;
  const least = duration(secondsFor({ step, test }, RECORDS, jobs));
  const rule = `${minutes} minutes are too few: the least, ${RECORDS} steps, take about ${least}`;
  throw new ValueError("degradation", `${rule}; lower seeds, width, batch or depths`, { actual: minutes });
}
