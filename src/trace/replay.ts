/** Checkpoints that run again in a backward pass: what a forward pass could not know of them is known then. */
import { type TapeNode, tapePosition } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import type { Call } from "./call.js";
import type { Stretch, TapeGraph, Vertex } from "./graph.js";

/** A checkpoint that runs again. */
interface Replay {
  /** What it is in the pass around it. */
  readonly vertex: Vertex;
  /** What it records now outside of the model's modules. */
  readonly bare: Stretch;
  /** What it records in them, call by call. */
  readonly stretches: Stretch[];
  /** The calls of the model in it. */
  readonly calls: Call[];
}

/** What a checkpoint did in its second run. */
interface Inside {
  readonly vertices: readonly Vertex[];
  readonly roots: ReadonlySet<Vertex>;
  readonly result: Vertex;
}

export class Replays {
  readonly #graph: TapeGraph;
  #current: Replay | null = null;
  readonly #inside = new WeakMap<Vertex, Inside>();

  constructor(graph: TapeGraph) {
    this.#graph = graph;
  }

  /** The gradient of a result has come together. If that is a checkpoint's, it runs again next; the gradient that comes
   * together first after that is the one of its result, as the second run recorded it. */
  arrived(node: TapeNode): void {
    const replay = this.#current;
    this.#current = null;
    if (replay !== null && node.index >= replay.bare.since) this.#close(replay, node);
    if (node.op !== "checkpoint") return;
    const vertex = this.#graph.vertexAt(node);
    const since = tapePosition();
    this.#graph.arguments = { since, given: node.inputs.flatMap((one) => (one?.requiresGrad ? one : [])) };
    if (vertex === null) return;
    this.#current = { vertex, bare: { since, vertices: [], hasWeights: true }, stretches: [], calls: [] };
  }

  /** A module of the checkpoint that runs now is given a tensor: what made it of the arguments is a part of the graph. */
  given(tensor: Tensor): void {
    if (this.#current !== null) this.#graph.extend([tensor], this.#current.bare);
  }

  /** A part of the checkpoint that runs now is over. */
  add(stretch: Stretch, calls: readonly Call[]): void {
    this.#current?.stretches.push(stretch);
    this.#current?.calls.push(...calls);
  }

  #close({ vertex, bare, stretches, calls }: Replay, node: TapeNode): void {
    const result = this.#graph.extendTo(node, bare);
    if (result === null) return;
    const vertices = [...stretches, bare].flatMap((one) => one.vertices).sort((a, b) => a.index - b.index);
    const own = new Set(vertices);
    const roots = new Set(vertices.flatMap(({ inputs }) => inputs.flatMap(({ from }) => (own.has(from) ? [] : from))));
    this.#inside.set(vertex, { vertices, roots, result });
    markBottlenecks(vertex.isBottleneck ? result : null);
    for (const { traces } of calls) {
      if (traces.output.length > 0) traces.isBottleneck = traces.output.some(({ isBottleneck }) => isBottleneck);
    }
  }

  /** What the result of a checkpoint is inside of it; null until it has run again. */
  resultOf(vertex: Vertex): Vertex | null {
    return this.#inside.get(vertex)?.result ?? null;
  }

  /** Finds the depths of a pass again, with those of the checkpoints that have run again since. */
  measure(vertices: readonly Vertex[]): void {
    for (const vertex of vertices) {
      vertex.measure();
      const inside = this.#inside.get(vertex);
      if (inside === undefined) continue;
      for (const root of inside.roots) if (root.standsFor !== null) root.measure();
      this.measure(inside.vertices);
      vertex.measureInside(inside.result, weightsOf(inside));
    }
  }
}

/** Weighted layers on the longest way through a checkpoint from each of its inputs that has a way to the result. */
function weightsOf({ vertices, roots, result }: Inside): Map<Vertex, number> {
  const lengths = new Map<Vertex, number>([[result, 0]]);
  for (const vertex of vertices.toReversed()) {
    const length = lengths.get(vertex);
    if (length === undefined) continue;
    for (const { from } of vertex.inputs) {
      lengths.set(from, Math.max(lengths.get(from) ?? 0, vertex.weightFrom(from) + length));
    }
  }
  const weights = new Map<Vertex, number>();
  for (const root of roots) {
    const length = lengths.get(root);
    if (root.standsFor === null || length === undefined) continue;
    weights.set(root.standsFor, Math.max(weights.get(root.standsFor) ?? 0, length));
  }
  return weights;
}

/** Marks what every way to a result passes. */
export function markBottlenecks(last: Vertex | null): void {
  for (let vertex = last; vertex !== null; vertex = vertex.dominator) vertex.isBottleneck = true;
}
