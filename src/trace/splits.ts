/** Where ways part and come together again in a forward pass, and through which modules they go. */
import type { Call, PlannedPart, PlannedSplit } from "./call.js";
import type { Edge, Vertex } from "./graph.js";
import type { JoinKind } from "./records.js";

/** An operation that reads a vertex, and as which input. */
interface Use {
  readonly by: Vertex;
  readonly input: number;
}

/** Finds the splits of a pass, each with the innermost call in which all of its joins were recorded.
 * @param vertices of the pass, in the order of the tape
 * @param root the call that the pass is */
export function findSplits(vertices: readonly Vertex[], root: Call): { call: Call; split: PlannedSplit }[] {
  const uses = usesOf(vertices);
  const { forks, whole } = joinsByFork(vertices, uses, root);
  return [...forks].flatMap(([from, joins]) => {
    const call = joins.map((join) => root.around(join.index)).reduce((a, b) => a.common(b));
    const split = plan(from, joins, { vertices, uses, whole, root, call });
    return split === null ? [] : [{ call, split }];
  });
}

function usesOf(vertices: readonly Vertex[]): Map<Vertex, Use[]> {
  const uses = new Map<Vertex, Use[]>();
  for (const by of vertices) {
    for (const { from, input } of by.inputs) {
      const known = uses.get(from);
      if (known === undefined) uses.set(from, [{ by, input }]);
      else known.push({ by, input });
    }
  }
  return uses;
}

interface Joins {
  /** Under the last vertex that all ways to them pass. */
  readonly forks: ReadonlyMap<Vertex, readonly Vertex[]>;
  /** The concatenation of which a pair is a part. */
  readonly whole: ReadonlyMap<Vertex, Vertex>;
}

/** The joins of each fork. */
function joinsByFork(vertices: readonly Vertex[], uses: ReadonlyMap<Vertex, Use[]>, root: Call): Joins {
  const forks = new Map<Vertex, Vertex[]>();
  const whole = new Map<Vertex, Vertex>();
  for (const join of vertices.toReversed()) {
    if (join.join === null || join.dominator === null || whole.has(join)) continue;
    if (join.join === "concat") for (const pair of pairsOf(join, uses, root)) whole.set(pair, join);
    forks.set(join.dominator, [join, ...(forks.get(join.dominator) ?? [])]);
  }
  return { forks, whole };
}

/** A list of tensors is concatenated in pairs, one right after the other: the joins that the last one is made of. */
function pairsOf(last: Vertex, uses: ReadonlyMap<Vertex, Use[]>, root: Call): Set<Vertex> {
  const call = root.around(last.index);
  const pairs = new Set<Vertex>();
  let first = last.index;
  const visit = ({ from }: Edge): void => {
    const isOnlyThere = uses.get(from)?.length === 1 && root.around(from.index) === call;
    if (from.node?.op === "concat" && isOnlyThere) pairs.add(from);
  };
  last.inputs.forEach(visit);
  for (const pair of pairs) pair.inputs.forEach(visit);
  const inOrder = [...pairs].sort((a, b) => b.index - a.index);
  for (const pair of inOrder) {
    if (pair.index !== first - 1) pairs.delete(pair);
    else first = pair.index;
  }
  return pairs;
}

interface Surroundings {
  readonly vertices: readonly Vertex[];
  readonly uses: ReadonlyMap<Vertex, Use[]>;
  readonly whole: Joins["whole"];
  readonly root: Call;
  readonly call: Call;
}

function plan(from: Vertex, joins: readonly Vertex[], around: Surroundings): PlannedSplit | null {
  const onWay = lengthsTo(joins, from, around);
  const named = (around.uses.get(from) ?? []).map((use) => ({ ...use, name: nameOf(use.by, onWay, around) }));
  const byEdge = new Map<number, string[]>();
  for (const { by, input, name } of named) {
    const ofOperation = byEdge.get(by.index) ?? [];
    ofOperation[input] = name;
    byEdge.set(by.index, ofOperation);
  }
  const parts = new Map(named.map(({ name }): [string, PlannedPart] => [name, { name }]));
  if (parts.size < 2) return null;
  return {
    from,
    joins: [...new Set(joins.map(({ join }) => join as JoinKind))],
    parts: [...parts.values()],
    partOf: ({ index }, input) => parts.get(byEdge.get(index)?.[input] ?? "") ?? null,
    depths: () => {
      const lengths = lengthsTo(joins, from, around);
      const depths = new Map<PlannedPart, number>();
      for (const { by, name } of named) {
        const part = parts.get(name) as PlannedPart;
        const length = lengths.get(by);
        if (length !== undefined) depths.set(part, Math.max(depths.get(part) ?? 0, by.weightFrom(from) + length));
      }
      return depths;
    },
  };
}

/** Weighted layers on the longest way from each vertex, its own left out, to the last join that it reaches. */
function lengthsTo(
  joins: readonly Vertex[],
  from: Vertex,
  { vertices, uses }: Surroundings,
): ReadonlyMap<Vertex, number> {
  const lengths = new Map<Vertex, number>(joins.map((join) => [join, 0]));
  const last = joins.at(-1)?.index ?? 0;
  for (let i = vertices.length - 1; i >= 0; i--) {
    const vertex = vertices[i] as Vertex;
    if (vertex.index > last) continue;
    if (vertex.index <= from.index) break;
    for (const { by } of uses.get(vertex) ?? []) {
      const length = lengths.get(by);
      if (length !== undefined) lengths.set(vertex, Math.max(lengths.get(vertex) ?? 0, by.weightFrom(vertex) + length));
    }
  }
  return lengths;
}

/** The first module on a way that begins at an operation, as seen from the call of the split. A way goes on through joins, to the
 * last one that it reaches: what is concatenated for a module enters that module. Of several modules it is the one that the
 * fewest operations lie before; a concatenation of many tensors is one.
 * @param onWay has the joins, and what leads to one */
function nameOf(start: Vertex, onWay: ReadonlyMap<Vertex, number>, around: Surroundings): string {
  const { uses, whole, root, call } = around;
  const way = new Set([whole.get(start) ?? start]);
  let elsewhere: Call | null = null;
  let isJoined = false;
  for (const vertex of way) {
    const entered = root.around(vertex.index);
    if (entered !== call && entered.isIn(call)) return call.nameFor(entered);
    const after = (uses.get(vertex) ?? []).filter(({ by }) => onWay.has(by) || !onWay.has(vertex));
    if (onWay.has(vertex) && after.length === 0) isJoined = true;
    else if (entered === call) for (const { by } of after) way.add(whole.get(by) ?? by);
    else elsewhere ??= entered;
  }
  if (isJoined) return "identity";
  return elsewhere === null ? "outside" : call.nameFor(elsewhere);
}
