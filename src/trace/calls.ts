/** The calls of a model's modules, as the forward passes make them. What is known of a call hangs on the tape that it
 * recorded, and is forgotten with it. */
import { isFloat } from "../autograd/dtype.js";
import { isRecording } from "../autograd/modes.js";
import { type SegmentRun, segmentRun } from "../autograd/segments.js";
import { type TapeNode, tapePosition } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { leavesOf, mapTensors } from "../autograd/transforms/tree.js";
import type { AnyModule } from "../nn/module.js";
import { Parameter } from "../nn/parameter.js";
import { identity } from "../ops/shape/identity.js";
import { Call, type ForwardPass, type PlannedSplit, type Reach } from "./call.js";
import { type Stretch, TapeGraph, type Vertex } from "./graph.js";
import { markBottlenecks, Replays } from "./replay.js";
import { findSplits } from "./splits.js";
import { deadFraction, moments } from "./statistics.js";
import type { Structure, StructureReader } from "./structure.js";

/** Told of each gradient that comes back to a tensor of a call's output. */
export type GradientSeen = (call: Call, gradient: Tensor) => void;

/** A pass under way. */
interface OpenPass {
  readonly root: Call;
  readonly stretch: Stretch;
  /** The calls of the model, in the order in which they returned. */
  readonly calls: Call[];
  /** Of each vertex that ways part from, the innermost call in which all joins were recorded that are known so far. */
  readonly forks: Map<Vertex, Call>;
  /** Calls in which ways come together, as far as is known. */
  readonly joining: Set<Call>;
}

/** A checkpointed part of a forward pass. */
interface Segment {
  /** The calls of its first run. */
  readonly calls: Call[];
}

export class CallRecorder {
  readonly #reader: StructureReader;
  readonly #seen: GradientSeen;
  #structure: Structure;
  #pass: OpenPass | null = null;
  #call: Call | null = null;
  #forward: ForwardPass | null = null;
  #forwards = 0;
  readonly #graph = new TapeGraph();
  readonly #replays = new Replays(this.#graph);
  /** By what was split on the tape. */
  readonly #splits = new WeakMap<TapeNode, PlannedSplit[]>();
  readonly #segments = new WeakMap<object, Segment>();
  readonly #repeated = new WeakMap<SegmentRun, number>();
  /** The calls whose output a place on the tape is. */
  readonly #outputs = new WeakMap<TapeNode, Call>();

  constructor(reader: StructureReader, seen: GradientSeen) {
    this.#reader = reader;
    this.#seen = seen;
    this.#structure = reader.read();
  }

  /** The model as the last forward pass found it. */
  get structure(): Structure {
    return this.#structure;
  }

  /** The splits that begin at a place on the tape. */
  splitsAt(node: TapeNode): readonly PlannedSplit[] {
    return this.#splits.get(node) ?? none;
  }

