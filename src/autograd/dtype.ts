/** Element types, and how they look on the host. */
import type { FloatArray } from "../device/device.js";
import { DTypeError, describe, ValueError } from "../errors.js";

/** Element type of a tensor: `float64` lives on the reference device, `float32` on every other.
 *
 * Every device stores `int32` and `bool` as floats, so on a float32 device integers are exact up to ±2²⁴; creating a
 * larger one there is an error.
 * @category Tensors */
export type DType = "float32" | "float64" | "int32" | "bool";

/** What `data()` returns for a dtype: `Float32Array`, `Float64Array`, `Int32Array`, or `Uint8Array` of 0 and 1.
 * @category Tensors */
export type DataArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const dtypes: readonly DType[] = ["float32", "float64", "int32", "bool"];

/** Whether gradients can flow through this dtype. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** A copy of device numbers as the host array of the dtype. */
export function toHost(values: FloatArray, dtype: DType): DataArray {
  if (dtype === "int32") return Int32Array.from(values);
  if (dtype === "bool") return Uint8Array.from(values);
  return values.slice();
}

/** Checks a dtype that was asked for against what a device holds; the default is the device's float type. */
export function resolveDType(op: string, dtype: DType | undefined, floatType: "float32" | "float64"): DType {
  if (dtype === undefined) return floatType;
  if (!dtypes.includes(dtype)) {
    throw new DTypeError(op, `there is no dtype ${describe(dtype)}; dtypes are ${dtypes.join(", ")}`, {
      expected: dtypes,
      actual: dtype,
    });
  }
  if (isFloat(dtype) && dtype !== floatType) {
    throw new DTypeError(
      op,
      `${dtype} does not exist on a device of ${floatType}; leave the dtype out, or use ` +
        (dtype === "float64" ? 'withDevice("reference", …)' : "a float32 device (cpu, webasm, …)"),
      { expected: floatType, actual: dtype },
    );
  }
  return dtype;
}

/** The largest int32 of a device of this float type, in which it is stored. */
export function largestInt32(floatType: "float32" | "float64"): number {
  return floatType === "float32" ? 2 ** 24 : 2 ** 31 - 1;
}

/** The largest number of a float type. */
export function largestFloat(dtype: "float32" | "float64"): number {
  return dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
}

/** Checks that values are what an int32 or bool tensor may hold on a device of this float type. */
export function checkValues(
  op: string,
  values: ArrayLike<number>,
  dtype: DType,
  floatType: "float32" | "float64",
): void {
  if (isFloat(dtype)) return;
  const limit = dtype === "bool" ? 1 : largestInt32(floatType);
  const lowest = dtype === "bool" ? 0 : -limit;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isInteger(value) || value < lowest || value > limit) {
      throw new ValueError(
        op,
        `${dtype} holds integers from ${lowest} to ${limit} on this device, got ${value} at ${i}`,
        {
          actual: value,
        },
      );
    }
  }
}
