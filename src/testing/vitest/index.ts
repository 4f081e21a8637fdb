/** Matchers for `expect.extend` of vitest, with their types: livegrad/testing/vitest. */
import type {} from "vitest";
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

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter must be declared as vitest declares it
  interface Matchers<T = any> {
    /** That a tensor (or nested arrays, or a number) has the shape and, within tolerance, the elements of another; see
     * `compareTensors`. */
    toBeCloseToTensor(expected: TensorLike, options?: ClosenessOptions): T;
  }
}
