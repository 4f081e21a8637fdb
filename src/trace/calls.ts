/** The calls of a model's layers, as the forward passes make them. What is known of a call hangs on the tape that it
 * recorded, and is forgotten with it. */
import { isFloat } from "../autograd/dtype.js";
import { isRecording } from "../autograd/modes.js";
import { type SegmentRun, segmentRun } from "../autograd/segments.js";
import { type TapeNode, tapePosition } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { leavesOf, mapTensors } from "../autograd/transforms/tree.js";
import type { AnyModule } from "../nn/module.js";
import { identity } from "../ops/shape/identity.js";
import type { NullReason } from "./records.js";
import { deadFraction, type Later, type Moments, moments } from "./statistics.js";
import type { Entrance, PathPart, Structure, StructureReader, TracedLayer } from "./structure.js";

/** Whether a gradient can come back to a place, or why not. */
export type Reach = "recorded" | Extract<NullReason, "not-recorded" | "requires-none" | "no-tensor">;

/** A forward pass: what one outermost call of a module does. */
export interface ForwardPass {
  readonly order: number;
  readonly structure: Structure;
  /** In the order in which they returned. */
  readonly calls: LayerCall[];
}

/** A call of a layer. */
export class LayerCall {
  readonly layer: TracedLayer;
  /** The forward pass that it is part of; null until it has returned. */
  forward: ForwardPass | null = null;
  reach: Reach = "not-recorded";
  moments: readonly Moments[] = [];
  dead: readonly Dead[] = [];
  readonly paths: Map<PathPart, Reach> = new Map();
  #original: LayerCall | null = null;

  constructor(layer: TracedLayer) {
    this.layer = layer;
  }

  /** The call itself or, in a checkpoint's second run, the one that it repeats. */
  get original(): LayerCall {
    return this.#original?.original ?? this;
  }

  /** Stands for a call of the first run, which only computed what this one records. */
  repeat(first: LayerCall): void {
    const { original } = first;
    this.#original = original;
    if (this.reach === "not-recorded") return; // a checkpoint in a checkpoint
    original.reach = this.reach;
    original.moments = this.moments;
    original.dead = this.dead;
    for (const [part, reach] of this.paths) original.paths.set(part, reach);
  }
}

/** How many units a tensor has, and which fraction of them is dead. */
interface Dead {
  readonly units: number;
  readonly fraction: Later;
}

/** Told of each gradient that comes back: to a tensor of a call's output, or through a path of it. */
export type GradientSeen = (call: LayerCall, place: "output" | PathPart, gradient: Tensor) => void;

/** A call of any module that has not returned. */
interface Frame {
  readonly module: AnyModule;
  readonly calls: readonly LayerCall[];
  /** Where the tape stood when it began. */
  readonly since: number;
}

/** A checkpointed part of a forward pass. */
interface Segment {
  /** The calls of its first run. */
  readonly calls: LayerCall[];
}

export class CallRecorder {
  readonly #reader: StructureReader;
  readonly #seen: GradientSeen;
  #structure: Structure;
  readonly #frames: Frame[] = [];
  #forward: ForwardPass | null = null;
  #forwards = 0;
  /** Paths whose block is no layer's output: they are the next call's. */
  readonly #loose = new Map<TracedLayer, LayerCall>();
  readonly #segments = new WeakMap<object, Segment>();
  readonly #repeated = new WeakMap<SegmentRun, number>();
  /** The places on the tape that are a call's output. */
  readonly #outputs = new WeakSet<TapeNode>();

  constructor(reader: StructureReader, seen: GradientSeen) {
    this.#reader = reader;
    this.#seen = seen;
    this.#structure = reader.read();
  }

  /** The model as the last forward pass found it. */
  get structure(): Structure {
    return this.#structure;
  }

