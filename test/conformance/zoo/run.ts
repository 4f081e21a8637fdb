/** Runs a `livegrad-zoo/1` file: an architecture, everything that PyTorch says of it. */
import { type DeviceName, withDevice } from "../../../src/index.js";
import { type Outcome, passed } from "../outcome.js";
import { compareEval, compareStatic, compareTrain } from "./compare.js";
import { makeModel } from "./definition.js";
import { threw } from "./group.js";
import { withNeedless } from "./needless.js";
import { evalNumbers, trainNumbers } from "./numbers.js";
import { roundingTolerance } from "./sensitivity.js";
import { staticOf } from "./static.js";
import type { Numbers, ZooFile } from "./zoo-file.js";

/** Runs every part; runs that would take longer than a minute on the device only if `all`. */
export function runZooFile(file: ZooFile, device: DeviceName, all: boolean): Promise<Outcome[]> {
  return withDevice(device, async () => {
    const outcomes = await orThrew(file.name, "model", () => {
      const known = new Set(file.static.children.map(([child]) => child));
      const got = staticOf(() => makeModel(file.definition), file.static.macs.input, known);
      return compareStatic(file.name, withNeedless(got, file.definition, file.static.children), file.static);
    });
    for (const run of file.numbers) {
      const name = `${file.name} ${titleOf(run)}`;
      const isLong = gigaMacs(file, run) * (secondsPerGigaMac[device] ?? 12) > 60;
      outcomes.push(
        ...(isLong && !all
          ? skipped(name, run, `it takes more than a minute on ${device} (--all runs it)`)
          : await orThrew(name, "numbers", () => compareRun(name, file, run, device))),
      );
    }
    return outcomes;
  });
}

async function compareRun(name: string, file: ZooFile, run: Numbers, device: DeviceName): Promise<Outcome[]> {
  const { eval: inEval, train, float32Deviation } = run;
  const model = makeModel(file.definition, run);
  const tolerance =
    (deviations: Readonly<Record<string, number>> = {}) =>
    (deviation: string) =>
      device === "reference" ? 1e-9 : Math.max(1e-4, 10 * (deviations[deviation] ?? 0));
  const outcomes: Outcome[] = [];
  if (inEval !== undefined) {
    outcomes.push(...compareEval(name, await evalNumbers(model, run), inEval, tolerance(float32Deviation.eval)));
  }
  if (train !== undefined) {
    const { lossWeights } = train;
    const got = await trainNumbers(model, run, lossWeights);
    const stated = tolerance(float32Deviation.train);
    const compared = compareTrain(name, got, train, stated);
    const decides = device !== "reference" && !compared.every(passed);
    outcomes.push(
      ...(decides
        ? compareTrain(name, got, train, await roundingTolerance(model, run, { got, lossWeights, stated }))
        : compared),
    );
  }
  return outcomes;
}

/** About, of one core; that of `reference` serves for every other device. */
const secondsPerGigaMac: Partial<Readonly<Record<DeviceName, number>>> = { reference: 12, simd: 0.5 };

/** Billions of multiply-accumulates that a run takes; a backward pass takes those of two forward ones. */
function gigaMacs({ static: { macs } }: ZooFile, { batch, size, eval: inEval, train }: Numbers): number {
  const [, height = 1, width = 1] = macs.input;
  const forward = (macs.total * batch * size[0] * size[1]) / (height * width);
  return (forward * ((inEval === undefined ? 0 : 1) + (train === undefined ? 0 : 3))) / 1e9;
}

function skipped(name: string, { eval: inEval, train }: Numbers, because: string): Outcome[] {
  const parts = { eval: inEval, train };
  return Object.entries(parts).flatMap(([part, expected]) =>
    expected === undefined ? [] : [{ name, op: `${name} ${part}`, skipped: true, because, comparisons: [] }],
  );
}

async function orThrew(model: string, group: string, fn: () => Outcome[] | Promise<Outcome[]>): Promise<Outcome[]> {
  try {
    return await fn();
  } catch (error) {
    return [threw(model, group, error)];
  }
}

/** Tells the runs of a file apart: `2×64×64 v4`, with what is dropped. */
function titleOf({ batch, size, salt, column, masks, closed }: Numbers): string {
  const dropped =
    column !== undefined ? `column ${column}` : masks !== undefined ? "masks" : closed !== undefined ? "closed" : "";
  return [`${batch}×${size.join("×")}`, salt, dropped].filter((part) => part !== "").join(" ");
}
