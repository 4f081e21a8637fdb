/** summary: a model as a table, of shapes, parameters, operations and memory. */
import { withRecording } from "../autograd/modes.js";
import { shapesOnly } from "../autograd/shapes-only.js";
import { Tensor } from "../autograd/tensor.js";
import { leavesOf } from "../autograd/transforms/tree.js";
import { undone } from "../autograd/watch.js";
import { describe, LivegradError, ShapeError, ValueError } from "../errors.js";
import { type AnyModule, Module } from "../nn/module.js";
import { zeros } from "../ops/create.js";
import { checkedOptions, flag, type OptionKinds } from "../options.js";
import { checkShape, formatShape, type Shape } from "../shape.js";
import { productsOf } from "./multiply-accumulates.js";
import { isModuleCall, type ModuleCall, type OpCall, type Recording, recordCalls } from "./record.js";
import type { Summary, SummaryMemory, SummaryTotals } from "./records.js";
import { countsOf, rowsOf } from "./rows.js";
import { tableOf } from "./table.js";
import { type TapeMemory, tapeMemory } from "./tape-memory.js";

/** Options of `summary`.
 * @category Summaries */
export interface SummaryOptions {
  /** Whether the model runs as in training. Default: as its modules are set now. */
  readonly training?: boolean | undefined;
}

const summaryOptions: OptionKinds<SummaryOptions> = { training: flag };

/** What a model is run on: the shape of its input, the shapes of several, or tensors.
 * @category Summaries */
export type SummaryInput = Shape | readonly Shape[] | Tensor | readonly Tensor[];

/** Runs a model once and tells what is in it: layers with their output shapes, parameters, multiply-accumulates, and the memory
 * that the tape keeps for the backward pass, read from the tape.
 *
 * ```ts
 * const model = cifarNet({ depth: 20, generator: generator(0) });
 * console.log(`${summary(model, [1, 3, 32, 32])}`);
 * ```
 * Given shapes, no kernel runs and no memory is taken, whatever the sizes. Given tensors, the model computes: for one that reads
 * numbers, or takes others than floats. A model changes nothing by it: running statistics, random generators, gradients and the
 * modes of modules stay what they were. A module that runs twice has two rows, of which the first counts its parameters.
 * @param input with the batch's axis; several inputs as a list
 * @throws ShapeError, ValueError that names the module that refused its input
 * @category Summaries */
export function summary(model: AnyModule, input: SummaryInput, options: SummaryOptions = {}): Summary {
  const { training } = checkedOptions("summary", options, summaryOptions);
  if (!(model instanceof Module)) throw new ValueError("summary", `it takes a module, got ${describe(model)}`);
  const given = inputsOf(input);
  const isShapes = !given.every((x) => x instanceof Tensor);
  const run = () => withRecording(true, () => inMode(model, training, () => summed(model, given)), "summary");
  return undone(isShapes ? () => shapesOnly(run) : run);
}

function inputsOf(input: SummaryInput): readonly (Shape | Tensor)[] {
  const list = input instanceof Tensor ? [input] : input;
  if (Array.isArray(list) && list.length > 0) {
    if (list.every((x) => x instanceof Tensor)) return list as readonly Tensor[];
    const shapes = (list.every(Array.isArray) ? list : [list]) as readonly Shape[];
    for (const shape of shapes) checkShape("summary", shape);
    return shapes;
  }
  throw new ValueError(
    "summary",
    `it takes the shape of an input, a list of shapes, or tensors, got ${describe(input)}`,
  );
}

/** Runs `fn` with the model in a mode, and sets every module back. */
function inMode<T>(model: AnyModule, training: boolean | undefined, fn: () => T): T {
  const before = model.namedModules().map(([, module]) => [module, module.training] as const);
  if (training !== undefined) model.train(training);
  try {
    return fn();
  } finally {
    for (const [module, mode] of before) module.training = mode;
  }
}

