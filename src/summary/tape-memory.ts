/** The memory that a tape holds, read from it: every buffer once, at the node that was the first to hold it. */

import type { Storage } from "../autograd/storage.js";
import type { TapeNode } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { reachable } from "../autograd/walk.js";

/** Bytes that a tape holds. */
export interface TapeMemory {
  /** By the index of the node that was the first to hold them. */
  readonly byNode: ReadonlyMap<number, number>;
  /** Of all buffers: those that backward rules read, and those that the tape refers to besides, as the inputs of its ops. */
  readonly kept: number;
  /** Of the buffers that backward rules read. */
  readonly read: number;
  /** Whether the tape, or what is counted apart, keeps a tensor alive. */
  isHeld(x: Tensor): boolean;
  /** Of all that is held at the worst moment of a backward pass: what is left of the tape, gradients on their way, and those
   * of the parameters that are there already. Buffers inside of one op come on top. */
  readonly backwardPeak: number;
}

/** Reads the tape of some outputs; buffers of `apart` (parameters, inputs) are not counted. */
export function tapeMemory(outputs: readonly Tensor[], apart: Iterable<Tensor>): TapeMemory {
  const nodes = reachable(outputs, 0).toReversed();
  const excluded = new Set<Storage>(Array.from(apart, ({ storage }) => storage));
  const [held, read] = [new Set<Storage>(), new Set<Storage>()];
  const byNode = new Map<number, number>();
  for (const node of nodes) {
    const { inputs, saved } = node.recorded;
    for (const { storage } of saved) if (!excluded.has(storage)) read.add(storage);
    for (const x of [...saved, ...inputs]) {
      if (x === null || excluded.has(x.storage) || held.has(x.storage)) continue;
      held.add(x.storage);
      byNode.set(node.index, (byNode.get(node.index) ?? 0) + x.storage.bytes);
    }
  }
  return {
    ...{ byNode, kept: total(held), read: total(read), backwardPeak: backwardPeak(outputs, nodes, byNode) },
    isHeld: ({ storage }) => held.has(storage) || excluded.has(storage),
  };
}

function total(storages: Iterable<Storage>): number {
  return Array.from(storages).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Walks the tape back, and adds up what is held. The node that was the first to hold a buffer is the last to be freed. */
function backwardPeak(
  outputs: readonly Tensor[],
  nodes: readonly TapeNode[],
  byNode: ReadonlyMap<number, number>,
): number {
  const pending = new Map<TapeNode | Tensor, number>();
  const arrives = (x: Tensor) => {
    const place = x.node ?? x;
    if (pending.has(place)) return 0;
    pending.set(place, x.storage.bytes);
    return x.storage.bytes;
  };
  let held = [...byNode.values()].reduce((sum, bytes) => sum + bytes, 0);
  for (const output of outputs) if (output.requiresGrad) held += arrives(output);
  let peak = held;
  for (const node of nodes.toReversed()) {
    const { inputs, needsGrad } = node.recorded;
    const receivers = inputs.filter((x, i): x is Tensor => x !== null && needsGrad[i] === true);
    // A gradient that meets another one is added to it: for a moment there are both.
    peak = Math.max(peak, held + total(receivers.map(({ storage }) => storage)));
    for (const x of receivers) held += arrives(x);
    held -= (pending.get(node) ?? 0) + (byNode.get(node.index) ?? 0);
    pending.delete(node);
  }
  return peak;
}
