/** What stands in a file of the format `livegrad-zoo/1`. */
import type { Formula } from "./formula.js";

/** A shape without the batch's axis, by the name of a module or key. */
export type Named = readonly [name: string, shape: readonly number[]];

/** Norms by name; null where there is nothing. */
export type Norms = Readonly<Record<string, number | null>>;

/** The file. */
export interface ZooFile {
  readonly format: "livegrad-zoo/1";
  readonly name: string;
  readonly definition: Definition;
  readonly static: Static;
  readonly numbers: readonly Numbers[];
}

/** Which model. */
export interface Definition {
  readonly class: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What needs no numbers: of one image in evaluation. */
export interface Static {
  readonly params: Readonly<Record<"total" | "trainable" | "withoutAux" | "stateElements", number>>;
  readonly layers: Readonly<Record<"conv" | "linear" | "batchNorm" | "withWeights" | "withWeightsRunInEval", number>>;
  readonly macs: {
    readonly input: readonly number[];
    readonly total: number;
    readonly conv: number;
    readonly linear: number;
    readonly perLayer: readonly (readonly [name: string, kind: string, macs: number, shape: readonly number[]])[];
  };
  readonly activations: {
    readonly total: number;
    readonly peak: number;
    readonly peakShape: readonly number[];
    readonly peakInOut: number;
    readonly byKind: Readonly<Record<string, number>>;
    readonly other: Readonly<Record<string, number>>;
  };
  readonly children: readonly Named[];
  readonly stateDict: readonly Named[];
}

/** Logits of a batch. */
export interface Logits {
  /** The first of each image. */
  readonly first: readonly (readonly number[])[];
  readonly norm: readonly number[];
  readonly argmax: readonly number[];
}

/** A forward pass in evaluation. */
export interface EvalNumbers {
  readonly logits: Logits;
  readonly stageNorms: Norms;
}

/** What a run is given. */
export interface Run extends Formula {
  readonly batch: number;
  readonly size: readonly [height: number, width: number];
  /** FractalNet: the only column that is alive. */
  readonly column?: number;
  /** FractalNet: the columns alive at each join of each block. */
  readonly masks?: readonly (readonly (readonly number[])[])[];
  /** Stochastic depth: the blocks that are closed in training, from 1 on. */
  readonly closed?: readonly number[];
  readonly labels?: readonly number[];
}

/** A run, and what came of it. */
export interface Numbers extends Run {
  readonly eval?: EvalNumbers;
  readonly train?: TrainNumbers;
  readonly float32Deviation: {
    readonly eval?: Readonly<Record<string, number>>;
    readonly train?: Readonly<Record<string, number>>;
  };
}

/** A forward and a backward pass in training. */
export interface TrainNumbers {
  readonly loss: number;
  readonly logits: Logits;
  readonly inputGradNorm: number;
  readonly weightGradNorms: Norms;
  readonly stageGradNorms: Norms;
  readonly runningStats?: readonly RunningStats[];
  readonly lossWeights?: Readonly<Record<string, number>>;
  readonly lossParts?: Readonly<Record<string, number>>;
  readonly aux?: Readonly<Record<string, Logits>>;
}

/** Statistics of a batch norm after one batch. */
export interface RunningStats {
  readonly name: string;
  readonly momentum: number;
  readonly eps: number;
  readonly meanNorm: number;
  readonly varNorm: number;
}
