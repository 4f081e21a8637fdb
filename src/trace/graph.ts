/** The graph of what forward passes record: how deep each result lies, and what every way to it passes. */
import type { TapeNode } from "../autograd/tape.js";
import type { Tensor } from "../autograd/tensor.js";
import { Parameter } from "../nn/parameter.js";
import { sameShape } from "../shape.js";
import type { JoinKind } from "./records.js";

/** A way from one result to an operation that reads it. */
export interface Edge {
  readonly from: Vertex;
  /** Which input of the operation it is. */
  readonly input: number;
}

/** What a vertex is made of. */
interface Parts {
  readonly node: TapeNode | null;
  readonly inputs: readonly Edge[];
  readonly weight?: number;
  readonly join?: JoinKind | null;
  readonly standsFor?: Vertex | null;
}

/** A result on the way from the input to the output; a root has no inputs. */
export class Vertex {
  readonly node: TapeNode | null;
  readonly inputs: readonly Edge[];
  /** Weighted layers in it: 1 or 0; NaN where nobody knows, as in a checkpoint until it has run again. */
  readonly #weight: number;
  /** Weighted layers in a checkpoint that has run again, on the longest way from each input. */
  #inside: ReadonlyMap<Vertex, number> | null = null;
  /** How it joins ways, if it does. */
  readonly join: JoinKind | null;
  /** In a checkpoint's second run, the result outside of it that an argument is. */
  readonly standsFor: Vertex | null;
  /** How many operations read it. */
  uses = 0;
  /** Whether every way through its pass passes it. */
  isBottleneck = false;
  /** Weighted layers on the longest way to it, its own included; NaN where that is not known. */
  depth: number;
  /** The last result before it that every way from the inputs to it passes; null if there is none. */
  readonly dominator: Vertex | null;
  readonly #level: number;

  constructor({ node, inputs, weight = 0, join = null, standsFor = null }: Parts, depth = 0) {
    this.node = node;
    this.inputs = inputs;
    this.#weight = weight;
    this.join = join;
    this.standsFor = standsFor;
    this.depth = depth;
    for (const from of new Set(inputs.map((edge) => edge.from))) from.uses++;
    this.measure();
    const [first, ...rest] = inputs.map(({ from }) => from);
    this.dominator = first === undefined ? null : rest.reduce<Vertex | null>(common, first);
    this.#level = this.dominator === null ? 0 : this.dominator.#level + 1;
  }

  /** Its place on the tape; before everything else if it is not there. */
  get index(): number {
    return this.node?.index ?? Number.NEGATIVE_INFINITY;
  }

  /** Weighted layers in it on the longest way from one of its inputs. */
  weightFrom(input: Vertex): number {
    return this.#inside?.get(input) ?? this.#weight;
  }

  /** Takes its depth from what it depends on, as far as that is known now. */
  measure(): void {
    if (this.standsFor !== null) this.depth = this.standsFor.depth;
    if (this.inputs.length === 0) return;
    this.depth = Math.max(...this.inputs.map(({ from }) => from.depth + this.weightFrom(from))); // NaN stays NaN
  }

  /** A checkpoint has run again: how deep its result lies in it is known now, and how far from each input. */
  measureInside(result: Vertex, weights: ReadonlyMap<Vertex, number>): void {
    this.depth = result.depth;
    this.#inside = weights;
  }

  /** The last vertex that all ways to both of them pass (each counts as its own last one). */
  static common(one: Vertex, other: Vertex): Vertex | null {
    let [a, b]: [Vertex | null, Vertex | null] = [one, other];
    while (a !== b) {
      if (a === null || b === null) return null;
      const difference: number = a.#level - b.#level;
      if (difference >= 0) a = a.dominator;
      if (difference <= 0) b = b.dominator;
    }
    return a;
  }
}

function common(one: Vertex | null, other: Vertex): Vertex | null {
  return one === null ? null : Vertex.common(one, other);
}

/** The part of the graph that one forward pass, or one run of a checkpoint, records. */
export interface Stretch {
  /** Where the tape stood when it began. */
  readonly since: number;
  /** In the order in which they were found. */
  readonly vertices: Vertex[];
  /** Whether a module with weights has been called in it: what is not on the tape may come from there. */
  hasWeights: boolean;
}

/** The arguments of a checkpoint that runs again: variables that were put on the tape one after the other. */
export interface Arguments {
  /** Where the tape stood before the first of them. */
  readonly since: number;
  /** What they are outside of it. */
  readonly given: readonly Tensor[];
}

/** The graph, which grows as calls return. */
export class TapeGraph {
  /** Null for what is made of parameters and constants alone. */
  readonly #known = new WeakMap<TapeNode | Tensor, Vertex | null>();
  /** Of the checkpoint that ran again last. */
  arguments: Arguments | null = null;

