/** Counts a net without running its kernels. */
import { LivegradError } from "../../errors.js";
import type { ZooModel } from "../../models/zoo-model.js";
import { empty } from "../../nn/init.js";
import { generator } from "../../random.js";
import { sizeOf } from "../../shape.js";
import { summary } from "../../summary/index.js";

/** What is counted of a net for one image; null where its input does not suit it. */
export interface Counts {
  readonly parameters: number | null;
  readonly macs: number | null;
  /** Numbers that its layers put out. */
  readonly outputs: number | null;
  /** Bytes on the tape, in training. */
  readonly keptForBackward: number | null;
  /** Why nothing could be counted. */
  readonly failure: string | null;
}

/** Batch norm in training needs more than one value a channel, which one image does not have at the end of some nets. */
const TRAINED = 2;

/** Counts a net on images of this shape. */
export function countNet(model: ZooModel, input: readonly [number, number, number]): Counts {
  try {
    const net = model.make({ generator: generator(0), init: empty });
    const { totals, rows } = summary(net, [1, ...input], { training: false });
    const { memory } = summary(net, [TRAINED, ...input], { training: true });
    const layers = rows.filter(({ depth }, i) => (rows[i + 1]?.depth ?? 0) <= depth);
    return {
      parameters: totals.parameters,
      macs: totals.macs,
      outputs: layers.flatMap(({ outputs }) => outputs).reduce((sum, shape) => sum + sizeOf(shape), 0),
      keptForBackward: memory.kept / TRAINED,
      failure: null,
    };
  } catch (error) {
    if (!(error instanceof LivegradError)) throw error;
    return { parameters: null, macs: null, outputs: null, keptForBackward: null, failure: error.message };
  }
}
