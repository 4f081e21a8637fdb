/** What each device of a browser is known to compute differently from the definition, or cannot compute at all. */
import type { DeviceName } from "../../src/index.js";
import type { OpParity } from "../ops/parity.js";
import { foundRows } from "../ops/table/found.js";

/** One thing that a device cannot do. */
export interface DeclaredDeviation {
  readonly device: DeviceName;
  readonly op: string;
  /** The title of the sample in the op table or among the kinks. */
  readonly sample: string;
  /** Why, as the docs print it. */
  readonly why: string;
}

/** Everything that is known; a run fails for what is not declared here, and for what is declared and holds after all. */
export const declaredDeviations: readonly DeclaredDeviation[] = [
  {
    device: "webgpu",
    op: "to",
    sample: "the reference device",
    why: "moving a tensor to another device reads it, and WebGPU cannot be read at once: `to` throws and says to await `data()`",
  },
  ...foundRows.flatMap(({ op, samples, specials = [] }) =>
    [...samples, ...specials].map(({ title }) => ({
      device: "webgpu" as const,
      op,
      sample: title,
      why: "how large the result is has to be read, and WebGPU cannot be read at once: the op throws and says to await `data()`",
    })),
  ),
];

/** One line for each deviation that is not declared, and for each declared one that did not occur.
 * @param ops what was measured */
export function surprises(
  device: DeviceName,
  results: readonly OpParity[],
  ops: readonly string[] = results.map(({ op }) => op),
): string[] {
  const declared = declaredDeviations.filter((d) => d.device === device && ops.includes(d.op));
  const found = results.flatMap(({ deviations }) => deviations);
  const matches = (a: { op: string; sample: string }) => (b: { op: string; sample: string }) =>
    a.op === b.op && a.sample === b.sample;
  return [
    ...found
      .filter((deviation) => !declared.some(matches(deviation)))
      .map(({ op, sample, detail }) => `${op}: ${sample}: ${detail}`),
    ...declared
      .filter((deviation) => !found.some(matches(deviation)))
      .map(({ op, sample }) => `${op}: ${sample}: is declared as a deviation, but holds: take it off the list`),
  ];
}
