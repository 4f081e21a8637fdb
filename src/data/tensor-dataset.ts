/** Data sets of arrays: item i is row i of each. */
import type { TypedArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { isHostArray } from "./collate.js";
import { checkIndex, type Dataset, type HostArray } from "./items.js";

/**
 * Row i of each array, its first axis taken away.
 * @category Data
 */
export type TensorRow<Fields extends Readonly<Record<string, HostArray>>> = {
  readonly [Field in keyof Fields]: HostArray<Fields[Field]["data"]>;
};

/**
 * A data set whose items are rows of arrays that lie in memory, by name. Batches of a {@link DataLoader} have the same names.
 * @param fields arrays with the same number of rows, row-major: `{ shape, data }`, so an ndarray too. Nothing is copied
 * @throws ValueError if there are no fields, one is no array with a first axis, or they differ in their number of rows
 * @example
 * ```ts
 * const points = tensorDataset({
 *   x: { shape: [3, 2], data: Float32Array.of(0, 0, 0, 1, 1, 1) },
 *   y: { shape: [3], data: Float32Array.of(0, 1, 0) },
 * });
 * for await (const { x, y } of new DataLoader(points, { batchSize: 2 })) console.log(x.shape, y.shape);
 * ```
 * @category Data
 */
export function tensorDataset<Fields extends Readonly<Record<string, HostArray>>>(
  fields: Fields,
): Dataset<TensorRow<Fields>> {
  if (typeof fields !== "object" || fields === null || Object.keys(fields).length === 0) {
    throw new ValueError(OP, `it takes arrays by name, { x, y }, got ${describe(fields)}`);
  }
  const columns = Object.entries(fields).map(([name, array]) => ({ name, ...checkedColumn(name, array) }));
  const [{ length, name }] = columns as [Column & { readonly name: string }];
  const other = columns.find((column) => column.length !== length);
  if (other) {
    const rule = "fields must have one number of rows";
    throw new ValueError(OP, `${rule}, and ${name} has ${length} where ${other.name} has ${other.length}`);
  }
  const get = (index: number): TensorRow<Fields> => {
    checkIndex(OP, index, length);
    const rows = columns.map(({ name, shape, data, size }) => [
      name,
      { shape, data: data.subarray(index * size, (index + 1) * size) },
    ]);
    return Object.fromEntries(rows) as TensorRow<Fields>;
  };
  return { length, get };
}

const OP = "tensorDataset";

interface Column {
  readonly length: number;
  readonly shape: readonly number[];
  readonly size: number;
  readonly data: TypedArray;
}

function checkedColumn(name: string, array: unknown): Column {
  if (name === "indices")
    throw new ValueError(OP, "a field cannot be called indices: so a batch calls its items' indices");
  if (!isHostArray(array) || array.shape.length === 0) {
    const rule = `${name} must be { shape, data }, with one axis or more and a number for each place of the shape`;
    throw new ValueError(OP, `${rule}, got ${describe(array)}`, { actual: array });
  }
  if ("stride" in array && !isRowMajor(array.shape, array.stride)) {
    throw new ValueError(
      OP,
      `${name} must be row-major, and is a view whose strides are ${describe(array.stride)}; copy it first`,
    );
  }
  const [length, ...shape] = array.shape as [number, ...number[]];
  return { length, shape, size: shape.reduce((size, one) => size * one, 1), data: array.data };
}

function isRowMajor(shape: readonly number[], stride: unknown): boolean {
  let step = 1;
  return shape.toReversed().every((length, fromEnd) => {
    const own = Array.isArray(stride) ? stride.at(-1 - fromEnd) : undefined;
    const fits = length === 1 || own === step;
    step *= length;
    return fits;
  });
}
