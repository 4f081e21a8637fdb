/** Records a forward pass as it happens: which module calls which, and the ops that run in each. */
import { type LaunchRecord, listenToLaunches } from "../autograd/launches.js";
import { hearOps } from "../autograd/op-calls.js";
import { tapePosition } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { leavesOf } from "../autograd/transforms/tree.js";
import { flopsOf } from "../kernels/cost.js";
import { callListener, listenToCalls } from "../nn/calls.js";
import type { AnyModule } from "../nn/module.js";
import { Parameter } from "../nn/parameter.js";
import type { Shape } from "../shape.js";

/** A call of a module. */
export interface ModuleCall {
  readonly module: AnyModule;
  /** Shapes of the tensors that it was given. */
  readonly inputs: readonly Shape[];
  /** What ran in it, in order. */
  readonly steps: (ModuleCall | OpCall)[];
  /** Shapes of the tensors that it returned. */
  outputs: readonly Shape[];
  /** Where the tape stood when it began and when it returned. */
  readonly from: number;
  to: number;
}

/** A call of an op, not of those that it is made of. */
export interface OpCall {
  readonly op: string;
  readonly inputs: readonly (Shape | null)[];
  readonly output: Shape;
  /** Whether an input is a parameter, or was made of nothing else. */
  readonly hasWeight: boolean;
  /** The parameters among its inputs. */
  readonly parameters: readonly Parameter[];
  /** Floating-point operations of its kernels. */
  readonly flops: number;
}

/** A recorded forward pass. */
export interface Recording<T> {
  readonly result: T;
  readonly calls: readonly ModuleCall[];
}

/** Runs `fn` and records it; whoever listens to modules and ops otherwise hears nothing of it.
 * @param failed told of the calls that were under way when something threw, the outermost first */
export function recordCalls<T>(fn: () => T, failed: (under: readonly ModuleCall[]) => void = () => {}): Recording<T> {
  const calls: ModuleCall[] = [];
  const open: ModuleCall[] = [];
  let broken: readonly ModuleCall[] = [];
  let flops = 0;
  const ofWeights = new WeakSet<Tensor>();
  const isWeight = (x: Tensor) => x instanceof Parameter || ofWeights.has(x);
  const before = { calls: callListener(), ops: hearOps(heard), launches: listenToLaunches(launched) };
  listenToCalls({ enter, leave, fail });
  try {
    return { result: fn(), calls };
  } catch (error) {
    failed(broken);
    throw error;
  } finally {
    listenToCalls(before.calls);
    hearOps(before.ops);
    listenToLaunches(before.launches);
  }

  function enter(module: AnyModule, inputs: readonly Tensor[]): readonly Tensor[] {
    const call: ModuleCall = {
      module,
      inputs: shapesIn(inputs),
      steps: [],
      outputs: [],
      from: tapePosition(),
      to: Number.POSITIVE_INFINITY,
    };
    (open.at(-1)?.steps ?? calls).push(call);
    open.push(call);
    broken = [];
    return inputs;
  }

  function leave(_: AnyModule, output: Tensor): Tensor {
    const call = open.pop();
    if (call !== undefined) {
      call.outputs = shapesIn(output);
      call.to = tapePosition();
    }
    return output;
  }

  function fail(): void {
    if (broken.length === 0) broken = [...open];
    open.pop();
  }

  function launched({ launch, output }: LaunchRecord): void {
    flops += flopsOf(launch.kernel, output.length, launch.constants);
  }

  function heard(op: string, inputs: readonly (Tensor | null)[], output: Tensor): void {
    const given = inputs.filter((x) => x !== null);
    if (given.length > 0 && given.every(isWeight)) ofWeights.add(output);
    open.at(-1)?.steps.push({
      ...{ op, output: output.shape, flops },
      inputs: inputs.map((x) => x?.shape ?? null),
      hasWeight: given.some(isWeight),
      parameters: given.filter((x) => x instanceof Parameter),
    });
    flops = 0;
  }
}

function shapesIn(tree: unknown): Shape[] {
  return leavesOf(tree).map(({ tensor }) => tensor.shape);
}

/** Whether a step is a call of a module. */
export function isModuleCall(step: ModuleCall | OpCall): step is ModuleCall {
  return "module" in step;
}
