/** A backward pass that is over, and how its record is made of the numbers that it left. */
import type { BackwardPass } from "../autograd/passes.js";
import type { Tensor } from "../autograd/tensor.js";
import type { LayerCall, Reach } from "./calls.js";
import { ParameterNumbers, type PassNumbers, updateRatio } from "./pass-numbers.js";
import type { LayerQuantity, LayerRecord, NullReason, PassRecord } from "./records.js";
import { type Later, type Moments, pooled, settle, settleAll } from "./statistics.js";
import type { PathPart, Structure, TracedLayer } from "./structure.js";

/** What is known of a call at the end of the pass. */
interface SeenCall {
  readonly layer: TracedLayer;
  readonly forward: number;
  readonly reach: Reach;
  readonly moments: readonly Moments[];
  readonly dead: LayerCall["dead"];
  /** Norms of the gradients at its output; null if none came. */
  readonly output: readonly Later[] | null;
  readonly paths: ReadonlyMap<PathPart, { readonly reach: Reach; readonly norms: readonly Later[] | null }>;
}

/** A number, the reason why there is none, or null where the layer never has one. */
type Entry = number | NullReason | null;

type Entries = Readonly<Record<LayerQuantity, Entry>>;

/** A pass that is over; its numbers may still be on the device. */
export class FinishedPass {
  readonly parameters: ReadonlyMap<Tensor, ParameterNumbers>;
  readonly #source: BackwardPass["source"];
  readonly #calls: readonly SeenCall[];
  readonly #idle: readonly TracedLayer[];

  /** @param current the model as it is now, where no call of it was seen */
  constructor(pass: BackwardPass, numbers: PassNumbers, current: Structure) {
    const { forwards } = numbers;
    const structure = forwards.at(-1)?.structure ?? current;
    this.#source = pass.source;
    this.#calls = forwards.flatMap(({ calls }, forward) => calls.map((call) => seen(call, forward, numbers)));
    const ran = new Set(this.#calls.map(({ layer }) => layer.output));
    this.#idle = structure.layers.filter(({ output }) => !ran.has(output));
    const parameters = new Map<Tensor, ParameterNumbers>();
    for (const { names } of [structure, ...forwards.map((one) => one.structure)]) {
      for (const [parameter, own] of names) {
        if (parameters.has(parameter)) continue;
        parameters.set(parameter, new ParameterNumbers(parameter, own, pass.leaves.get(parameter)));
      }
    }
    this.parameters = parameters;
  }

  /** Waits for the numbers. @param pass the number of the pass */
  async record(pass: number): Promise<PassRecord> {
    const layers = await Promise.all([
      ...this.#calls.map(async (call) => ({ call, entries: await this.#entriesOf(call) })),
      ...this.#idle.map(async (layer) => ({ call: { layer, forward: null }, entries: await this.#idleEntries(layer) })),
    ]);
    const parameters = await Promise.all([...this.parameters.values()].map((one) => one.record()));
    const count = new Map<string, number>();
    return {
      pass,
      source: this.#source,
      layers: layers.map(({ call: { layer, forward }, entries }, index) => {
        const calls = (count.get(layer.name) ?? 0) + 1;
        count.set(layer.name, calls);
        return layerRecord({ index, name: calls === 1 ? layer.name : `${layer.name}#${calls}`, forward }, entries);
      }),
      parameters,
      parameterGradNorms: Object.fromEntries(
        parameters.flatMap(({ names, gradNorm }) => names.map((name) => [name, gradNorm])),
      ),
    };
  }

  async #entriesOf(call: SeenCall): Promise<Entries> {
    const { layer, reach, dead } = call;
    const unknown = reach === "recorded" ? null : reach;
    const activation = unknown ?? (await pooled(call.moments));
    return {
      activationGradNorm: unknown ?? (await total(call.output)),
      ...(await this.#weightEntries(layer, true)),
      identityGradNorm: await pathEntry(call, "identity"),
      branchGradNorm: await pathEntry(call, "branch"),
      activationMean: typeof activation === "string" ? activation : activation.mean,
      activationStd: typeof activation === "string" ? activation : activation.std,
      deadFraction: layer.endsInReLU ? (unknown ?? (await deadOf(dead))) : null,
    };
  }

  async #idleEntries(layer: TracedLayer): Promise<Entries> {
    const reason = "did-not-run";
    return {
      activationGradNorm: reason,
      ...(await this.#weightEntries(layer, false)),
      identityGradNorm: layer.paths.identity === undefined ? null : reason,
      branchGradNorm: layer.paths.branch === undefined ? null : reason,
      activationMean: reason,
      activationStd: reason,
      deadFraction: layer.endsInReLU ? reason : null,
    };
  }

  async #weightEntries(
    { parameters }: TracedLayer,
    hasRun: boolean,
  ): Promise<Pick<Entries, "weightGradNorm" | "weightNorm" | "updateRatio">> {
    if (parameters.length === 0) return { weightGradNorm: null, weightNorm: null, updateRatio: null };
    const all = parameters.flatMap((parameter) => this.parameters.get(parameter) ?? []);
    const isFrozen = all.every((one) => one.isFrozen);
    const gradients = all.flatMap(({ gradient }) => gradient ?? []);
    const moves = all.flatMap(({ moved }) => moved ?? []);
    const size = Math.hypot(...(await settleAll(all.map((one) => one.norm))));
    const missing = isFrozen ? "frozen" : hasRun ? "no-gradient" : "did-not-run";
    return {
      weightGradNorm: gradients.length === 0 ? missing : await total(gradients),
      weightNorm: size,
      updateRatio: updateRatio(moves.length === 0 ? null : Math.hypot(...(await settleAll(moves))), size, isFrozen),
    };
  }
}

function seen(call: LayerCall, forward: number, numbers: PassNumbers): SeenCall {
  const { layer, reach, moments, dead } = call;
  const paths = [...call.paths].map(([part, reach]) => [part, { reach, norms: numbers.at(call, part) }] as const);
  return { layer, forward, reach, moments, dead, output: numbers.at(call, "output"), paths: new Map(paths) };
}

/** Norms of several tensors together. */
async function total(norms: readonly Later[] | null): Promise<number | NullReason> {
  return norms === null ? "no-gradient" : Math.hypot(...(await settleAll(norms)));
}

async function pathEntry({ layer, paths }: SeenCall, part: PathPart): Promise<Entry> {
  if (layer.paths[part] === undefined) return null;
  const path = paths.get(part);
  if (path === undefined) return "did-not-run";
  return path.reach === "recorded" ? total(path.norms) : path.reach;
}

async function deadOf(parts: LayerCall["dead"]): Promise<number> {
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const shares = await Promise.all(parts.map(async (part) => (part.units / units) * (await settle(part.fraction))));
  return shares.reduce((sum, share) => sum + share, 0);
}

function layerRecord(place: Pick<LayerRecord, "index" | "name" | "forward">, entries: Entries): LayerRecord {
  const named = Object.entries(entries) as [LayerQuantity, Entry][];
  const numbers = named.map(([quantity, entry]) => [quantity, typeof entry === "string" ? null : entry]);
  const reasons = named.filter(([, entry]) => typeof entry === "string");
  return {
    ...place,
    depth: null,
    isBottleneck: null,
    outputShape: null,
    within: null,
    splits: [],
    ...(Object.fromEntries(numbers) as Record<LayerQuantity, number | null>),
    reasons: Object.fromEntries(reasons),
  };
}
