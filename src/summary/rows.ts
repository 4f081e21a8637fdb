/** The rows of a summary: a recorded forward pass, call by call, with what each comes to. */
import type { AnyModule } from "../nn/module.js";
import { productsOf } from "./multiply-accumulates.js";
import { isModuleCall, type ModuleCall, type OpCall } from "./record.js";
import type { SummaryRow } from "./records.js";

/** What rows are made of. */
export interface Material {
  readonly model: AnyModule;
  readonly calls: readonly ModuleCall[];
  readonly keptByNode: ReadonlyMap<number, number>;
}

/** All rows, a module before what runs in it, modules that did not run last. */
export function rowsOf({ model, calls, keptByNode }: Material): SummaryRow[] {
  const rows: SummaryRow[] = [];
  const paths = pathsOf(model);
  const ran = new Set<AnyModule>();
  for (const call of calls) listModules(call, ran);
  const times = new Map<AnyModule, number>();
  const counted = new Set<object>();
  const nodes = [...keptByNode].sort(([a], [b]) => a - b);
  for (const call of calls) visit(call, 0, "");
  return rows;

  function visit(call: ModuleCall, depth: number, above: string): void {
    const { module, steps } = call;
    const path = paths.get(module) ?? `${above}?`;
    const time = (times.get(module) ?? 0) + 1;
    times.set(module, time);
    const row = moduleRow(module, { path, above, depth, call: time, outputs: call.outputs });
    rows.push({ ...row, ...countsOf(steps), keptBytes: keptBetween(nodes, call.from, call.to) });
    const children = steps.filter(isModuleCall);
    const lastOwn = children.length === 0 ? -1 : steps.findLastIndex((step) => !isModuleCall(step));
    for (const [i, step] of steps.entries()) {
      if (isModuleCall(step)) visit(step, depth + 1, path);
      else if (i === lastOwn) addOwn(call, children, depth + 1, path);
    }
    if (time === 1) addIdle(module, depth + 1, path);
    for (const parameter of module.parameters()) counted.add(parameter);
  }

  /** What a module computes between its children. */
  function addOwn(call: ModuleCall, children: readonly ModuleCall[], depth: number, path: string): void {
    const own = call.steps.filter((step): step is OpCall => !isModuleCall(step));
    const below = children.reduce((sum, { from, to }) => sum + keptBetween(nodes, from, to), 0);
    const keptBytes = keptBetween(nodes, call.from, call.to) - below;
    const counts = countsOf(own);
    if (counts.macs + counts.otherFlops + keptBytes === 0) return;
    const last = own.at(-1);
    rows.push({
      ...{ path, depth, name: "", type: namesOf(own), call: null, kernel: null, parameters: 0, trainable: 0 },
      outputs: last === undefined ? [] : [last.output],
      ...counts,
      keptBytes,
    });
  }

  /** Children that did not run, whole. */
  function addIdle(module: AnyModule, depth: number, above: string): void {
    for (const [, child] of module.namedChildren()) {
      if (ran.has(child)) continue;
      if (child.namedModules().some(([, one]) => ran.has(one))) {
        addIdle(child, depth, above);
        continue;
      }
      const row = moduleRow(child, { path: paths.get(child) ?? "?", above, depth, call: 0, outputs: [] });
      if (row.parameters === 0) continue;
      rows.push({ ...row, macs: 0, otherFlops: 0, keptBytes: 0 });
      for (const parameter of child.parameters()) counted.add(parameter);
    }
  }

  function moduleRow(
    module: AnyModule,
    { above, ...place }: Pick<SummaryRow, "path" | "depth" | "call" | "outputs"> & { readonly above: string },
  ): Omit<SummaryRow, "macs" | "otherFlops" | "keptBytes"> {
    const fresh = module.parameters().filter((parameter) => !counted.has(parameter));
    const size = (list: readonly { readonly size: number }[]) => list.reduce((sum, one) => sum + one.size, 0);
    const isBelow = above !== "" && place.path.startsWith(`${above}.`);
    return {
      ...place,
      name: isBelow ? place.path.slice(above.length + 1) : place.path,
      type: module.constructor.name,
      kernel: kernelOf(module),
      parameters: size(fresh),
      trainable: size(fresh.filter(({ requiresGrad }) => requiresGrad)),
    };
  }
}

function pathsOf(model: AnyModule): Map<AnyModule, string> {
  const paths = new Map<AnyModule, string>();
  for (const [path, module] of model.namedModules()) if (!paths.has(module)) paths.set(module, path);
  return paths;
}

function listModules({ module, steps }: ModuleCall, into: Set<AnyModule>): void {
  into.add(module);
  for (const step of steps) if (isModuleCall(step)) listModules(step, into);
}

/** What steps come to, with all that runs in them. */
export function countsOf(steps: readonly (ModuleCall | OpCall)[]): Pick<SummaryRow, "macs" | "otherFlops"> {
  let [macs, otherFlops] = [0, 0];
  for (const step of steps) {
    if (isModuleCall(step)) {
      const below = countsOf(step.steps);
      macs += below.macs;
      otherFlops += below.otherFlops;
      continue;
    }
    const products = productsOf(step);
    if (products === null || products.kind === "product") otherFlops += step.flops;
    else macs += products.macs;
  }
  return { macs, otherFlops };
}

function keptBetween(nodes: readonly (readonly [index: number, bytes: number])[], from: number, to: number): number {
  let sum = 0;
  for (let i = firstFrom(nodes, from); i < nodes.length; i++) {
    const [index, bytes] = nodes[i] as readonly [number, number];
    if (index >= to) break;
    sum += bytes;
  }
  return sum;
}

/** The place of the first node from an index on. */
function firstFrom(nodes: readonly (readonly [index: number, bytes: number])[], from: number): number {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((nodes[middle] as readonly [number, number])[0] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Names of ops in order, each with how often it runs: `add`, `concat ×3, mul`. */
function namesOf(ops: readonly OpCall[]): string {
  const counts = new Map<string, number>();
  for (const { op } of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => (count === 1 ? op : `${op} ×${count}`)).join(", ");
}

function kernelOf(module: AnyModule): readonly number[] | null {
  const { kernelSize } = module as { readonly kernelSize?: unknown };
  if (Array.isArray(kernelSize)) return kernelSize as number[];
  if (typeof kernelSize !== "number") return null;
  const [, axes = "1"] = /(\d)d$/.exec(module.constructor.name) ?? [];
  return new Array<number>(Number(axes)).fill(kernelSize);
}
