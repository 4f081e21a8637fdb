/** What a kernel is: a plain function over flat buffers that every device can run. */

/** Coordinates of a cell.
 * @category Own ops */
export interface Thread {
  /** Along the contiguous axis. */
  readonly x: number;
  /** Along the middle axis. */
  readonly y: number;
  /** Along the outer axis. */
  readonly z: number;
}

/** What a kernel sees of the cell it computes; `C` names the constants it reads.
 *
 * gpu.js compiles the function's source text, and the reference device calls the function itself, so a kernel is a
 * named top-level function without closures, helper functions or default parameters. Loop bounds are literals or
 * constants, index arithmetic stays inline (a local variable is a float32, exact below 2²⁴), and a division of two
 * indices is written `Math.floor((a + 0.5) / b)`, which is right even where division is not correctly rounded.
 * @category Own ops */
export interface KernelThis<C extends string = never> {
  /** Coordinates of the output cell; `x` runs over the contiguous axis. */
  readonly thread: Thread;
  /** Numbers fixed at compile time. */
  readonly constants: Readonly<Record<C, number>>;
}

/** A flat, row-major buffer as a kernel reads it.
 * @category Own ops */
export type Flat = Readonly<ArrayLike<number>>;

/** Any kernel: flat buffers in, the value of one output cell out.
 * @category Own ops */
// biome-ignore lint/suspicious/noExplicitAny: a kernel's constants are known to it alone, so `this` is bivariant here
export type KernelFunction = (this: any, ...inputs: any[]) => number;