  /** The call whose output a vertex is; null if it is none's, or (in a checkpoint) goes other ways, too. */
  callOf(vertex: Vertex): Call | null {
    const { node, standsFor } = vertex;
    if (standsFor !== null) return standsFor.uses === 1 ? this.callOf(standsFor) : null;
    const inside = this.#replays.resultOf(vertex);
    if (inside !== null) return this.callOf(inside);
    return node === null ? null : (this.#outputs.get(node) ?? null);
  }

  /** The gradient at a place on the tape has come together. */
  arrived(node: TapeNode): void {
    this.#replays.arrived(node);
  }

  /** Finds depths that were not known before the backward pass. */
  measure(forwards: readonly ForwardPass[]): void {
    for (const { stretch } of forwards) this.#replays.measure(stretch.vertices);
  }

  enter(module: AnyModule, given: readonly Tensor[]): readonly Tensor[] {
    if (this.#call === null) {
      this.#structure = this.#reader.read();
      this.#forward = null;
    }
    const { paths, layers, weighted } = this.#structure;
    const call = new Call(module, paths.get(module) ?? null, this.#call, tapePosition(), layers.get(module) ?? null);
    this.#call = call;
    this.#pass ??= openPass(call);
    const inputs = call.parent === null ? this.#begin(given) : given;
    for (const tensor of tensorsOf(inputs)) this.#graph.meet(tensor, this.#pass.stretch);
    this.#pass.stretch.hasWeights ||= call.path === null || weighted.has(module);
    return inputs;
  }

  leave(module: AnyModule, output: Tensor): Tensor {
    const call = this.#call;
    const pass = this.#pass;
    if (call?.module !== module || pass === null) return output; // it began before the trace
    call.returned = tensorsOf(output);
    this.#extend(pass, call.returned);
    const isBlock = call.traces.layer === null && pass.joining.has(call);
    if (isBlock) call.traces.layer = this.#structure.blockOf(module);
    const result = call.traces.layer === null ? output : this.#close(call, output);
    call.returned = tensorsOf(result);
    call.until = tapePosition();
    for (const tensor of call.returned) this.#graph.meet(tensor, pass.stretch);
    if (call.path !== null) {
      pass.calls.push(call);
      this.#enrol(call, pass);
    }
    this.#call = call.parent;
    if (call.parent === null) this.#finish(pass);
    return result;
  }

  fail(module: AnyModule): void {
    if (this.#call?.module !== module) return;
    this.#call.until = tapePosition();
    this.#call = this.#call.parent;
    if (this.#call === null) this.#pass = null;
  }

  /** The inputs of a pass. A leaf gets a place of its own: what comes back to its other uses is not the pass's. */
  #begin(given: readonly Tensor[]): readonly Tensor[] {
    const isOpen = isRecording() && tensorsOf(given).some(isOpenLeaf);
    const inputs = isOpen
      ? given.map((one) => mapTensors(one, (t) => (isOpenLeaf(t) ? identity(t) : t)) as Tensor)
      : given;
    const depth = segmentRun()?.isRepeat === true ? Number.NaN : 0;
    for (const tensor of tensorsOf(inputs)) {
      this.#replays.given(tensor);
      this.#graph.begin(tensor, depth);
    }
    return inputs;
  }

  #extend(pass: OpenPass, tensors: readonly Tensor[]): void {
    for (const { join, dominator, index } of this.#graph.extend(tensors, pass.stretch)) {
      if (join === null || dominator === null) continue;
      const call = pass.root.around(index);
      const all = pass.forks.get(dominator)?.common(call) ?? call;
      pass.forks.set(dominator, all);
      pass.joining.add(all);
    }
  }

  /** A call of a layer has returned. @returns the output that it goes on with */
  #close(call: Call, output: Tensor): Tensor {
    this.#measure(call);
    return call.traces.reach === "recorded" ? this.#watch(call, output) : output;
  }

  /** Takes the numbers of what a call returned. */
  #measure({ traces, returned, since }: Call): void {
    const tensors = returned.filter(({ dtype }) => isFloat(dtype));
    traces.reach = reachOf(tensors);
    traces.shape = tensors[0]?.shape ?? null;
    if (traces.reach !== "recorded") return;
    traces.moments = tensors.map(moments);
    if (!tensors.every(({ node }) => endsInReLU(node, since))) return;
    traces.dead = tensors.map((x) => ({ units: x.size / (x.shape[0] ?? 1), fraction: deadFraction(x) }));
  }

