/** Views of flat numbers as the package `ndarray` makes them, also where it may not compile its constructors. */
import ndarray, { type DataType, type NdArray, type TypedArray, type Value } from "ndarray";
import { mayGenerateCode } from "./code-generation.js";

/** A view of numbers: of the package `ndarray`, whose generated methods are fast, or one that does the same without.
 * @param stride default: row-major */
export function viewOf<D extends TypedArray>(
  data: D,
  shape: readonly number[],
  stride: readonly number[] = rowMajor(shape),
  offset = 0,
): NdArray<D> {
  return mayGenerateCode()
    ? ndarray(data, [...shape], [...stride], offset)
    : new PlainView(data, [...shape], [...stride], offset);
}

function rowMajor(shape: readonly number[]): number[] {
  const stride: number[] = [];
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis] as number;
  }
  return stride;
}

/** The interface of the package `ndarray` in plain methods. Where the package has a method for each rank, here a loop walks the
 * axes; an index that is left out has the same meaning. */
export class PlainView<D extends TypedArray> implements NdArray<D> {
  constructor(
    public data: D,
    public shape: number[],
    public stride: number[],
    public offset: number,
  ) {}

  get dimension(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get dtype(): DataType<D> {
    const name = this.data[Symbol.toStringTag].replace(/Array$/, "").toLowerCase();
    return (name === "uint8clamped" ? "uint8_clamped" : name) as DataType<D>;
  }

  /** The axes, that of the shortest stride first. */
  get order(): number[] {
    const length = (axis: number) => Math.abs(this.stride[axis] as number);
    return this.shape.map((_, axis) => axis).sort((a, b) => length(a) - length(b));
  }

  /** The same with its axes in reverse. */
  get T(): NdArray<D> {
    return this.transpose(...this.shape.map((_, axis) => this.dimension - 1 - axis));
  }

  index(...indices: number[]): Value<D> {
    return this.#placeOf(indices) as Value<D>;
  }

  get(...indices: number[]): Value<D> {
    return this.data[this.#placeOf(indices)] as Value<D>;
  }

  set(...indicesAndValue: number[]): Value<D> {
    const value = indicesAndValue[this.dimension] as number;
    this.data[this.#placeOf(indicesAndValue)] = value;
    return value as Value<D>;
  }

  lo(...starts: number[]): NdArray<D> {
    const { shape, stride } = this;
    const skipped = shape.map((_, axis) => (isPlace(starts[axis]) ? Math.trunc(starts[axis]) : 0));
    const rest = shape.map((length, axis) => length - (skipped[axis] as number));
    const offset = skipped.reduce((sum, count, axis) => sum + count * (stride[axis] as number), this.offset);
    return new PlainView(this.data, rest, [...stride], offset);
  }

  hi(...ends: number[]): NdArray<D> {
    const shape = this.shape.map((length, axis) => (isPlace(ends[axis]) ? Math.trunc(ends[axis]) : length));
    return new PlainView(this.data, shape, [...this.stride], this.offset);
  }

  step(...steps: number[]): NdArray<D> {
    let { offset } = this;
    const shape = this.shape.map((length, axis) => {
      const step = Math.trunc(steps[axis] ?? 1);
      if (step < 0) offset += (this.stride[axis] as number) * (length - 1);
      return Math.ceil(length / Math.abs(step));
    });
    const stride = this.stride.map((one, axis) => one * Math.trunc(steps[axis] ?? 1));
    return new PlainView(this.data, shape, stride, offset);
  }

  transpose(...axes: number[]): NdArray<D> {
    const from = this.shape.map((_, axis) => axes[axis] ?? axis);
    const taken = (list: readonly number[]) => from.map((axis) => list[axis] as number);
    return new PlainView(this.data, taken(this.shape), taken(this.stride), this.offset);
  }

  pick(...indices: (number | null)[]): NdArray<D> {
    const kept = this.shape.map((_, axis) => axis).filter((axis) => !isPlace(indices[axis]));
    const left = (list: readonly number[]) => kept.map((axis) => list[axis] as number);
    const places = this.shape.map((_, axis) => (isPlace(indices[axis]) ? (indices[axis] as number) : 0));
    return new PlainView(this.data, left(this.shape), left(this.stride), this.#placeOf(places));
  }

  #placeOf(indices: readonly number[]): number {
    let place = this.offset;
    for (let axis = 0; axis < this.stride.length; axis++) {
      place += (this.stride[axis] as number) * (indices[axis] as number);
    }
    return place;
  }
}

/** Whether an argument names a place: anything else leaves an axis as it is. */
function isPlace(index: unknown): index is number {
  return typeof index === "number" && index >= 0;
}
