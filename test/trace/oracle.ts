/** What a trace must record, computed without one: every layer's output gets a place of its own on the tape, whose gradient
 * `gradients` tells, and every step is measured on copies of the weights. */
import {
  gradients,
  identity,
  isRecording,
  type LayerQuantity,
  type Module,
  type NullReason,
  type Tensor,
} from "../../src/index.js";
import { isRectifier, layersOf, type Net, ownParameters, type Run } from "./programs.js";

type Expected = number | NullReason | null;

/** A layer as the record must have it. */
export interface ExpectedLayer extends Partial<Record<LayerQuantity, Expected>> {
  readonly name: string;
  readonly forward: number | null;
}

export interface ExpectedPass {
  readonly layers: readonly ExpectedLayer[];
  readonly parameters: readonly { names: string[]; gradNorm: Expected; norm: number; updateRatio: Expected }[];
}

interface Segment {
  output: Tensor | null;
  hasRunAgain: boolean;
}

interface Call {
  readonly layer: Module;
  readonly place: Tensor | null;
  readonly reach: "recorded" | NullReason;
  readonly values: readonly number[];
  readonly segment: Segment | null;
}

interface Forward {
  readonly calls: Call[];
  readonly layers: ReadonlyMap<Module, string>;
}

/** A parameter at the end of a pass. */
interface Snapshot {
  readonly parameter: Tensor;
  readonly names: string[];
  readonly gradient: readonly number[] | null;
  readonly isFrozen: boolean;
  readonly before: readonly number[];
  moved: number | null;
}

const numbers = (t: Tensor): number[] => [...t.dataSync()];
const norm = (values: readonly number[]): number => Math.hypot(...values);

export class Oracle implements Run {
  readonly #net: Net;
  readonly #forwards: Forward[] = [];
  readonly #segments: Segment[] = [];
  #segment: Segment | null = null;
  #snapshots: Snapshot[] = [];
  readonly #passes: (() => ExpectedPass)[] = [];

  constructor(net: Net) {
    this.#net = net;
  }

  /** A forward pass begins. */
  begin(): void {
    this.#forwards.push({ calls: [], layers: layersOf(this.#net) });
    this.#segment = null;
  }

