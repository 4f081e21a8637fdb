/** Plain JavaScript models of normalisations. */
import { coordinates, elementAt, fill, type Grid } from "./models.js";

/** (x − mean) / √(variance + eps), with the mean and biased variance of all elements of the same part. */
export function standardizeModel(x: Grid, partOf: (place: number[]) => number, eps: number): Grid {
  const parts = new Map<number, number[]>();
  const keys = x.values.map((_, i) => partOf(coordinates(i, x.shape)));
  keys.forEach((key, i) => {
    parts.set(key, [...(parts.get(key) ?? []), x.values[i] as number]);
  });
  const values = x.values.map((value, i) => {
    const part = parts.get(keys[i] as number) ?? [];
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    const variance = part.reduce((sum, v) => sum + (v - mean) ** 2, 0) / part.length;
    return (value - mean) / Math.sqrt(variance + eps);
  });
  return { shape: x.shape, values };
}

/** values · weight + bias, with the place in weight and bias that a place of the grid has. */
export function affineModel(
  { shape, values }: Grid,
  indexOf: (place: number[]) => number,
  weight?: readonly number[],
  bias?: readonly number[],
): number[] {
  return values.map((value, i) => {
    const k = indexOf(coordinates(i, shape));
    return value * (weight?.[k] ?? 1) + (bias?.[k] ?? 0);
  });
}

/** localResponseNorm by its definition. */
export function localResponseModel(x: Grid, size: number, alpha: number, beta: number, k: number): readonly number[] {
  const channels = x.shape[1] as number;
  return fill(x.shape, (place) => {
    const c = place[1] as number;
    let squares = 0;
    for (let j = 0; j < size; j++) {
      const channel = c - Math.floor(size / 2) + j;
      if (channel < 0 || channel >= channels) continue;
      squares +=
        elementAt(
          x,
          place.map((p, axis) => (axis === 1 ? channel : p)),
        ) ** 2;
    }
    return elementAt(x, place) / (k + (alpha * squares) / size) ** beta;
  }).values;
}
