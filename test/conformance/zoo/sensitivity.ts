/** How far float32 decides what a training pass gives: a ReLU or a max-pooling whose inputs differ by less than rounding may decide
 * either way, and what comes back through it moves by far more than rounding. */
import type { ZooNet } from "../../../src/index.js";
import type { Tolerance } from "./compare.js";
import { trainNumbers } from "./numbers.js";
import type { Logits, Norms, Run, TrainNumbers } from "./zoo-file.js";

/** Passes on inputs that are moved by a rounding each. */
const MOVED = 3;
/** What the moved inputs leave may deviate from each other by this much less than one device from another: they share the order of
 * their sums. */
const BETWEEN_DEVICES = 4;
/** Beyond this a deviation is no rounding, whatever it came from. */
const MOST = 1e-2;

/** Tolerances of a training pass on a float32 device: those of the file, or, where that is more, what a rounding of the input moves
 * the numbers of the group by.
 * @param got what the pass gave on the input as it is */
export async function roundingTolerance(
  model: ZooNet,
  run: Run,
  {
    got,
    lossWeights,
    stated,
  }: {
    readonly got: TrainNumbers;
    readonly lossWeights: Readonly<Record<string, number>> | undefined;
    readonly stated: Tolerance;
  },
): Promise<Tolerance> {
  const moved: TrainNumbers[] = [];
  for (let seed = 1; seed <= MOVED; seed++) moved.push(await trainNumbers(model, run, lossWeights, seed));
  const largest = (of: (numbers: TrainNumbers) => Readonly<Record<string, number | null>>) =>
    Math.max(...moved.map((one) => deviation(of(got), of(one))));
  const spreads: Readonly<Record<string, number>> = {
    loss: largest(({ loss }) => ({ loss })),
    logits: largest(({ logits }) => byImage(logits)),
    inputGradNorm: largest(({ inputGradNorm }) => ({ inputGradNorm })),
    weightGradNormsMax: largest(({ weightGradNorms }) => weightGradNorms),
    stageGradNormsMax: largest(({ stageGradNorms }) => stageGradNorms),
  };
  return (name) => Math.max(stated(name), Math.min(MOST, BETWEEN_DEVICES * (spreads[name] ?? 0)));
}

/** Largest relative difference of two records. */
function deviation(one: Norms, other: Norms): number {
  return Math.max(
    0,
    ...Object.entries(one).map(([name, value]) =>
      value === null || value === 0 ? 0 : Math.abs((other[name] ?? Number.NaN) / value - 1),
    ),
  );
}

function byImage({ norm }: Logits): Record<string, number> {
  return Object.fromEntries(norm.map((value, i) => [String(i), value]));
}
