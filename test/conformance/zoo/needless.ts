/** Operations that the files count and that are left out here, for they change nothing: Python's `sum` adds the first term to 0,
 * and torchvision concatenates the input of a dense block with nothing before its first layer. */
import type { Definition, Static } from "./zoo-file.js";

/** What was counted of a model, with the elements of those operations. */
export function withNeedless(
  counted: Static,
  { class: family, options }: Definition,
  children: Static["children"],
): Static {
  const { activations } = counted;
  const other = { ...activations.other };
  const add = (name: string, elements: number) => {
    other[name] = (other[name] ?? 0) + elements;
  };
  if (family === "FractalNet") add("add", sum(children.map(([name, shape]) => joined(name, shape, options))));
  if (family === "torchvision" && /^densenet/.test(String(options["name"]))) {
    const blocks = children.flatMap(([name], i) => (/denseblock/.test(name) ? [i] : []));
    add("cat", sum(blocks.map((i) => sizeOf(children[i - 1]?.[1] ?? []))));
  }
  return { ...counted, activations: { ...activations, other } };
}

/** Elements of the joins of a block: all but the last are before the pooling, of four times its output's size. */
function joined(name: string, shape: readonly number[], options: Definition["options"]): number {
  const joins = 2 ** Number(options["columns"]) / 4;
  return name.startsWith("blocks.") ? sizeOf(shape) * (4 * (joins - 1) + 1) : 0;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
