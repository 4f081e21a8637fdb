/** What a row of the op table is, and the sample inputs its rows are made of. */
import { generator, type LivegradError, type Shape, type Tensor } from "../../src/index.js";

/** Numbers in a shape; those of a float input are the same on every device (they are float32 numbers). */
export interface SampleInput {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** One way to call an op: differentiable in every input, or in none where the row says order 0. */
export interface Sample {
  readonly title: string;
  readonly inputs: readonly SampleInput[];
  readonly call: (...inputs: Tensor[]) => Tensor;
  /** The output in plain JavaScript: its numbers, row-major, with its shape where they could stand in another. */
  readonly expected?: (...inputs: SampleInput[]) => readonly number[] | SampleInput;
}

/** One way to call an op wrongly. */
export interface ErrorCase {
  readonly title: string;
  readonly run: () => unknown;
  readonly type: new (...args: never[]) => LivegradError;
  /** Parts of the message beside the op's name: the values at fault. */
  readonly says: readonly string[];
}

/** One exported op. */
export interface OpRow {
  readonly op: string;
  /** How often its result can be differentiated: 0 where it has no derivative at all (bools, indices). Default 2. */
  readonly order?: 0 | 2;
  /** Largest relative error of a float32 device against the reference. Default 1e-4. */
  readonly tolerance?: number;
  readonly samples: readonly Sample[];
  /** NaN, infinities, zeros, huge and tiny numbers: what comes of them by the definition, on every device. */
  readonly specials?: readonly Required<Sample>[];
  readonly errors: readonly ErrorCase[];
}

const random = generator(20_260);

/** Uniform numbers of [low, high), kept at least 0.1 away from the kinks. */
export function uniform(
  shape: Shape,
  { low = -2, high = 2, kinks = [] }: { low?: number; high?: number; kinks?: readonly number[] } = {},
): SampleInput {
  const values = numbersOf(shape, () => {
    const value = random.uniform(low, high);
    const kink = kinks.find((k) => Math.abs(value - k) < 0.1);
    return kink === undefined ? value : kink + Math.sign(value - kink || 1) * 0.15;
  });
  return { shape, values };
}

/** Numbers in random order, any two at least 0.1 apart: no ties, and no change of order under a small step. */
export function distinct(shape: Shape): SampleInput {
  const size = shape.reduce((product, n) => product * n, 1);
  const order = [...random.permutation(size)];
  const values = order.map((rank) => Math.fround((rank - size / 2 + 0.3 * random.uniform()) * 0.15));
  return { shape, values };
}

function numbersOf(shape: Shape, next: () => number): number[] {
  const size = shape.reduce((product, n) => product * n, 1);
  return Array.from({ length: size }, () => Math.fround(next()));
}
