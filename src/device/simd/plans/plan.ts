/** What a plan is: how one portable kernel is done by a SIMD kernel. */
import type { Launch } from "../../device.js";
import type { Task } from "../pool.js";

/** Where the operands of a launch are, and where a plan writes what its kernel reads. */
export interface Call {
  /** Pointer of the output. */
  readonly out: number;
  /** Pointers of the inputs. */
  readonly inputs: readonly number[];
  /** Numbers of elements of the inputs. */
  readonly lengths: readonly number[];
  /** The words of the task as integers (pointers, too); a plan sets the first ones. */
  readonly words: Int32Array;
  /** The same words as floats. */
  readonly reals: Float32Array;
  /** Room for so many floats that all threads see, until the task is done. */
  readonly temporary: (floats: number) => number;
}

/** Writes the words of a task; null where the SIMD kernel does not do this launch, which the portable one then does. */
export type Plan = (launch: Launch, call: Call) => Task | null;

/** Elements of a unit of plain loops: enough to make claiming it cheap, few enough for two threads to end together. */
export const unitLength = 8192;

/** Elements (or multiply-adds) of a claim that is large enough: some tens of microseconds, which is how long the other
 * threads may wait for the last one. */
const claimed = 1_000_000;

/** Units that a thread claims at a time: all where the work is over sooner than another thread is awake.
 * @param work elements that all units together read and write, or as many multiply-adds */
export function grainOf(units: number, work: number): number {
  return work < 65_536 ? units : Math.max(1, Math.floor(Math.min(units / 32, (claimed * units) / work)));
}
