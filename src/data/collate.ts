/** Collating: how the items of a batch become one object of arrays. */
import type { NdArray, TypedArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { viewOf } from "../ndarray.js";
import type { Batch, Precision } from "./dataset.js";
import type { HostArray, LabelledImage } from "./items.js";

/**
 * What the items of a batch become where no `collate` is given: labelled images a {@link Batch}; records of arrays a record
 * of arrays with one axis more in front, and the items' indices; anything else the list of the items.
 * @category Data
 */
export type Collated<Item> = Item extends LabelledImage
  ? Batch<Precision>
  : Item extends Readonly<Record<string, HostArray>>
    ? { readonly [Field in keyof Item]: NdArray<Item[Field]["data"]> } & {
        /** Where in the data set each item stands. */
        readonly indices: Int32Array;
      }
    : readonly Item[];

/** Items that are no images, as a batch. */
export function collated(op: string, items: readonly unknown[], indices: Int32Array): unknown {
  return items.every(isRow) ? stackedRows(op, items, indices) : items;
}

/** Whether an item is a record of arrays. */
function isRow(item: unknown): item is Readonly<Record<string, HostArray>> {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return false;
  const fields = Object.values(item);
  return fields.length > 0 && !("indices" in item) && fields.every(isHostArray);
}

/** Whether a value has a shape, and as many numbers. */
export function isHostArray(value: unknown): value is HostArray {
  if (typeof value !== "object" || value === null) return false;
  const { shape, data } = value as Partial<Record<keyof HostArray, unknown>>;
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return false;
  return (
    ArrayBuffer.isView(data) && "length" in data && data.length === shape.reduce((size, length) => size * length, 1)
  );
}

type Row = Readonly<Record<string, HostArray>>;

function stackedRows(op: string, rows: readonly Row[], indices: Int32Array): Record<string, unknown> {
  const batch: Record<string, unknown> = { indices };
  for (const field of Object.keys(rows[0] as Row)) batch[field] = stacked(op, field, rows);
  return batch;
}

function stacked(op: string, field: string, rows: readonly Row[]): NdArray<TypedArray> {
  const { shape, data } = (rows[0] as Row)[field] as HostArray;
  const values = new (data.constructor as new (length: number) => TypedArray)(rows.length * data.length);
  for (const [place, row] of rows.entries()) {
    const one = row[field];
    if (one === undefined || String(one.shape) !== String(shape) || one.data.constructor !== data.constructor) {
      const found = one === undefined ? "none" : `${nameOf(one)} at place ${place}`;
      const rule = `${field} must have one shape and one type in all items of a batch: ${nameOf({ shape, data })}`;
      throw new ValueError(op, `${rule}, got ${found}; pass a collate function for items that differ`);
    }
    values.set(one.data as never, place * data.length);
  }
  return viewOf(values, [rows.length, ...shape]);
}

function nameOf({ shape, data }: HostArray): string {
  return `${describe(data).replace(/^a /, "")} of shape [${shape.join(", ")}]`;
}