  enter(module: AnyModule, given: readonly Tensor[]): readonly Tensor[] {
    if (this.#frames.length === 0) {
      this.#structure = this.#reader.read();
      this.#forward = null;
      this.#loose.clear();
    }
    const calls = (this.#structure.layersByOutput.get(module) ?? noLayers).map((layer) => new LayerCall(layer));
    const entrances = this.#structure.entrances.get(module) ?? noEntrances;
    const inputs = entrances.reduce((now, entrance) => this.#split(now, entrance), given);
    this.#frames.push({ module, calls, since: tapePosition() });
    return inputs;
  }

  leave(module: AnyModule, output: Tensor): Tensor {
    const frame = this.#frames.at(-1);
    if (frame?.module !== module) return output; // it began before the trace
    this.#frames.pop();
    return frame.calls.reduce((now, call) => this.#close(call, now, frame.since), output);
  }

  fail(module: AnyModule): void {
    if (this.#frames.at(-1)?.module === module) this.#frames.pop();
  }

  /** Gives a path its own node on the tape, so that the gradient that comes back through it is seen alone. */
  #split(inputs: readonly Tensor[], { layer, part }: Entrance): readonly Tensor[] {
    const call = this.#callAround(layer);
    const [input, ...rest] = inputs;
    if (call === null || call.paths.has(part)) return inputs; // used outside of the block, or once more further on in it
    const reach = reachOf(leavesOf(input).map(({ tensor }) => tensor));
    call.paths.set(part, reach);
    if (reach !== "recorded" || input === undefined) return inputs;
    const split = mapTensors(input, (tensor) => {
      if (!tensor.requiresGrad) return tensor;
      const path = identity(tensor);
      path.registerHook((gradient) => this.#seen(call, part, gradient));
      return path;
    });
    return [split as Tensor, ...rest];
  }

  /** The call of a layer that is under way or, of one whose output comes after its block, the next one. */
  #callAround(layer: TracedLayer): LayerCall | null {
    for (const { calls } of this.#frames.toReversed()) {
      const call = calls.find((one) => one.layer === layer);
      if (call !== undefined) return call;
    }
    if (layer.isBlock) return null;
    const next = this.#loose.get(layer) ?? new LayerCall(layer);
    this.#loose.set(layer, next);
    return next;
  }

  /** A call has returned. @returns the output that it goes on with */
  #close(opened: LayerCall, output: Tensor, since: number): Tensor {
    const { layer } = opened;
    const call = opened.paths.size > 0 ? opened : (this.#loose.get(layer) ?? opened);
    this.#loose.delete(layer);
    const tensors = leavesOf(output).flatMap(({ tensor }) => (isFloat(tensor.dtype) ? [tensor] : []));
    call.reach = reachOf(tensors);
    if (call.reach === "recorded") {
      call.moments = tensors.map(moments);
      if (layer.endsInReLU) {
        call.dead = tensors.map((x) => ({ units: x.size / (x.shape[0] ?? 1), fraction: deadFraction(x) }));
      }
    }
    this.#enrol(call);
    return call.reach === "recorded" ? this.#watch(call, output, since) : output;
  }

  /** Puts hooks on the tensors of an output. One that the call did not make, or that is another call's output too, gets a
   * place of its own on the tape: what comes back to the rest of its uses is not this call's. */
  #watch(call: LayerCall, output: Tensor, since: number): Tensor {
    const places = new Map<Tensor, Tensor>();
    let changes = false;
    for (const { tensor } of leavesOf(output)) {
      if (!tensor.requiresGrad || places.has(tensor)) continue;
      const { node } = tensor;
      const isOwn = node !== null && node.index >= since && !this.#outputs.has(node);
      const place = isOwn ? tensor : identity(tensor);
      this.#outputs.add(place.node as TapeNode);
      place.registerHook((gradient) => this.#seen(call, "output", gradient));
      places.set(tensor, place);
      changes ||= !isOwn;
    }
    return changes ? (mapTensors(output, (tensor) => places.get(tensor) ?? tensor) as Tensor) : output;
  }

  /** Gives a call its place among the calls of the forward pass; one that a checkpoint repeats has it already. */
  #enrol(call: LayerCall): void {
    let isRepetition = false;
    for (let run = segmentRun(); run !== null; run = run.around) {
      if (!run.isRepeat) {
        this.#segmentOf(run).calls.push(call);
        continue;
      }
      isRepetition = true;
      const first = this.#next(run);
      if (first?.layer.output === call.layer.output) call.repeat(first); // else nobody knows whose it is
    }
    if (isRepetition) return;
    this.#forward ??= { order: this.#forwards++, structure: this.#structure, calls: [] };
    call.forward = this.#forward;
    this.#forward.calls.push(call);
  }

  #segmentOf({ segment }: SegmentRun): Segment {
    const known = this.#segments.get(segment) ?? { calls: [] };
    this.#segments.set(segment, known);
    return known;
  }

  /** The call of the first run in whose place the next one of this run stands. */
  #next(run: SegmentRun): LayerCall | null {
    const place = this.#repeated.get(run) ?? 0;
    this.#repeated.set(run, place + 1);
    return this.#segments.get(run.segment)?.calls[place] ?? null;
  }
}

const noLayers: readonly TracedLayer[] = [];
const noEntrances: readonly Entrance[] = [];

/** Whether a gradient can come back to one of some tensors. */
function reachOf(tensors: readonly Tensor[]): Reach {
  if (tensors.length === 0) return "no-tensor";
  if (!isRecording()) return "not-recorded";
  return tensors.some((tensor) => tensor.requiresGrad) ? "recorded" : "requires-none";
}
