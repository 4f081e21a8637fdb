/** The tape: one node for each recorded operation. */
import { GradientError } from "../errors.js";
import type { Shape } from "../shape.js";
import { isDetectingAnomalies } from "./modes.js";
import type { Tensor } from "./tensor.js";

/** Called with a gradient on its way back; a tensor it returns takes the gradient's place.
 * @category Automatic differentiation */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the usual one
export type GradientHook = (gradient: Tensor) => Tensor | void;

/** The gradient of one operation, with everything it needs already inside. */
export type BackwardFunction = (gradOutput: Tensor, needsGrad: readonly boolean[]) => readonly (Tensor | null)[];

/** What is recorded of an operation. */
export interface RecordedOperation {
  readonly op: string;
  readonly inputs: readonly (Tensor | null)[];
  /** The tensors that `backward` reads. */
  readonly saved: readonly Tensor[];
  /** Whether a gradient may come in the output's shape although the input was broadcast. Default false. */
  readonly broadcasts?: boolean | undefined;
  readonly backward: BackwardFunction;
  readonly outputShape: Shape;
  /** Which inputs require a gradient. */
  readonly needsGrad: readonly boolean[];
  /** Whether `backward` may read tensors that the tape knows nothing of. Default false. */
  readonly isOpaque?: boolean | undefined;
}

let nextIndex = 0;

/** The index that the next node will have: nodes from here on are recorded after this call. */
export function tapePosition(): number {
  return nextIndex;
}

/** One recorded operation. Its index rises in the order of recording, so falling indices are a topological order. */
export class TapeNode {
  readonly index: number = nextIndex++;
  readonly op: string;
  readonly isOpaque: boolean;
  hooks: Set<GradientHook> | null = null;
  /** Where the op was called; recorded in anomaly mode. */
  readonly calledAt: string | undefined;
  #recorded: RecordedOperation | null;
  readonly #versions: readonly number[];

  constructor(recorded: RecordedOperation) {
    this.op = recorded.op;
    this.isOpaque = recorded.isOpaque === true;
    this.#recorded = recorded;
    this.#versions = recorded.saved.length === 0 ? noVersions : recorded.saved.map(versionOf);
    for (const tensor of recorded.saved) readersOfOwned.get(tensor)?.add(this.index);
    // Without the heading and the engine's own three frames: this constructor, applyOp, apply.
    this.calledAt = isDetectingAnomalies() ? new Error().stack?.split("\n").slice(4).join("\n") : undefined;
  }

  get isFreed(): boolean {
    return this.#recorded === null;
  }

  /** The operation; an error when it was freed, or when what it saved has changed since. */
  get recorded(): RecordedOperation {
    if (this.#recorded === null) throw freedError(this.op);
    const { saved } = this.#recorded;
    for (let i = 0; i < saved.length; i++) {
      const tensor = saved[i] as Tensor;
      if (tensor.version !== this.#versions[i]) {
        throw new GradientError(
          "backward",
          `a tensor of shape [${tensor.shape.join(", ")}] that ${this.op} saved was changed by an optimiser step (or ` +
            "assign) after the forward pass; call backward before it, or run the forward pass again",
        );
      }
    }
    return this.#recorded;
  }

  /** Nodes of the inputs; none once freed. */
  get inputs(): readonly (Tensor | null)[] {
    return this.#recorded?.inputs ?? [];
  }

  /** Whether it is an elementwise operation whose inputs broadcast against each other; false once freed. */
  get broadcasts(): boolean {
    return this.#recorded?.broadcasts === true;
  }

  /** Shape of its result; null once freed. */
  get outputShape(): Shape | null {
    return this.#recorded?.outputShape ?? null;
  }

  /** Lets go of everything the backward pass would read. */
  free(): void {
    const recorded = this.#recorded;
    if (recorded === null) return;
    this.#recorded = null;
    for (const tensor of recorded.saved) {
      // What only the tape knows goes with its last reader; inputs and outputs belong to whoever made them.
      const readers = readersOfOwned.get(tensor);
      if (readers?.delete(this.index) && readers.size === 0) tensor.dispose();
    }
  }
}

const noVersions: readonly number[] = [];

function versionOf({ version }: Tensor): number {
  return version;
}

/** What to say to who needs a node of this op that was freed. */
export function freedError(op: string): GradientError {
  return new GradientError(
    "backward",
    `the tape of this ${op} was freed by an earlier backward; pass { retainGraph: true } to that one, ` +
      "or run the forward pass again",
  );
}

/** Tensors that only the tape knows, and the nodes that read each, by index: the op's own, and those of recorded backward
 * passes. */
const readersOfOwned = new WeakMap<Tensor, Set<number>>();

/** Marks a tensor that an op made for its own backward: it is disposed when the last node that reads it is freed. */
export function ownByTape(tensor: Tensor): void {
  readersOfOwned.set(tensor, new Set());
}
