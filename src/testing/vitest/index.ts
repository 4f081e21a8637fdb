/** Matchers and an equality tester for vitest, with their types: livegrad/testing/vitest.
 * @module livegrad/testing/vitest */
import type {} from "vitest";
import { Tensor } from "../../autograd/tensor.js";
import { sameShape } from "../../shape.js";
import { type ClosenessOptions, compareTensors, type TensorLike } from "../closeness.js";

export type { Closeness, ClosenessOptions, TensorLike } from "../closeness.js";

/** What a matcher answers.
 * @category Testing */
export interface MatcherAnswer {
  /** Whether the expectation holds. */
  readonly pass: boolean;
  /** What to say if it does not (or, after `not`, if it does). */
  readonly message: () => string;
}

/** What `expect.extend` takes.
 * @category Testing */
export type TensorMatchers = {
  /** Compares by `compareTensors`. */
  toBeCloseToTensor(received: TensorLike, expected: TensorLike, options?: ClosenessOptions): MatcherAnswer;
};

/** Matchers for tensors. `expect` of jest takes them as well, but knows no types for them.
 *
 * ```ts
 * import { expect } from "vitest";
 * import { tensorMatchers } from "livegrad/testing/vitest";
 *
 * expect.extend(tensorMatchers);
 * expect(softmax(x)).toBeCloseToTensor([0.25, 0.75], { relative: 1e-4 });
 * ```
 * @category Testing */
export const tensorMatchers: TensorMatchers = {
  toBeCloseToTensor(received, expected, options) {
    const { isClose, message } = compareTensors(received, expected, options);
    return { pass: isClose, message: () => `toBeCloseToTensor: ${message}` };
  },
};

/** An equality tester: with it `toEqual` and its like compare two tensors by shape, dtype and elements, to the last bit.
 *
 * Without it they see two objects without numbers, and take any two tensors of one shape, dtype and device for equal.
 *
 * ```ts
 * expect.addEqualityTesters([tensorEquality]);
 * expect({ y: relu(x) }).toEqual({ y: tensor([0, 2]) });
 * ```
 * @returns undefined unless both are tensors
 * @throws DeviceError on webgpu, which cannot be read at once
 * @category Testing */
export function tensorEquality(a: unknown, b: unknown): boolean | undefined {
  if (!(a instanceof Tensor && b instanceof Tensor)) return undefined;
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) return false;
  const [left, right] = [a.dataSync(), b.dataSync()];
  return left.every((value: number, i: number) => Object.is(value, right[i]));
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter must be declared as vitest declares it
  interface Matchers<T = any> {
    /** That a tensor (or nested arrays, or a number) has the shape and, within tolerance, the elements of another; see
     * `compareTensors`. */
    toBeCloseToTensor(expected: TensorLike, options?: ClosenessOptions): T;
  }
}
