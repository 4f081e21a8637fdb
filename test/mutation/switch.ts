/** The switch that woven sources ask: which mutant is on, which were reached, how far a run may go. */

/** What the woven sources call, by the global name `livegradMutants`. */
export interface Switch {
  /** Whether the mutant of this number is on; remembers that it was reached. */
  readonly on: (number: number) => boolean;
  /** One more round of a loop, or call of a kernel; an error when there were too many. */
  readonly tick: () => void;
}

let active = -1;
let ticks = 0;
let limit = Number.POSITIVE_INFINITY;
/** One for each number that was asked for, so that asking costs next to nothing in the innermost loops. */
const asked = new Uint8Array(1 << 17);

/** Puts the switch where woven sources find it. */
export function installSwitch(): void {
  const mutants: Switch = {
    on: (number) => {
      asked[number] = 1;
      return number === active;
    },
    tick: () => {
      if (++ticks > limit) throw new EndlessError();
    },
  };
  Object.assign(globalThis, { livegradMutants: mutants });
}

/** A mutant that runs on and on. */
export class EndlessError extends Error {
  override readonly name = "EndlessError";
  constructor() {
    super(`more than ${limit} rounds`);
  }
}

/** Runs without any mutant. @returns the numbers of the mutants that were reached, and the ticks */
export async function observe(test: () => unknown): Promise<{ reached: readonly number[]; ticks: number }> {
  asked.fill(0);
  [active, ticks, limit] = [-1, 0, Number.POSITIVE_INFINITY];
  await test();
  const reached: number[] = [];
  for (let number = asked.indexOf(1); number >= 0; number = asked.indexOf(1, number + 1)) reached.push(number);
  return { reached, ticks };
}

/** Runs without any mutant. @returns whether the test fails */
export async function fails(test: () => unknown): Promise<boolean> {
  return (await tryMutant(-1, Number.POSITIVE_INFINITY, test)) !== null;
}

/** Runs with one mutant. @returns what the test threw, or null if it passed */
export async function tryMutant(number: number, allowed: number, test: () => unknown): Promise<unknown> {
  [active, ticks, limit] = [number, 0, allowed];
  try {
    await test();
    return null;
  } catch (error) {
    return error ?? new Error("nothing was thrown");
  } finally {
    [active, limit] = [-1, Number.POSITIVE_INFINITY];
  }
}
