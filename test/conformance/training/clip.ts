/** Runs a `training-clip-1` file: clipping, averaged weights, statistics of batch norms, cross entropy, mixed batches and groups
 * without weight decay. */
import * as livegrad from "../../../src/index.js";
import {
  AveragedWeights,
  BatchNorm2d,
  clipGradNorm,
  clipGradValue,
  crossEntropy,
  cutmix,
  type DeviceName,
  decayGroups,
  LayerNorm,
  LivegradError,
  Module,
  mixup,
  type Optimizer,
  Parameter,
  type Tensor,
  tensor,
  updateBn,
  withDevice,
} from "../../../src/index.js";
import type { Comparison, Outcome } from "../outcome.js";
import {
  atLeastOne,
  compareLists,
  isExact,
  numbersOf,
  outcomeOf,
  read,
  type Tolerance,
  type Written,
  type WrittenTensor,
  withNumbers,
} from "./numbers.js";

/** A case; what stands in it depends on the function. */
// biome-ignore lint/suspicious/noExplicitAny: nine kinds of cases, each read in one place
export type ClipCase = { readonly fn: string; readonly name: string; readonly [key: string]: any };

/** The file. */
export interface ClipFile {
  readonly format: "training-clip-1";
  readonly cases: readonly ClipCase[];
}

type Run = (one: ClipCase, tolerance: Tolerance) => Promise<Comparison[]>;

/** Runs every case of the file. */
export async function runClipFile({ cases }: ClipFile, device: DeviceName): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const tolerance = atLeastOne(isExact(device) ? 1e-12 : 1e-5);
  for (const one of cases) {
    const run = runs[one.fn];
    const skipped = { name: one.name, op: one.fn, skipped: true, comparisons: [] };
    if (run === undefined) outcomes.push(skipped);
    else if (!isExact(device) && one.name === "huge")
      outcomes.push({ ...skipped, because: "float32 has no such number" });
    else outcomes.push(await outcomeOf(one.name, one.fn, () => withDevice(device, () => run(one, tolerance))));
  }
  return outcomes;
}

const made = ({ shape, values }: WrittenTensor): Tensor => tensor(numbersOf(values), { shape });
const int32 = (values: readonly Written[]): Tensor => tensor(numbersOf(values), { dtype: "int32" });

/** Parameters with these gradients. */
function withGradients(gradients: readonly (readonly Written[] | null)[]): Parameter[] {
  return gradients.map((values) => {
    const parameter = new Parameter(tensor(new Array<number>(values?.length ?? 1).fill(0)));
    parameter.grad = values === null ? null : tensor(numbersOf(values));
    return parameter;
  });
}

async function compareGradients(parameters: readonly Tensor[], one: ClipCase, tolerance: Tolerance) {
  const comparisons = parameters.map(async ({ grad }, i) => {
    const expected = one["after"][i] === null ? null : numbersOf(one["after"][i]);
    return compareLists(`gradient ${i}`, await read(grad), expected, tolerance);
  });
  return Promise.all(comparisons);
}