  seen(layer: Module, output: Tensor): Tensor {
    const isReached = isRecording() && output.requiresGrad;
    const reach = !isRecording() ? "not-recorded" : isReached ? "recorded" : "requires-none";
    const place = isReached ? identity(output) : null;
    const call = { layer, place, reach, values: numbers(output), segment: this.#segment } as const;
    this.#forwards.at(-1)?.calls.push(call);
    return place ?? output;
  }

  checkpoint(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
    const around = this.#segment;
    const segment: Segment = { output: null, hasRunAgain: false };
    if (isRecording()) {
      this.#segments.push(segment);
      this.#segment = segment;
    }
    const result = fn(x);
    this.#segment = around;
    const output = result.requiresGrad ? identity(result) : result;
    segment.output = output.requiresGrad ? output : null;
    return output;
  }

  /** The backward pass of a loss is about to run. */
  passing(loss: Tensor): void {
    const parameters = this.#parameters();
    const places = this.#forwards.flatMap(({ calls }) => calls.flatMap(({ place }) => place ?? []));
    const ends = this.#segments.flatMap(({ output }) => output ?? []);
    const wanted = [...places, ...ends, ...parameters.keys()];
    const found = gradients(loss, wanted, { retainGraph: true });
    const byTensor = new Map(wanted.map((tensor, i) => [tensor, found[i] ?? null]));
    for (const segment of this.#segments) {
      if (segment.output !== null && byTensor.get(segment.output)) segment.hasRunAgain = true;
    }
    const isReached = [...places, ...parameters.keys()].some((tensor) => byTensor.get(tensor));
    if (!isReached) return; // it went back past the net
    this.#snapshots = [...parameters].map(([parameter, names]) => {
      const gradient = byTensor.get(parameter);
      return {
        parameter,
        names,
        gradient: gradient ? numbers(gradient) : null,
        isFrozen: !parameter.requiresGrad,
        before: numbers(parameter),
        moved: null,
      };
    });
    this.#passes.push(this.#expectation(byTensor, this.#snapshots));
  }

  /** A step has been made. */
  stepped(): void {
    const own = this.#parameters(); // the optimiser knows no layer that was replaced
    for (const snapshot of this.#snapshots) {
      if (snapshot.parameter.grad === null || !own.has(snapshot.parameter)) continue;
      const { before } = snapshot;
      snapshot.moved = norm(numbers(snapshot.parameter).map((value, i) => value - (before[i] as number)));
    }
    this.#snapshots = this.#snapshots.filter(({ moved }) => moved === null);
  }

  /** The weights were replaced by others. */
  loaded(): void {
    this.#snapshots = [];
  }

  expected(): ExpectedPass[] {
    return this.#passes.map((finish) => finish());
  }

  #parameters(): Map<Tensor, string[]> {
    const names = new Map<Tensor, string[]>();
    for (const [layer, name] of layersOf(this.#net)) {
      for (const [property, value] of Object.entries(layer)) {
        if (!ownParameters(layer).includes(value)) continue;
        names.set(value, [...(names.get(value) ?? []), `${name}.${property}`]);
      }
    }
    return names;
  }

  #expectation(found: ReadonlyMap<Tensor, Tensor | null>, snapshots: readonly Snapshot[]): () => ExpectedPass {
    const has = (place: Tensor | null) => place !== null && found.get(place) != null;
    const forwards = this.#forwards.filter(({ calls }) => calls.some(({ place }) => has(place)));
    const rows = forwards.flatMap(({ calls, layers }, forward) =>
      calls.map((call) => ({ name: layers.get(call.layer) as string, forward, call, reach: reachOf(call) })),
    );
    const gradNorms = rows.map(({ call: { place } }) =>
      has(place) ? norm(numbers(found.get(place as Tensor) as Tensor)) : null,
    );
    const ran = new Set(rows.map(({ call }) => call.layer));
    const idle = [...(forwards.at(-1)?.layers ?? [])].filter(([layer]) => !ran.has(layer));
    return () => ({
      layers: numbered([
        ...rows.map(({ name, forward, call, reach }, i): ExpectedLayer => {
          const activation = reach === "recorded" ? momentsOf(call.values) : null;
          const dead = isRectifier(call.layer) ? deadOf(call.values) : null;
          return {
            name,
            forward,
            activationGradNorm: reach === "recorded" ? (gradNorms[i] ?? "no-gradient") : reach,
            activationMean: activation?.mean ?? (reach as NullReason),
            activationStd: activation?.std ?? (reach as NullReason),
            deadFraction: dead === null ? null : reach === "recorded" ? dead : reach,
            identityGradNorm: null,
            branchGradNorm: null,
            ...weightsOf(call.layer, snapshots, true),
          };
        }),
        ...idle.map(
          ([layer, name]): ExpectedLayer => ({
            name,
            forward: null,
            activationGradNorm: "did-not-run",
            activationMean: "did-not-run",
            activationStd: "did-not-run",
            deadFraction: isRectifier(layer) ? "did-not-run" : null,
            ...weightsOf(layer, snapshots, false),
          }),
        ),
      ]),
      parameters: snapshots.map(({ names, gradient, isFrozen, before, moved }) => ({
        names,
        gradNorm: gradient === null ? (isFrozen ? "frozen" : "no-gradient") : norm(gradient),
        norm: norm(before),
        updateRatio: moved === null ? (isFrozen ? "frozen" : "no-step") : moved / norm(before),
      })),
    });
  }
}

/** Until a checkpoint is run again, nothing in it is recorded. */
function reachOf({ reach, segment }: Call): "recorded" | NullReason {
  return segment !== null && !segment.hasRunAgain ? "not-recorded" : reach;
}

function weightsOf(layer: Module, snapshots: readonly Snapshot[], hasRun: boolean): Partial<ExpectedLayer> {
  const own = new Set<Tensor>(ownParameters(layer));
  const mine = snapshots.filter(({ parameter }) => own.has(parameter));
  if (own.size === 0) return { weightGradNorm: null, weightNorm: null, updateRatio: null };
  const gradients = mine.flatMap(({ gradient }) => gradient ?? []);
  const isFrozen = mine.every((one) => one.isFrozen);
  const weightNorm = norm(mine.flatMap(({ before }) => before));
  const missing = isFrozen ? "frozen" : hasRun ? "no-gradient" : "did-not-run";
  const moves = mine.flatMap(({ moved }) => moved ?? []);
  return {
    weightGradNorm: mine.some(({ gradient }) => gradient !== null) ? norm(gradients) : missing,
    weightNorm,
    updateRatio: moves.length > 0 ? norm(moves) / weightNorm : isFrozen ? "frozen" : "no-step",
  };
}

function numbered(layers: readonly ExpectedLayer[]): ExpectedLayer[] {
  return layers.map((layer, i) => {
    const earlier = layers.slice(0, i).filter(({ name }) => name === layer.name).length;
    return earlier === 0 ? layer : { ...layer, name: `${layer.name}#${earlier + 1}` };
  });
}

function momentsOf(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, std: norm(values.map((v) => v - mean)) / Math.sqrt(values.length) };
}

/** Of two examples. */
function deadOf(values: readonly number[]): number {
  const units = values.length / 2;
  return (
    values.slice(0, units).filter((value, i) => !(Math.max(value, values[i + units] as number) > 0)).length / units
  );
}