  /** Puts hooks on the tensors of an output. One that the call did not make, or that is another call's output too, gets a
   * place of its own on the tape: what comes back to the rest of its uses is not this call's. */
  #watch(call: Call, output: Tensor): Tensor {
    const places = new Map<Tensor, Tensor>();
    let changes = false;
    for (const tensor of tensorsOf(output)) {
      if (!tensor.requiresGrad || places.has(tensor)) continue;
      const { node } = tensor;
      const isOwn = node !== null && node.index >= call.since && !this.#outputs.has(node);
      const place = isOwn ? tensor : identity(tensor);
      this.#hear(call, place);
      places.set(tensor, place);
      changes ||= !isOwn;
    }
    return changes ? (mapTensors(output, (tensor) => places.get(tensor) ?? tensor) as Tensor) : output;
  }

  #hear(call: Call, place: Tensor): void {
    this.#outputs.set(place.node as TapeNode, call);
    place.registerHook((gradient) => this.#seen(call, gradient));
  }

  /** Gives a call its place among the calls of the forward pass; one that a checkpoint repeats has it already. */
  #enrol(call: Call, { stretch }: OpenPass): void {
    let isRepetition = false;
    for (let run = segmentRun(); run !== null; run = run.around) {
      if (!run.isRepeat) {
        this.#segmentOf(run).calls.push(call);
        continue;
      }
      isRepetition = true;
      const first = this.#next(run);
      if (first?.module === call.module) call.repeat(first); // else nobody knows whose it is
    }
    if (isRepetition) return;
    this.#forward ??= { order: this.#forwards++, structure: this.#structure, calls: [], stretch };
    call.forward = this.#forward;
    this.#forward.calls.push(call);
  }

  /** A pass is over: its graph says where its layers lie and where its ways part. */
  #finish(pass: OpenPass): void {
    const { root, stretch, calls } = pass;
    this.#pass = null;
    this.#extend(pass, root.returned);
    const vertices = stretch.vertices.sort((a, b) => a.index - b.index);
    const isRepeat = segmentRun()?.isRepeat === true;
    for (const { call, split } of findSplits(vertices, root)) {
      // In a checkpoint's second run, a part of the gradient of what was made outside of it is not the whole.
      const isOutside = isRepeat && split.from.index < root.since && split.from.standsFor === null;
      if (!isOutside) this.#place(split, call);
    }
    const [last = null] = root.returned.flatMap((tensor) => this.#graph.vertexOf(tensor) ?? []);
    if (isRepeat) this.#replays.add(stretch, calls);
    else markBottlenecks(last);
    for (const call of calls) {
      const { traces } = call;
      if (traces.layer?.isBlock === true && traces.splits.length === 0) traces.layer = null;
      traces.output = call.returned.flatMap((tensor) => this.#graph.vertexOf(tensor) ?? []);
      const isPlaced = traces.output.length > 0 && !isRepeat; // a checkpoint's part of the pass is known when all of it has run
      if (isPlaced) traces.isBottleneck = traces.output.some(({ isBottleneck }) => isBottleneck);
      call.returned = [];
      call.handOver();
    }
  }

  /** Gives a split to the call that it belongs to: the innermost of the model in which all of its joins were recorded. */
  #place(split: PlannedSplit, innermost: Call): void {
    let call: Call | null = innermost;
    while (call !== null && call.path === null) call = call.parent;
    if (call === null) return;
    const { traces } = call;
    if (traces.layer === null) {
      traces.layer = this.#structure.blockOf(call.module);
      if (traces.layer === null) return; // it is not among the layers that were asked for
      this.#measure(call);
      for (const tensor of call.returned) if (tensor.requiresGrad) this.#hear(call, tensor);
    }
    traces.splits = [...traces.splits, split];
    const { node } = split.from;
    if (node !== null) this.#splits.set(node, [...this.splitsAt(node), split]);
  }

  #segmentOf({ segment }: SegmentRun): Segment {
    const known = this.#segments.get(segment) ?? { calls: [] };
    this.#segments.set(segment, known);
    return known;
  }

  /** The call of the first run in whose place the next one of this run stands. */
  #next(run: SegmentRun): Call | null {
    const place = this.#repeated.get(run) ?? 0;
    this.#repeated.set(run, place + 1);
    return this.#segments.get(run.segment)?.calls[place] ?? null;
  }
}

function openPass(root: Call): OpenPass {
  const stretch = { since: root.since, vertices: [], hasWeights: false };
  return { root, stretch, calls: [], forks: new Map(), joining: new Set() };
}

const none: readonly PlannedSplit[] = [];

function tensorsOf(tree: unknown): Tensor[] {
  return leavesOf(tree).map(({ tensor }) => tensor);
}

/** Whether a ReLU that was recorded since a place on the tape made a result, be it under another name. */
function endsInReLU(node: TapeNode | null, since: number): boolean {
  let last = node;
  while (last?.op === "identity" && last.index >= since) last = last.inputs[0]?.node ?? null;
  return last?.op === "relu" && last.index >= since;
}

/** Whether a tensor is a leaf, but no parameter, that asks for a gradient. */
function isOpenLeaf(tensor: Tensor): boolean {
  return tensor.isLeaf && tensor.requiresGrad && !(tensor instanceof Parameter);
}

/** Whether a gradient can come back to one of some tensors. */
function reachOf(tensors: readonly Tensor[]): Reach {
  if (tensors.length === 0) return "no-tensor";
  if (!isRecording()) return "not-recorded";
  return tensors.some((tensor) => tensor.requiresGrad) ? "recorded" : "requires-none";
}
