/** A backward pass that is over, and how its record is made of the numbers that it left. */
import type { BackwardPass } from "../autograd/passes.js";
import type { Tensor } from "../autograd/tensor.js";
import type { Call, Dead, Traces } from "./call.js";
import type { CallRecorder } from "./calls.js";
import { ParameterNumbers, type PassNumbers, updateRatio } from "./pass-numbers.js";
import type { LayerQuantity, LayerRecord, NullReason, PassRecord, Split } from "./records.js";
import { type Entry, type SeenSplit, splitRecord, twoPaths } from "./split-record.js";
import { type Later, pooled, settle, settleAll } from "./statistics.js";
import type { TracedLayer } from "./structure.js";

/** What is known of a call at the end of the pass. */
interface SeenCall extends Omit<Traces, "layer" | "output" | "splits"> {
  readonly call: Call;
  readonly layer: TracedLayer;
  readonly forward: number;
  readonly depth: number | null;
  /** Norms of the gradients at its output; null if none came. */
  readonly norms: readonly Later[] | null;
  readonly splits: readonly SeenSplit[];
  /** The call around it in which ways come together. */
  readonly around: Call | null;
}

type Entries = Readonly<Record<LayerQuantity, Entry>>;

/** What a record says of a layer beside its numbers. */
type Place = Omit<LayerRecord, LayerQuantity | "reasons">;

/** A pass that is over; its numbers may still be on the device. */
export class FinishedPass {
  readonly parameters: ReadonlyMap<Tensor, ParameterNumbers>;
  readonly #source: BackwardPass["source"];
  readonly #calls: readonly SeenCall[];
  readonly #idle: readonly TracedLayer[];

  /** @param recorder has the model as it is now, where no call of it was seen */
  constructor(pass: BackwardPass, numbers: PassNumbers, recorder: CallRecorder) {
    const { forwards } = numbers;
    recorder.measure(forwards);
    const structure = forwards.at(-1)?.structure ?? recorder.structure;
    this.#source = pass.source;
    this.#calls = forwards.flatMap(({ calls }, forward) =>
      calls.flatMap((call) => seen(call, forward, numbers, recorder)),
    );
    const ran = new Set(this.#calls.map(({ call }) => call.module));
    this.#idle = [...structure.layers.values()].filter(({ module }) => !ran.has(module));
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
    const names = namesOf(this.#calls);
    const ran = this.#calls.map(async (call, index) => {
      const name = (of: Call | null) => (of === null ? null : (names.get(of) ?? null));
      const splits = await Promise.all(call.splits.map((split) => splitRecord(split, name(split.from))));
      const place: Place = {
        index,
        name: names.get(call.call) as string,
        forward: call.forward,
        depth: call.depth,
        isBottleneck: call.isBottleneck,
        outputShape: call.shape,
        within: name(call.around),
        splits,
      };
      return layerRecord(place, await this.#entriesOf(call, splits));
    });
    const idle = this.#idle.map(async (layer, i) => {
      const place = { ...notRun, index: this.#calls.length + i, name: layer.name };
      return layerRecord(place, await this.#idleEntries(layer));
    });
    const parameters = await Promise.all([...this.parameters.values()].map((one) => one.record()));
    return {
      pass,
      source: this.#source,
      layers: await Promise.all([...ran, ...idle]),
      parameters,
      parameterGradNorms: Object.fromEntries(
        parameters.flatMap(({ names, gradNorm }) => names.map((name) => [name, gradNorm])),
      ),
    };
  }

  async #entriesOf(call: SeenCall, splits: readonly Split[]): Promise<Entries> {
    const { layer, reach, dead } = call;
    const unknown = reach === "recorded" ? null : reach;
    const activation = unknown ?? (await pooled(call.moments));
    return {
      activationGradNorm: unknown ?? (await total(call.norms)),
      ...(await this.#weightEntries(layer, true)),
      ...twoPaths(splits),
      activationMean: typeof activation === "string" ? activation : activation.mean,
      activationStd: typeof activation === "string" ? activation : activation.std,
      deadFraction: dead === null ? (layer.isReLU ? unknown : null) : await deadOf(dead),
    };
  }

  async #idleEntries(layer: TracedLayer): Promise<Entries> {
    const reason = "did-not-run";
    return {
      activationGradNorm: reason,
      ...(await this.#weightEntries(layer, false)),
      ...twoPaths([]),
      activationMean: reason,
      activationStd: reason,
      deadFraction: layer.isReLU ? reason : null,
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

const notRun = {
  forward: null,
  depth: null,
  isBottleneck: null,
  outputShape: null,
  within: null,
  splits: [],
} as const satisfies Omit<Place, "index" | "name">;

/** What is known of a call; nothing if it is no layer. */
function seen(call: Call, forward: number, numbers: PassNumbers, recorder: CallRecorder): SeenCall[] {
  const { layer, output, splits, ...rest } = call.traces;
  if (layer === null) return [];
  let around = call.parent?.original ?? null;
  while (around !== null && around.traces.splits.length === 0) around = around.parent?.original ?? null;
  const depth = output[0]?.depth ?? Number.NaN;
  return [
    {
      ...rest,
      call,
      layer,
      forward,
      depth: Number.isNaN(depth) ? null : depth,
      norms: numbers.at(call),
      splits: splits.map((plan) => {
        const depths = new Map([...plan.depths()].filter(([, depth]) => !Number.isNaN(depth)));
        return { plan, numbers: numbers.of(plan), depths, from: recorder.callOf(plan.from)?.original ?? null };
      }),
      around,
    },
  ];
}

/** What each call is called in the record. */
function namesOf(calls: readonly SeenCall[]): Map<Call, string> {
  const count = new Map<string, number>();
  const names = new Map<Call, string>();
  for (const { call, layer } of calls) {
    const before = count.get(layer.name) ?? 0;
    count.set(layer.name, before + 1);
    names.set(call, before === 0 ? layer.name : `${layer.name}#${before + 1}`);
  }
  return names;
}

/** Norms of several tensors together. */
async function total(norms: readonly Later[] | null): Promise<number | NullReason> {
  return norms === null ? "no-gradient" : Math.hypot(...(await settleAll(norms)));
}

async function deadOf(parts: readonly Dead[]): Promise<number> {
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const shares = await Promise.all(parts.map(async (part) => (part.units / units) * (await settle(part.fraction))));
  return shares.reduce((sum, share) => sum + share, 0);
}

function layerRecord(place: Place, entries: Entries): LayerRecord {
  const named = Object.entries(entries) as [LayerQuantity, Entry][];
  const numbers = named.map(([quantity, entry]) => [quantity, typeof entry === "string" ? null : entry]);
  const reasons = named.filter(([, entry]) => typeof entry === "string");
  return {
    ...place,
    ...(Object.fromEntries(numbers) as Record<LayerQuantity, number | null>),
    reasons: Object.fromEntries(reasons),
  };
}
