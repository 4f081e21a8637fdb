/** A call of a module, and what is known of it. */
import type { TapeNode } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import type { AnyModule } from "../nn/module.js";
import type { Shape } from "../shape.js";
import type { Stretch, Vertex } from "./graph.js";
import type { JoinKind, NullReason } from "./records.js";
import type { Later, Moments } from "./statistics.js";
import type { Structure, TracedLayer } from "./structure.js";

/** Whether a gradient can come back to a place, or why not. */
export type Reach = "recorded" | Extract<NullReason, "not-recorded" | "requires-none" | "no-tensor">;

/** A forward pass: what one outermost call of a module does. */
export interface ForwardPass {
  readonly order: number;
  readonly structure: Structure;
  /** In the order in which they returned. */
  readonly calls: Call[];
  readonly stretch: Stretch;
}

/** How many units a tensor has, and which fraction of them is dead. */
export interface Dead {
  readonly units: number;
  readonly fraction: Later;
}

/** One way, or several that enter the same module. */
export interface PlannedPart {
  readonly name: string;
}

/** A split as the tape has it, before any gradient. */
export interface PlannedSplit {
  /** The tensor from which the ways part. */
  readonly from: Vertex;
  readonly joins: readonly JoinKind[];
  readonly parts: readonly PlannedPart[];
  /** The part of an edge from it; null for one that the pass did not record on the way to an output. */
  partOf(consumer: TapeNode, input: number): PlannedPart | null;
  /** Weighted layers on the longest way of each part to the last join, NaN where nobody knows; none for one that leads to no
   * join. */
  depths(): ReadonlyMap<PlannedPart, number>;
}

/** What a call left behind; a checkpoint's second run fills in that of the first. */
export interface Traces {
  /** What it is in the record; null for a call that the record does not list. */
  layer: TracedLayer | null;
  reach: Reach;
  moments: readonly Moments[];
  /** Null where no ReLU ends it. */
  dead: readonly Dead[] | null;
  /** Shape of its first float tensor. */
  shape: Shape | null;
  /** Its output in the graph. */
  output: readonly Vertex[];
  /** Whether every way through the pass passes its output. */
  isBottleneck: boolean | null;
  splits: readonly PlannedSplit[];
}

/** A call of any module. */
export class Call {
  readonly module: AnyModule;
  /** Its path in the model; null if it is no part of it. */
  readonly path: string | null;
  /** The call that it was made in. */
  readonly parent: Call | null;
  /** Where the tape stood when it began. */
  readonly since: number;
  /** Where the tape stood when it returned. */
  until: number = Number.POSITIVE_INFINITY;
  readonly children: Call[] = [];
  /** The forward pass that it is part of; null until it has returned. */
  forward: ForwardPass | null = null;
  /** The tensors that it returned, until the pass is over. */
  returned: readonly Tensor[] = [];
  traces: Traces;
  readonly #level: number;
  #original: Call | null = null;

  constructor(module: AnyModule, path: string | null, parent: Call | null, since: number, layer: TracedLayer | null) {
    this.module = module;
    this.path = path;
    this.parent = parent;
    this.since = since;
    this.#level = parent === null ? 0 : parent.#level + 1;
    this.traces = {
      layer,
      reach: "not-recorded",
      moments: [],
      dead: null,
      shape: null,
      output: [],
      isBottleneck: null,
      splits: [],
    };
    parent?.children.push(this);
  }

  /** The call itself or, in a checkpoint's second run, the one that it repeats. */
  get original(): Call {
    return this.#original?.original ?? this;
  }

  /** Stands for a call of the first run, which only computed what this one records. */
  repeat(first: Call): void {
    this.#original = first.original;
  }

  /** Hands what a second run has recorded to the call that it stands for. */
  handOver(): void {
    const { original } = this;
    if (original === this || this.traces.reach === "not-recorded") return; // a checkpoint in a checkpoint records later
    original.traces = this.traces;
  }

  /** The innermost call, of this one and those made in it, that was under way when the tape stood at a place. */
  around(index: number): Call {
    let call: Call = this;
    for (let inner: Call | null = this; inner !== null; inner = inner.#childAround(index)) call = inner;
    return call;
  }

  #childAround(index: number): Call | null {
    let [low, high] = [0, this.children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.children[middle] as Call).until <= index) low = middle + 1;
      else high = middle;
    }
    const child = this.children[low];
    return child !== undefined && child.since <= index ? child : null;
  }

  /** The innermost call that both were made in, or that one of them is. */
  common(other: Call): Call {
    let [a, b]: [Call, Call] = [this, other];
    while (a !== b && a.parent !== null && b.parent !== null) {
      const difference = a.#level - b.#level;
      if (difference >= 0) a = a.parent;
      if (difference <= 0) b = b.parent;
    }
    return a.#level < b.#level ? a : b;
  }

  /** Whether it was made in another call, or is it. */
  isIn(other: Call): boolean {
    return this.common(other) === other;
  }

  /** What another call is called as seen from this one. */
  nameFor(other: Call): string {
    const { path } = other;
    if (path === null || path === "") return other.module.constructor.name;
    const own = this.path === null || this.path === "" ? "" : `${this.path}.`;
    return path.startsWith(own) ? path.slice(own.length) : path;
  }
}
