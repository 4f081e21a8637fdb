/** Compares what was found of a model with what its file says. */
import { type Comparison, compareNumbers, type Outcome } from "../outcome.js";
import { compareLists, compareRecords, grouped } from "./group.js";
import type { EvalNumbers, Logits, Norms, Static, TrainNumbers } from "./zoo-file.js";

/** The tolerance of a number, by its name among the deviations that the file tells of float32. */
export type Tolerance = (deviation: string) => number;

/** Whether numbers are compared as float64 ones. */
const isExact = (tolerance: number) => tolerance < 1e-8;

export function compareStatic(name: string, got: Static, expected: Static): Outcome[] {
  const { activations: a, macs } = got;
  const { activations: b } = expected;
  const group = (what: string, comparisons: readonly Comparison[]) => grouped(name, what, comparisons);
  return [
    group("params", compareRecords({ ...got.params }, { ...expected.params }, 0)),
    group("layers", compareRecords({ ...got.layers }, { ...expected.layers }, 0)),
    group("macs", [
      ...compareRecords(totalsOf(macs), totalsOf(expected.macs), 0),
      ...compareLists(macs.perLayer, expected.macs.perLayer),
    ]),
    group("activations", [
      ...compareRecords(peaksOf(a), peaksOf(b), 0),
      ...compareLists([a.peakShape], [b.peakShape]),
      ...compareRecords(a.byKind, b.byKind, 0),
      ...compareRecords(a.other, b.other, 0),
    ]),
    group("children", compareLists(got.children, expected.children)),
    group("stateDict", compareLists(got.stateDict, expected.stateDict)),
  ];
}

function totalsOf({ total, conv, linear }: Static["macs"]): Record<string, number> {
  return { total, conv, linear };
}

function peaksOf({ total, peak, peakInOut }: Static["activations"]): Record<string, number> {
  return { total, peak, peakInOut };
}

export function compareEval(name: string, got: EvalNumbers, expected: EvalNumbers, tolerance: Tolerance): Outcome[] {
  const group = (what: string, comparisons: readonly Comparison[]) => grouped(name, `eval ${what}`, comparisons);
  return [
    group("logits", compareLogits("", got.logits, expected.logits, tolerance("logits"))),
    group("stageNorms", compareStages(got.stageNorms, expected.stageNorms, tolerance("stageNormsMax"))),
  ];
}

export function compareTrain(name: string, got: TrainNumbers, expected: TrainNumbers, tolerance: Tolerance): Outcome[] {
  const group = (what: string, comparisons: readonly Comparison[]) => grouped(name, `train ${what}`, comparisons);
  const { lossParts, aux = {}, runningStats } = expected;
  return [
    group("loss", [
      compareNumbers("loss", got.loss, expected.loss, tolerance("loss")),
      ...(lossParts === undefined ? [] : compareRecords(got.lossParts ?? {}, lossParts, tolerance("loss"))),
    ]),
    group("logits", [
      ...compareLogits("", got.logits, expected.logits, tolerance("logits")),
      ...compareLists(Object.keys(got.aux ?? {}), Object.keys(aux)),
      ...Object.entries(aux).flatMap(([part, logits]) =>
        compareLogits(`${part}: `, got.aux?.[part], logits, tolerance("logits")),
      ),
    ]),
    group("inputGradNorm", [
      compareNumbers("inputGradNorm", got.inputGradNorm, expected.inputGradNorm, tolerance("inputGradNorm")),
    ]),
    group(
      "weightGradNorms",
      compareRecords(got.weightGradNorms, expected.weightGradNorms, tolerance("weightGradNormsMax")),
    ),
    group("stageGradNorms", compareStages(got.stageGradNorms, expected.stageGradNorms, tolerance("stageGradNormsMax"))),
    ...(runningStats === undefined
      ? []
      : [group("runningStats", compareStatistics(got, expected, tolerance("runningStats")))]),
  ];
}

/** Norms of stages; of one that did not run in the file nothing is told there. */
function compareStages(got: Norms, expected: Norms, tolerance: number): Comparison[] {
  const names = Object.keys(expected);
  return compareRecords(Object.fromEntries(names.map((name) => [name, got[name] ?? null])), expected, tolerance);
}

/** The order of the logits of one image matters as much as their size. A float32 logit is compared against the norm of all of
 * its image: small ones are differences of large terms. */
function compareLogits(what: string, got: Logits | undefined, expected: Logits, tolerance: number): Comparison[] {
  if (got === undefined) return [{ what: `${what}logits`, passed: false, detail: "there are none" }];
  return [
    compareNumbers(`${what}images`, got.first.length, expected.first.length, 0),
    ...expected.first.flatMap((row, i): Comparison[] => {
      const norm = expected.norm[i] ?? Number.NaN;
      const logits = row.map((value, j): Comparison => {
        const actual = got.first[i]?.[j];
        const scale = isExact(tolerance) ? Math.abs(value) : norm;
        const passed = actual !== undefined && Math.abs(actual - value) <= tolerance * scale;
        const detail = `expected ${value}, got ${actual} (tolerance ${tolerance} of ${scale})`;
        return { what: `${what}logit ${j} of image ${i}`, passed, detail };
      });
      return [
        ...logits,
        compareNumbers(`${what}norm of image ${i}`, got.norm[i] ?? null, norm, tolerance),
        compareNumbers(`${what}argmax of image ${i}`, got.argmax[i] ?? null, expected.argmax[i] ?? Number.NaN, 0),
      ];
    }),
  ];
}

function compareStatistics(got: TrainNumbers, expected: TrainNumbers, tolerance: number): Comparison[] {
  const [actual = [], wanted = []] = [got.runningStats, expected.runningStats];
  return [
    compareNumbers("batch norms", actual.length, wanted.length, 0),
    ...wanted.flatMap(({ name, momentum, eps, meanNorm, varNorm }, i) => {
      const one = actual[i];
      return [
        ...compareLists([[one?.name, one?.momentum, one?.eps]], [[name, momentum, eps]]),
        compareNumbers(`running mean of ${name}`, one?.meanNorm ?? null, meanNorm, tolerance),
        compareNumbers(`running variance of ${name}`, one?.varNorm ?? null, varNorm, tolerance),
      ];
    }),
  ];
}
