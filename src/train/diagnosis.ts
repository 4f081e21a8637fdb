/** Where a number that is not finite arose: the passes are run again as they were, and looked at op by op. */
import { detectAnomaly } from "../autograd/modes.js";
import { hearOps } from "../autograd/op-calls.js";
import { tidy } from "../autograd/scope.js";
import type { Tensor } from "../autograd/tensor.js";
import { replayed } from "../autograd/watch.js";
import { GradientError } from "../errors.js";
import type { AnyModule } from "../nn/module.js";
import type { Passes } from "./training-step.js";

/** Numbers that came out of an op, or went into one from outside, in the passes that are looked at. */
interface Seen {
  readonly op: string;
  /** The module that was running; empty for the model itself and for what is outside of it. */
  readonly path: string;
  /** Its class; empty outside of the model. */
  readonly kind: string;
  readonly isInput: boolean;
  readonly numbers: Tensor;
}

/** Says where the loss of these passes came to be NaN or infinite: the first op that made one of finite numbers, with its layer. */
async function whereForward(model: AnyModule, passes: Passes): Promise<string> {
  const seen = replayed(passes.before, () => record(model, passes.again));
  try {
    let infinite: string | null = null;
    for (const one of seen) {
      const numbers = await one.numbers.data();
      if (numbers.some((value) => Number.isNaN(value))) return joined(infinite, `the first NaN ${origin(one)}`);
      if (numbers.every((value) => Number.isFinite(value))) continue;
      infinite ??= `the first Infinity ${origin(one)}`;
    }
    return infinite ?? "no op gave it when the step was run again";
  } finally {
    for (const { numbers } of seen) numbers.dispose();
  }
}

function joined(infinite: string | null, nan: string): string {
  return infinite === null ? nan : `${infinite}; ${nan}`;
}

function origin({ op, path, kind, isInput }: Seen): string {
  const layer = path === "" ? `${kind} itself` : `the layer ${path} (${kind})`;
  const place = kind === "" ? "outside of the model" : `in ${layer}`;
  return isInput ? `was in what went into ${op}, ${place}: data that are not finite` : `came out of ${op}, ${place}`;
}

/** Says where gradients of these passes came to be NaN or infinite, though the loss was finite; null where they did not.
 * Devices that cannot be read at once (webgpu) leave it at the gradients' names. */
async function whereBackward(model: AnyModule, passes: Passes): Promise<string | null> {
  const { device } = passes.before.tensors.keys().next().value ?? {};
  if (device?.name === "webgpu") return null;
  try {
    replayed(passes.before, () => detectAnomaly(() => tidy(() => passes.again().loss.backward())));
    return null;
  } catch (error) {
    if (error instanceof GradientError) return error.message;
    throw error;
  } finally {
    model.zeroGrad();
  }
}

/** The names of what is not finite among tensors. */
export async function notFinite(tensors: Iterable<readonly [name: string, tensor: Tensor | null]>): Promise<string[]> {
  const found: string[] = [];
  for (const [name, tensor] of tensors) {
    const numbers = await tensor?.data();
    if (numbers?.every((value) => Number.isFinite(value)) === false) found.push(name);
  }
  return found;
}

/** Runs a forward pass, and keeps what every op of it gave, and what each was given from outside. */
function record(model: AnyModule, forward: () => unknown): Seen[] {
  const seen: Seen[] = [];
  const known = new Set<Tensor>();
  const running: (readonly [path: string, kind: string])[] = [];
  const stopListening = model
    .namedModules()
    .flatMap(([path, module]) => [
      module.registerForwardPreHook(() => void running.push([path, module.constructor.name])),
      module.registerForwardHook(() => void running.pop()),
    ]);
  const before = hearOps((op, inputs, output) => {
    const [path, kind] = running.at(-1) ?? ["", ""];
    const note = (tensor: Tensor, isInput: boolean) => {
      if (known.has(tensor)) return;
      known.add(tensor);
      seen.push({ op, path, kind, isInput, numbers: tensor.remember().numbers });
    };
    for (const input of inputs) if (input !== null) note(input, true);
    note(output, false);
  });
  try {
    tidy(() => {
      forward();
    });
    return seen;
  } finally {
    hearOps(before);
    for (const stop of stopListening) stop();
  }
}

/** What a run knows when a number is not finite. */
export interface Divergence {
  readonly model: AnyModule;
  /** The passes whose loss is not finite; null where it was found in the weights. */
  readonly passes: Passes | null;
  /** The passes of the step before; none where that is not known. */
  readonly before: readonly Passes[];
  /** Learning rates of the step. */
  readonly lr: readonly number[];
}

/** Says in words where it arose, and what to try. */
export async function explain({ model, passes, before, lr }: Divergence): Promise<string> {
  const weights = await notFinite(model.namedParameters());
  const rates = `a learning rate below ${lr.join(", ")}`;
  if (weights.length === 0) {
    const where = passes === null ? "no weight is, however" : await whereForward(model, passes);
    return `${where}; try ${rates}, a warm-up, or clipGradients({ norm: 1 }) as a callback, and look at the data of this batch`;
  }
  const list = `${weights[0]}${weights.length > 1 ? ` and ${weights.length - 1} more` : ""} of the weights`;
  if (before.length === 0) return `${list} were not finite when the run began; load others`;
  for (const one of before) {
    const where = await whereBackward(model, one);
    if (where !== null)
      return `${list} became NaN or infinite by the step before, for its gradients were: ${where}; try eps inside of roots, quotients and logarithms`;
  }
  return `${list} became NaN or infinite by the step before, whose gradients were finite: it was too large; try ${rates}`;
}
