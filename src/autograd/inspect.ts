/** What a console shows of a tensor: what it is, and its first and last numbers. */
import type { Shape } from "../shape.js";
import type { DType } from "./dtype.js";
import type { Tensor } from "./tensor.js";

/** Larger tensors show the ends of their axes only, as NumPy's and PyTorch's do. */
const mostShown = 1000;
/** Entries shown at either end of an axis then. */
const ends = 3;

/** A tensor in words and numbers. Never throws and waits for nothing: numbers that are not in host memory are left out. */
export function inspectTensor(tensor: Tensor): string {
  const name = tensor.constructor.name === "Parameter" ? "Parameter" : "Tensor";
  const head = tensor.toString().replace(/^Tensor/, name);
  if (tensor.isDisposed) return `${head} (disposed)`;
  if (!tensor.device.hostMemory) return `${head} (await its data to see the numbers)`;
  try {
    const values = tensor.device.readSync(tensor.storage.buffer);
    const separator = tensor.rank < 2 ? " " : "\n";
    return head + separator + nested(values, tensor.shape, tensor.dtype);
  } catch (error) {
    return `${head} (its numbers cannot be read: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function nested(values: ArrayLike<number>, shape: Shape, dtype: DType): string {
  const isShort = values.length > mostShown;
  const level = (axis: number, start: number, size: number): string => {
    if (axis === shape.length) return numeral(values[start] as number, dtype);
    const count = shape[axis] as number;
    const step = size / count;
    const places = Array.from({ length: count > 2 * ends && isShort ? 2 * ends : count }, (_, i) => i);
    const shown = places.map((i) => (i < ends || places.length === count ? i : count - 2 * ends + i));
    const parts = shown.map((i) => level(axis + 1, start + i * step, step));
    if (places.length < count) parts.splice(ends, 0, "…");
    const below = shape.length - axis - 1;
    const gap = below === 0 ? ", " : `,${"\n".repeat(below)}${" ".repeat(axis + 1)}`;
    return `[${parts.join(gap)}]`;
  };
  return level(0, 0, values.length);
}

function numeral(value: number, dtype: DType): string {
  if (dtype === "bool") return String(value !== 0);
  return Object.is(value, -0) ? "-0" : String(Number.isInteger(value) ? value : Number(value.toPrecision(5)));
}
