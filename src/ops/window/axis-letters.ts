/** How many axes windows move along, and how errors call them. */

/** Of a sequence, an image or a volume. */
export type Axes = 1 | 2 | 3;

const letters: Readonly<Record<Axes, string>> = { 1: "L", 2: "H, W", 3: "D, H, W" };

/** The two shapes of an input, in words: `[N, C, L] or [C, L]`. */
export function inputForms(axes: Axes): string {
  return `[N, C, ${letters[axes]}] or [C, ${letters[axes]}]`;
}
