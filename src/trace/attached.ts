/** The traces that are attached, and how they hear of calls, backward passes and updates. A trace lives as long as its model:
 * one that is never removed goes with it. */
import { listenToPasses, type PassListener } from "../autograd/passes.js";
import type { Tensor } from "../autograd/tensor.js";
import { listenToUpdates } from "../autograd/updates.js";
import { type CallListener, listenToCalls } from "../nn/calls.js";
import type { AnyModule } from "../nn/module.js";

/** What a trace hears. */
export interface Listener extends CallListener, PassListener {
  /** A tensor is about to take over other numbers; null where that is no step. */
  updating(tensor: Tensor, next: Tensor | null): void;
}

/** Held weakly, so that a model that nobody else knows goes, and its traces with it. */
const attached = new Set<WeakRef<Listener>>();
const byModel = new WeakMap<AnyModule, Set<Listener>>();

/** Lets a trace of a model hear of everything from now on.
 * @returns what ends that */
export function attach(model: AnyModule, listener: Listener): () => void {
  const own = byModel.get(model) ?? new Set();
  byModel.set(model, own.add(listener));
  const reference = new WeakRef(listener);
  attached.add(reference);
  listen();
  return () => {
    own.delete(listener);
    attached.delete(reference);
    listen();
  };
}

/** Hears for all traces while there are any. */
function listen(): void {
  const isOn = attached.size > 0;
  listenToCalls(isOn ? calls : null);
  listenToPasses(isOn ? passes : null);
  listenToUpdates(isOn ? (tensor, next) => each((one) => one.updating(tensor, next)) : null);
}

const passes: PassListener = {
  arrived: (node, gradient) => each((one) => one.arrived(node, gradient)),
  cameBack: (node, input, gradient) => each((one) => one.cameBack(node, input, gradient)),
  passed: (pass) => each((one) => one.passed(pass)),
};

const calls: CallListener = {
  enter(module, given) {
    let inputs = given;
    each((one) => {
      inputs = one.enter(module, inputs);
    });
    return inputs;
  },
  leave(module, result) {
    let output = result;
    each((one) => {
      output = one.leave(module, output);
    });
    return output;
  },
  fail(module) {
    each((one) => one.fail(module));
  },
};

function each(tell: (listener: Listener) => void): void {
  for (const reference of attached) {
    const listener = reference.deref();
    if (listener !== undefined) tell(listener);
    else if (attached.delete(reference)) listen();
  }
}