const runs: Readonly<Record<string, Run>> = {
  async clipGradNorm(one, tolerance) {
    const { maxNorm, ...options } = withNumbers(one["options"]) as { maxNorm: number };
    const parameters = withGradients(one["grads"]);
    const comparisons: Comparison[] = [];
    if (one["throws"] === undefined) {
      const total = clipGradNorm(parameters, maxNorm, options);
      comparisons.push(compareLists("total", await total.data(), numbersOf([one["totalNorm"]]), tolerance));
    } else comparisons.push(refusal(() => clipGradNorm(parameters, maxNorm, options)));
    return [...comparisons, ...(await compareGradients(parameters, one, tolerance))];
  },

  async clipGradValue(one, tolerance) {
    const parameters = withGradients(one["grads"]);
    clipGradValue(parameters, one["options"].clipValue);
    return compareGradients(parameters, one, tolerance);
  },

  async averagedWeights(one, tolerance) {
    const names = Object.keys(one["shapes"]);
    const parameters = names.map((name) => new Parameter(livegrad.zeros(one["shapes"][name])));
    const average = new AveragedWeights(parameters, one["options"]);
    const comparisons: Comparison[] = [];
    for (const [step, values] of one["parameters"].entries()) {
      for (const [i, name] of names.entries())
        parameters[i]?.assign(made({ shape: one["shapes"][name], values: values[name] }));
      average.update();
      for (const [i, name] of names.entries()) {
        const got = await read(average.averages[i] ?? null);
        const expected = numbersOf(one["averages"][step][name]);
        comparisons.push(compareLists(`${name} after update ${step}`, got, expected, tolerance));
      }
    }
    return comparisons;
  },

  async updateBn(one, tolerance) {
    const norm = new BatchNorm2d(one["runningMean"].length);
    norm.forward(made(one["batches"][0])); // statistics that are to be forgotten
    await updateBn(norm, one["batches"].map(made));
    return [
      compareLists("runningMean", await read(norm.runningMean), numbersOf(one["runningMean"]), tolerance),
      compareLists("runningVar", await read(norm.runningVar), numbersOf(one["runningVar"]), tolerance),
      compareLists("batches", await read(norm.numBatchesTracked), [one["numBatchesTracked"]], tolerance),
    ];
  },

  async crossEntropy(one, tolerance) {
    const { weight, ...rest } = one["options"];
    const logits = made(one["logits"]);
    logits.requiresGrad = true;
    const { dtype, shape, values } = one["targets"];
    const target = tensor(numbersOf(values), dtype === "int64" ? { shape, dtype: "int32" } : { shape });
    const loss = crossEntropy(logits, target, weight === undefined ? rest : { ...rest, weight: tensor(weight) });
    loss.sum().backward();
    return [
      compareLists("loss", await loss.data(), numbersOf(one["loss"]), tolerance),
      compareLists("gradient", await read(logits.grad), numbersOf(one["gradOfSum"]), tolerance),
    ];
  },

  async mixup(one, tolerance) {
    const { lambda, permutation, classes: numClasses } = one as unknown as { lambda: number } & MixCase;
    const mixed = mixup(made(one["x"]), int32(one["labels"]), { lambda, permutation, numClasses });
    const logits = tensor(numbersOf(one["logits"]), { shape: [permutation.length, numClasses] });
    const loss = await crossEntropy(logits, mixed.targets).data();
    return [...(await compareMixed(mixed, one, tolerance)), compareLists("loss", loss, [one["loss"]], tolerance)];
  },

  async cutmix(one, tolerance) {
    const { lambda, permutation, classes: numClasses, centre } = one as unknown as { lambda: number } & MixCase;
    const mixed = cutmix(made(one["x"]), int32(one["labels"]), { lambda, permutation, numClasses, centre });
    return compareMixed(mixed, one, tolerance);
  },

  async weightDecayExclusion(one, tolerance) {
    const model = new Shapes(one);
    const { weightDecay, ...options } = one["options"];
    const Class = (livegrad as unknown as Record<string, new (groups: unknown, options: object) => Optimizer>)[
      one["optimizer"]
    ] as new (
      groups: unknown,
      options: object,
    ) => Optimizer;
    const groups = decayGroups(model, weightDecay);
    const optimizer = new Class(groups, options);
    const named = new Map<string, Tensor>(model.namedParameters());
    const decayed = [...named].filter(([, x]) => groups[0]?.params.includes(x)).map(([name]) => name);
    const comparisons: Comparison[] = [
      { what: "decayed", passed: decayed.sort().join() === [...one["decayed"]].sort().join(), detail: decayed.join() },
    ];
    for (const [step, gradients] of one["grads"].entries()) {
      for (const [name, x] of named) x.grad = tensor(numbersOf(gradients[name]), { shape: x.shape });
      optimizer.step();
      for (const [name, x] of named) {
        const expected = numbersOf(one["params"][step][name]);
        comparisons.push(compareLists(`${name} after step ${step}`, await read(x), expected, tolerance));
      }
    }
    return comparisons;
  },
};

interface MixCase {
  readonly permutation: readonly number[];
  readonly classes: number;
  readonly centre: { readonly y: number; readonly x: number };
}

async function compareMixed({ images, targets }: livegrad.MixedBatch, one: ClipCase, tolerance: Tolerance) {
  return [
    compareLists("images", await images.data(), numbersOf(one["mixed"]), tolerance),
    compareLists("targets", await targets.data(), numbersOf(one["targets"]), tolerance),
  ];
}

function refusal(call: () => unknown): Comparison {
  try {
    call();
    return { what: "throws", passed: false, detail: "it did not" };
  } catch (error) {
    return { what: "throws", passed: error instanceof LivegradError, detail: String(error) };
  }
}

/** A module that has nothing but parameters. */
class Plain extends Module {
  constructor(parts: Readonly<Record<string, Parameter>>) {
    super();
    Object.assign(this, parts);
  }

  override forward(): Tensor {
    throw new Error("it has parameters only");
  }
}

/** A model with the parameters of a case, in normalisations where it says so. */
class Shapes extends Module {
  constructor(one: ClipCase) {
    super();
    const layers: Record<string, Record<string, Parameter>> = {};
    for (const [path, shape] of Object.entries(one["shapes"] as Record<string, number[]>)) {
      const parameter = new Parameter(made({ shape, values: one["initial"][path] }));
      const [layer = "", name] = path.split(".");
      if (name === undefined) Object.assign(this, { [layer]: parameter });
      else layers[layer] = { ...layers[layer], [name]: parameter };
    }
    for (const [name, parts] of Object.entries(layers)) {
      const isNorm = one["normalisationParameters"].includes(`${name}.weight`);
      Object.assign(this, { [name]: isNorm ? normOf(parts) : new Plain(parts) });
    }
  }

  override forward(): Tensor {
    throw new Error("it has parameters only");
  }
}

function normOf({ weight, bias }: Readonly<Record<string, Parameter>>): Module {
  const { shape } = weight as Parameter;
  const norm = shape.length === 1 ? new BatchNorm2d(shape[0] as number) : new LayerNorm([...shape]);
  norm.weight?.assign(weight as Parameter);
  norm.bias?.assign(bias as Parameter);
  return norm;
}
