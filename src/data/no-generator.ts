/** What stands where a generator would, as long as nobody draws from it. */
import { ValueError } from "../errors.js";
import type { Generator } from "../random.js";

/** A generator that was not given: the first number that is drawn from it is an error.
 * @param who draws, in words */
export function noGenerator(op: string, who: string): Generator {
  return new Proxy({} as Generator, {
    get: () => {
      throw new ValueError(op, `${who} draws random numbers and needs a generator; pass generator: generator(0)`);
    },
  });
}
