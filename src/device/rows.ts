/** Between the rows of rows that gpu.js returns and the flat buffers of livegrad. */
import type { Launch } from "./device.js";

/** A launch's cells as gpu.js wants them: trailing axes of size 1 left out. */
export function outputOf([x, y, z]: Launch["threads"]): number[] {
  if (z > 1) return [x, y, z];
  return y > 1 ? [x, y] : [x];
}

/** The numbers of a result; where its rows are views of one buffer, that buffer is the result. */
export function flatten(result: unknown, length: number): Float32Array {
  const first = firstRow(result);
  if (first?.length === length) return first;
  if (first !== undefined && first.byteOffset === 0 && first.buffer.byteLength === length * 4) {
    return new Float32Array(first.buffer);
  }
  const flat = new Float32Array(length);
  let offset = 0;
  for (const row of rowsOf(result)) {
    flat.set(row, offset);
    offset += row.length;
  }
  return flat;
}

function firstRow(result: unknown): Float32Array | undefined {
  let row = result;
  while (Array.isArray(row)) row = row[0];
  return row instanceof Float32Array ? row : undefined;
}

function* rowsOf(result: unknown): Generator<Float32Array> {
  if (result instanceof Float32Array) yield result;
  else for (const row of result as unknown[]) yield* rowsOf(row);
}