  /** What a tensor is in the graph; null if it is not a part of it. */
  vertexOf({ node }: Tensor): Vertex | null {
    return node === null ? null : this.vertexAt(node);
  }

  /** What a place on the tape is in the graph; null if it is not a part of it. */
  vertexAt(node: TapeNode): Vertex | null {
    return this.#known.get(node) ?? null;
  }

  /** Makes a tensor an input of the graph, unless what made it is known. */
  begin(tensor: Tensor, depth: number): void {
    if (tensor instanceof Parameter) return;
    const { node } = tensor;
    if (node === null) this.#known.set(tensor, new Vertex({ node, inputs: [] }, depth));
    else if (!this.#known.has(node)) this.#known.set(node, this.#root(node, depth));
  }

  /** A module was given a tensor, or returned it: one that is not on the tape is an input from here on. */
  meet(tensor: Tensor, { hasWeights }: Stretch): void {
    if (tensor.node !== null || this.#known.has(tensor)) return;
    this.begin(tensor, hasWeights ? Number.NaN : 0);
  }

  /** Takes in what some tensors depend on. @returns what is new, in the order of the tape */
  extend(tensors: readonly Tensor[], stretch: Stretch): readonly Vertex[] {
    return this.#extend(new Set(tensors.flatMap(({ node }) => node ?? [])), stretch);
  }

  /** Takes in what a place on the tape depends on. @returns what the place is */
  extendTo(node: TapeNode, stretch: Stretch): Vertex | null {
    this.#extend(new Set([node]), stretch);
    return this.vertexAt(node);
  }

  #extend(fresh: Set<TapeNode>, { since, vertices }: Stretch): readonly Vertex[] {
    for (const node of fresh) {
      if (node.index < since || this.#known.has(node)) fresh.delete(node);
      else for (const input of node.inputs) if (input?.node) fresh.add(input.node); // a Set visits what is added meanwhile
    }
    const found: Vertex[] = [];
    for (const node of [...fresh].sort((a, b) => a.index - b.index)) {
      const isArgument = node.op === "argument";
      const vertex = isArgument ? this.#root(node, Number.NaN) : this.#vertexOf(node);
      this.#known.set(node, vertex);
      if (vertex !== null && !isArgument) found.push(vertex);
    }
    vertices.push(...found);
    return found;
  }

  #vertexOf(node: TapeNode): Vertex | null {
    const inputs: Edge[] = [];
    let readsWeights = false;
    let loose: (Edge & { readonly tensor: Tensor }) | null = null;
    for (const [input, tensor] of node.inputs.entries()) {
      if (tensor === null) continue;
      const from = this.#source(tensor);
      if (from instanceof Vertex) inputs.push({ from, input });
      else if (from === null) readsWeights ||= tensor.rank >= 2;
      else if (tensor.rank > 0) loose = { tensor, from: new Vertex({ node: null, inputs: [] }, Number.NaN), input };
    }
    const isLayer = readsWeights && !node.broadcasts;
    if (inputs.length === 0) {
      if (!isLayer || loose === null) return null;
      this.#known.set(loose.tensor, loose.from);
      inputs.push(loose);
    }
    const weight = node.op === "checkpoint" || node.isOpaque ? Number.NaN : isLayer ? 1 : 0;
    return new Vertex({ node, inputs, weight, join: joinOf(node, inputs) });
  }

  /** Where an input comes from: null for parameters and what is made of them, undefined for any other constant. */
  #source(tensor: Tensor): Vertex | null | undefined {
    const { node } = tensor;
    if (node === null) return tensor instanceof Parameter ? null : this.#known.get(tensor);
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const vertex = this.#root(node, Number.NaN); // somebody else made it, before the pass
    this.#known.set(node, vertex);
    return vertex;
  }

  #root(node: TapeNode, depth: number): Vertex {
    const { since = 0, given = [] } = this.arguments ?? {};
    const argument = node.op === "argument" ? (node.inputs[0] ?? given[node.index - since]) : null;
    return new Vertex({ node, inputs: [], standsFor: argument == null ? null : this.vertexOf(argument) }, depth);
  }
}

const joins: ReadonlyMap<string, JoinKind> = new Map([
  ["add", "add"],
  ["sub", "add"],
  ["lerp", "add"],
  ["concat", "concat"],
]);

/** How an operation joins ways. Tensors of other shapes that are added, a mean or a bias, are no ways of their own. */
function joinOf(node: TapeNode, inputs: readonly Edge[]): JoinKind | null {
  const kind = joins.get(node.op) ?? null;
  if (kind === "concat") return inputs.length > 1 ? kind : null;
  const { outputShape } = node;
  const whole = inputs.filter(({ input }) => {
    const shape = node.inputs[input]?.shape;
    return shape !== undefined && outputShape !== null && sameShape(shape, outputShape);
  });
  return whole.length > 1 ? kind : null;
}
