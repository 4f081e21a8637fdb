/** Runs the cases of a `livegrad-conformance-1` file: outputs, first and second derivatives. */
import * as livegrad from "../../src/index.js";
import { type DeviceName, gradients, type Tensor, tensor, withDevice } from "../../src/index.js";
import { type Comparison, compare, type Outcome } from "./outcome.js";

/** A tensor as the files write it. */
export interface TensorData {
  readonly dtype: "float" | "int" | "bool";
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** An argument: a tensor, a list of tensors, or a plain value. */
type Argument =
  | { readonly tensor: TensorData }
  | { readonly tensors: readonly TensorData[] }
  | { readonly value: number | string | readonly number[] };

/** One case. */
export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly args: readonly Argument[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Which part of the result the output is, where that is an object of tensors. */
  readonly part?: string;
  readonly output: TensorData;
  readonly gradOutput: TensorData;
  readonly grads: readonly (TensorData | null)[];
  readonly secondOrder?: {
    readonly directions: readonly (TensorData | null)[];
    readonly grads: readonly (TensorData | null)[];
    readonly gradOutputGrad: TensorData | null;
  };
  readonly extra?: Readonly<Record<string, TensorData>>;
}

/** The file. */
export interface OpsFile {
  readonly format: "livegrad-conformance-1";
  readonly cases: readonly OpCase[];
}

/** Runs every case of the file. */
export async function runOpsFile({ cases }: OpsFile, device: DeviceName): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const opCase of cases) outcomes.push(await runOpCase(opCase, device));
  return outcomes;
}

type AnyOp = (...args: unknown[]) => Tensor;

/** The public function a case names, or a part of its result (`qr.r`); undefined where it does not exist (yet). */
function opNamed(name: string): AnyOp | undefined {
  if (name === "mulSelf") return (x) => livegrad.mul(x as Tensor, x as Tensor);
  if (name === "ctcLossOfLogits") {
    return (x, ...rest) => livegrad.ctcLoss(livegrad.logSoftmax(x as Tensor), ...(rest as [Tensor, object]));
  }
  const [op = "", part] = name.split(".");
  const call = (livegrad as unknown as Record<string, AnyOp>)[op];
  if (part === undefined || call === undefined) return call;
  return (...args) => (call(...args) as unknown as Record<string, Tensor>)[part] as Tensor;
}

/** What an op computed for one comparison. */
interface Computed {
  readonly what: string;
  readonly got: Tensor | null;
  readonly expected: TensorData;
}

/** Runs one case on a device.
 *
 * A float32 device never sees the inputs themselves, only their nearest float32 numbers. Where that alone moves a result
 * by more than the tolerance (an ill-conditioned case), the device is held to what the float64 reference computes from the
 * same rounded inputs, and the outcome says so. That reference stands in for the file only where it comes to what the file
 * expects of the inputs as they are: else the two disagree, and the device must not pass for agreeing with one of them. */
export async function runOpCase(opCase: OpCase, device: DeviceName): Promise<Outcome> {
  const op = opNamed(opCase.op);
  if (op === undefined) return { name: opCase.name, op: opCase.op, skipped: true, comparisons: [] };
  try {
    return await runKnownOp(op, opCase, device);
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 600) : String(error);
    return {
      name: opCase.name,
      op: opCase.op,
      skipped: false,
      comparisons: [{ what: "threw", passed: false, detail }],
    };
  }
}

/** Relative tolerance on a float64 and on a float32 device. */
const tolerances = { float64: 1e-9, float32: 1e-4 };

async function runKnownOp(op: AnyOp, opCase: OpCase, device: DeviceName): Promise<Outcome> {
  const tolerance = tolerances[device === "reference" ? "float64" : "float32"];
  const computed = compute(op, opCase, device);
  const outcome = { name: opCase.name, op: opCase.op, skipped: false };
  const direct: Comparison[] = [];
  for (const one of computed) direct.push(await compareWith(one.got, one, tolerance));
  if (device === "reference" || direct.every((c) => c.passed)) return { ...outcome, comparisons: direct };
  const exact = compute(op, opCase, "reference");
  const rounded = compute(op, roundInputs(opCase), "reference");
  const comparisons: Comparison[] = [];
  for (const [i, comparison] of direct.entries()) {
    const one = computed[i] as Computed;
    const oracle = rounded[i]?.got ?? null;
    const mayStandIn =
      !comparison.passed &&
      oracle !== null &&
      (await compareWith(exact[i]?.got ?? null, one, tolerances.float64)).passed &&
      !(await compareWith(oracle, one, tolerance)).passed;
    if (!mayStandIn) comparisons.push(comparison);
    else {
      const again = await compare(one.what, one.got, one.expected.shape, [...oracle.dataSync()], tolerance);
      comparisons.push({ ...again, rounded: true });
    }
  }
  return { ...outcome, comparisons };
}

/** Compares what was computed, here or on another device, with what the file expects. */
async function compareWith(got: Tensor | null, { what, expected }: Computed, tolerance: number): Promise<Comparison> {
  if (got !== null && kindOf(got) !== expected.dtype) {
    return { what, passed: false, detail: `expected dtype ${expected.dtype}, got ${got.dtype}` };
  }
  return compare(what, got, expected.shape, numbers(expected), tolerance);
}

/** A tensor's dtype in the words of the files. */
function kindOf({ dtype }: Tensor): TensorData["dtype"] {
  if (dtype === "bool") return "bool";
  return dtype === "int32" ? "int" : "float";
}

