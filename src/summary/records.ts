/** What a summary tells. */
import type { Shape } from "../shape.js";

/** A call of a module with all that runs in it, or what a module computes between its children.
 * @category Summaries */
export interface SummaryRow {
  /** The module's path, as in `stateDict()`; empty for the model itself. Of ops between children: their module's. */
  readonly path: string;
  /** What stands before the type: the path, as seen from the row above. */
  readonly name: string;
  /** How many rows it lies below the model. */
  readonly depth: number;
  /** The module's class; the names of the ops where it is not one module that runs. */
  readonly type: string;
  /** Which call of the module this is, from 1 on; 0 if it did not run; null of ops between children. */
  readonly call: number | null;
  /** Rows and columns of the window, of modules that have one. */
  readonly kernel: readonly number[] | null;
  /** Shapes of what it returned. */
  readonly outputs: readonly Shape[];
  /** Parameters in it that no row above it in the table has counted, but those that it lies below. */
  readonly parameters: number;
  /** Of these, those that a gradient is computed for. */
  readonly trainable: number;
  /** Multiply-accumulates of convolutions and of products with weights. */
  readonly macs: number;
  /** Floating-point operations of everything else. */
  readonly otherFlops: number;
  /** Bytes that the tape keeps of it: each buffer counts for the first op that the tape keeps it for. */
  readonly keptBytes: number;
}

/** Sums over a model.
 * @category Summaries */
export interface SummaryTotals {
  /** Parameters, each once however often it is used. */
  readonly parameters: number;
  /** Of these, those that a gradient is computed for. */
  readonly trainable: number;
  /** Shapes of parameters that ran though `parameters()` does not list them: nobody would train or save them. */
  readonly unlisted: readonly Shape[];
  /** Multiply-accumulates of convolutions and of products with weights. Biases and everything else do not count. */
  readonly macs: number;
  /** Of these, those of convolutions. */
  readonly convolutionMacs: number;
  /** Of these, those of products with weights. */
  readonly linearMacs: number;
  /** Floating-point operations of the multiply-accumulates: two each. */
  readonly flops: number;
  /** Floating-point operations of all other ops: norms, activations, pooling, products of activations with each other. */
  readonly otherFlops: number;
}

/** Bytes, as the model's device holds them.
 * @category Summaries */
export interface SummaryMemory {
  /** Parameters. */
  readonly parameters: number;
  /** Buffers, such as running statistics. */
  readonly buffers: number;
  /** The input. */
  readonly input: number;
  /** What the tape keeps for the backward pass beside parameters, buffers and input: each buffer once. */
  readonly kept: number;
  /** Of this, what backward rules read; to the rest the tape refers as inputs of its ops. */
  readonly read: number;
  /** What the model returned, where the tape does not keep it. */
  readonly output: number;
  /** All that is alive after the forward pass. */
  readonly forward: number;
  /** Gradients of the parameters, once they are there. */
  readonly gradients: number;
  /** The most that is alive at a time in a backward pass. Buffers that live inside of one op only, such as a padded input, come
   * on top, here and in the forward pass. */
  readonly backwardPeak: number;
}

/** A model as a table.
 * @category Summaries */
export interface Summary {
  /** Class of the model. */
  readonly model: string;
  /** Shapes of the inputs. */
  readonly inputs: readonly Shape[];
  /** Whether it ran as in training. */
  readonly training: boolean;
  /** The device of the model, whose bytes are told. */
  readonly device: string;
  /** The model, and what ran in it, call by call. */
  readonly rows: readonly SummaryRow[];
  /** Sums over the model. */
  readonly totals: SummaryTotals;
  /** Bytes. */
  readonly memory: SummaryMemory;
  /** The table, with its conventions.
   * @param depth rows further below the model are left out; all by default */
  toString(depth?: number): string;
}