function summed(model: AnyModule, given: readonly (Shape | Tensor)[]): Summary {
  const device = model.parameters()[0]?.device.name;
  const inputs = given.map((x) => (x instanceof Tensor ? x : zeros(x, { device })));
  const { result, calls } = recorded(model, inputs);
  const outputs = leavesOf(result).map(({ tensor }) => tensor);
  const [parameters, buffers] = [model.parameters(), model.namedBuffers().map(([, buffer]) => buffer)];
  const tape = tapeMemory(outputs, [...parameters, ...buffers, ...inputs]);
  const rows = rowsOf({ model, calls, keptByNode: tape.byNode });
  const told = {
    model: model.constructor.name,
    inputs: inputs.map(({ shape }) => shape),
    training: model.training,
    device: inputs[0]?.device.name ?? "",
    rows,
    totals: totalsOf(parameters, calls),
    memory: memoryOf({ parameters, buffers, inputs, outputs }, tape),
  };
  return { ...told, toString: (depth) => tableOf(told, depth) };
}

/** Runs the model; what refuses is told with the module that was at work. */
function recorded(model: AnyModule, inputs: readonly Tensor[]): Recording<unknown> {
  let under: readonly ModuleCall[] = [];
  try {
    return recordCalls(
      () => model.forward(...inputs),
      (calls) => {
        under = calls;
      },
    );
  } catch (error) {
    const call = under.at(-1);
    if (!(error instanceof LivegradError) || call === undefined) throw error;
    const [path = ""] = model.namedModules().find(([, module]) => module === call.module) ?? [];
    const who = path === "" ? call.module.constructor.name : `${path} (${call.module.constructor.name})`;
    const Kind = error instanceof ShapeError ? ShapeError : ValueError;
    const shapes = call.inputs.map(formatShape).join(", ");
    throw new Kind("summary", `${who} does not take ${shapes}: ${error.message}`, {
      actual: call.inputs,
      cause: error,
    });
  }
}

function totalsOf(parameters: readonly Tensor[], calls: readonly ModuleCall[]): SummaryTotals {
  const ops = calls.flatMap(opsIn);
  const listed = new Set<Tensor>(parameters);
  const unlisted = new Set(ops.flatMap((op) => op.parameters).filter((parameter) => !listed.has(parameter)));
  const products = ops.map(productsOf);
  const sum = (kind: "conv" | "linear") => products.reduce((n, one) => n + (one?.kind === kind ? one.macs : 0), 0);
  const { macs, otherFlops } = countsOf(calls);
  return {
    parameters: sizeOfAll(parameters),
    trainable: sizeOfAll(parameters.filter(({ requiresGrad }) => requiresGrad)),
    unlisted: Array.from(unlisted, ({ shape }) => shape),
    ...{ macs, convolutionMacs: sum("conv"), linearMacs: sum("linear"), flops: 2 * macs, otherFlops },
  };
}

function opsIn({ steps }: ModuleCall): OpCall[] {
  return steps.flatMap((step) => (isModuleCall(step) ? opsIn(step) : [step]));
}

function sizeOfAll(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

interface Alive {
  readonly parameters: readonly Tensor[];
  readonly buffers: readonly Tensor[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function memoryOf(alive: Alive, { kept, read, isHeld, backwardPeak }: TapeMemory): SummaryMemory {
  const bytes = (tensors: Iterable<Tensor>) => {
    const storages = new Set(Array.from(tensors, ({ storage }) => storage));
    return [...storages].reduce((sum, storage) => sum + storage.bytes, 0);
  };
  const [parameters, buffers, input] = [bytes(alive.parameters), bytes(alive.buffers), bytes(alive.inputs)];
  const gradients = bytes(alive.parameters.filter(({ requiresGrad }) => requiresGrad));
  const output = bytes(alive.outputs.filter((x) => !isHeld(x)));
  const forward = parameters + buffers + input + kept + output;
  return {
    ...{ parameters, buffers, input, kept, read, output, forward, gradients },
    backwardPeak: parameters + buffers + input + output + backwardPeak,
  };
}