function compute(op: AnyOp, opCase: OpCase, device: DeviceName): Computed[] {
  const computed: Computed[] = [];
  withDevice(device, () =>
    run(op, opCase, (what, got, expected) => {
      if (expected != null) computed.push({ what, got, expected });
    }),
  );
  return computed;
}

/** The case as a float32 device sees it; what is expected stays. */
function roundInputs(opCase: OpCase): OpCase {
  const round = <T extends TensorData | null>(t: T): T =>
    t === null ? t : { ...t, data: numbers(t).map(Math.fround) };
  return {
    ...opCase,
    args: opCase.args.map((arg) => {
      if ("tensor" in arg) return { tensor: round(arg.tensor) };
      return "tensors" in arg ? { tensors: arg.tensors.map(round) } : arg;
    }),
    gradOutput: round(opCase.gradOutput),
    ...(opCase.secondOrder && {
      secondOrder: { ...opCase.secondOrder, directions: opCase.secondOrder.directions.map(round) },
    }),
  };
}

function run(
  op: AnyOp,
  opCase: OpCase,
  check: (what: string, got: Tensor | null, expected: TensorData | null | undefined) => void,
): void {
  const inputs: Tensor[] = [];
  const take = (data: TensorData) => {
    const x = make(data, opCase.grads[inputs.length] != null);
    inputs.push(x);
    return x;
  };
  const args = opCase.args.map((arg) => {
    if ("tensor" in arg) return take(arg.tensor);
    return "tensors" in arg ? arg.tensors.map(take) : arg.value;
  });
  const options = Object.fromEntries(
    Object.entries(opCase.options).map(([key, value]) => [key, isTensorData(value) ? make(value) : value]),
  );
  const result = op(...(Object.keys(options).length > 0 ? withOptions<unknown>(opCase.op, args, options) : args));
  const { part } = opCase;
  const output = part === undefined ? result : ((result as unknown as Record<string, Tensor>)[part] as Tensor);
  check("output", output, opCase.output);
  check("runningMeanAfter", options["runningMean"] as Tensor, opCase.extra?.["runningMeanAfter"]);
  check("runningVarAfter", options["runningVar"] as Tensor, opCase.extra?.["runningVarAfter"]);

  const { secondOrder, extra = {} } = opCase;
  const unknown = Object.keys(extra).find((name) => name !== "runningMeanAfter" && name !== "runningVarAfter");
  if (unknown !== undefined) throw new Error(`nothing is known of the further output ${unknown}`);
  const wanted = inputs.filter((x) => x.requiresGrad);
  if (opCase.grads.length !== inputs.length) {
    throw new Error(`${opCase.grads.length} gradients are given for ${inputs.length} tensors`);
  }
  if (wanted.length === 0) {
    if (secondOrder !== undefined) throw new Error("second derivatives are given, but no gradient");
    return;
  }
  const gradOutput = make(opCase.gradOutput, true);
  const plain = gradients(output, wanted, { gradOutput: gradOutput.detach(), retainGraph: true });
  for (const [i, x] of inputs.entries()) check(`gradient ${i}`, plain[wanted.indexOf(x)] ?? null, opCase.grads[i]);
  if (secondOrder === undefined) return;
  const first = gradients(output, wanted, { gradOutput, createGraph: true });
  for (const [i, x] of inputs.entries())
    check(`recorded gradient ${i}`, first[wanted.indexOf(x)] ?? null, opCase.grads[i]);
  const terms = inputs.flatMap((x, i) => {
    const [gradient, direction] = [first[wanted.indexOf(x)], secondOrder.directions[i]];
    return gradient == null || direction == null ? [] : [livegrad.sum(livegrad.mul(gradient, make(direction)))];
  });
  const total = terms.reduce((a, b) => livegrad.add(a, b));
  const second = gradients(total, [...wanted, gradOutput]);
  for (const [i, x] of inputs.entries())
    check(`second order ${i}`, second[wanted.indexOf(x)] ?? null, secondOrder.grads[i]);
  check("second order gradOutput", second[wanted.length] ?? null, secondOrder.gradOutputGrad);
}

/** Options come last; optional tensors (a bias) that a case leaves out are null before them. */
export function withOptions<T>(name: string, args: readonly T[], options: T): (T | null)[] {
  const given: (T | null)[] = [...args];
  const tensorsBeforeOptions: Record<string, number> = {
    conv2d: 3,
    conv1d: 3,
    conv3d: 3,
    convTranspose2d: 3,
    batchNorm: 3,
    convTranspose1d: 3,
    layerNorm: 3,
    groupNorm: 3,
    instanceNorm: 3,
  };
  const wanted = tensorsBeforeOptions[name] ?? 0;
  while (given.length < wanted) given.push(null);
  return [...given, options];
}

function make(data: TensorData, requiresGrad = false): Tensor {
  const dtype = data.dtype === "float" ? {} : { dtype: data.dtype === "int" ? ("int32" as const) : ("bool" as const) };
  return tensor(Float64Array.from(numbers(data)), { shape: data.shape, requiresGrad, ...dtype });
}

function numbers(data: TensorData): number[] {
  return data.data.map(Number);
}

function isTensorData(value: unknown): value is TensorData {
  return typeof value === "object" && value !== null && "dtype" in value && "data" in value;
}
