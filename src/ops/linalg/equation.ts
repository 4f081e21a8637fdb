/** The equations of `einsum`: which label each axis has, and what is left of them. */
import { describe, ShapeError, ValueError } from "../../errors.js";
import { at, formatShape, type Shape } from "../../shape.js";

/** An equation whose ellipses are spelled out; a label is a letter, or `…0`, `…1` counted from the last axis of an ellipsis. */
export interface Equation {
  /** For each tensor, the labels of its axes. */
  readonly operands: readonly (readonly string[])[];
  /** The labels of the result's axes. */
  readonly output: readonly string[];
  /** The size of each label. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads an equation for tensors of these shapes.
 * @throws ValueError if it cannot be read; ShapeError if the shapes do not fit it */
export function readEquation(text: string, shapes: readonly Shape[]): Equation {
  const plain = String(text).replaceAll(/\s/g, "");
  if (typeof text !== "string" || !equationPattern.test(plain)) {
    throw new ValueError(
      "einsum",
      `an equation names axes by letters (and at most one ... a term), as in "bij,bjk->bik", got ${describe(text)}`,
      { actual: text },
    );
  }
  const [left = "", right] = plain.split("->");
  const terms = left.split(",");
  if (terms.length !== shapes.length) {
    throw new ValueError("einsum", `"${text}" is for ${terms.length} tensors, got ${shapes.length}`, {
      expected: terms.length,
      actual: shapes.length,
    });
  }
  const operands = terms.map((term, k) => labelsOf(text, term, at(shapes, k)));
  const sizes = sizesOf(text, operands, shapes);
  return { operands, sizes, output: right === undefined ? implicit(operands) : explicit(text, right, operands) };
}

const term = String.raw`[a-zA-Z]*(\.{3}[a-zA-Z]*)?`;
const equationPattern = new RegExp(`^${term}(,${term})*(->${term})?$`);

function labelsOf(text: string, term: string, shape: Shape): string[] {
  const [before = "", after] = term.split("...");
  const named = before.length + (after?.length ?? 0);
  if (after === undefined ? named !== shape.length : named > shape.length) {
    throw new ShapeError(
      "einsum",
      `"${term}" of "${text}" names ${named} axes${after === undefined ? "" : " or more"}, got a tensor of shape ${formatShape(shape)}`,
      { expected: named, actual: shape.length },
    );
  }
  return [...before, ...ellipsis(shape.length - named), ...(after ?? "")];
}

function ellipsis(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `…${i}`).reverse();
}

/** Axes of size 1 repeat to the size that the label has elsewhere, as in PyTorch. */
function sizesOf(
  text: string,
  operands: readonly (readonly string[])[],
  shapes: readonly Shape[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [k, labels] of operands.entries()) {
    for (const [axis, label] of labels.entries()) {
      const shape = at(shapes, k);
      const [known = 1, size] = [sizes.get(label), at(shape, axis)];
      const twice = at(shape, labels.indexOf(label)) !== size; // a diagonal is one of a square
      if (twice || (known !== 1 && size !== 1 && known !== size)) {
        throw new ShapeError(
          "einsum",
          `"${label}" of "${text}" has size ${known} and, in tensor ${k} of shape ${formatShape(shape)}, size ${size}`,
          { expected: known, actual: size },
        );
      }
      sizes.set(label, Math.max(known, size));
    }
  }
  return sizes;
}

/** Without `->`: the ellipsis, then the letters that stand once, in the order of the alphabet (capitals first). */
function implicit(operands: readonly (readonly string[])[]): string[] {
  const all = operands.flat();
  const letters = all.filter((label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label));
  return [...longestEllipsis(operands), ...letters.sort()];
}

function explicit(text: string, right: string, operands: readonly (readonly string[])[]): string[] {
  const known = new Set(operands.flat());
  const letters = [...right.replace("...", "")];
  const unknown = letters.find((letter) => !known.has(letter));
  if (unknown !== undefined) {
    throw new ValueError("einsum", `"${unknown}" of the result of "${text}" is an axis of no tensor`, {
      actual: unknown,
    });
  }
  const twice = letters.find((letter, i) => letters.indexOf(letter) !== i);
  if (twice !== undefined) {
    throw new ValueError("einsum", `"${twice}" stands twice in the result of "${text}"`, { actual: twice });
  }
  const [before = "", after] = right.split("...");
  return after === undefined ? letters : [...before, ...longestEllipsis(operands), ...after];
}

function longestEllipsis(operands: readonly (readonly string[])[]): string[] {
  return ellipsis(Math.max(0, ...operands.map((labels) => labels.filter((label) => label.length > 1).length)));
}
