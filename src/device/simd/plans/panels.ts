/** The panels of `assembly/panels.ts`. */

/** Lanes (rows of a, columns of b) that are packed in a unit. */
export const packedTogether = 24;

/** Floats of an operand in panels, whose last one may be filled up with zeros. */
export function packedSize(lanes: number, terms: number): number {
  return Math.ceil(lanes / packedTogether) * packedTogether * terms;
}
