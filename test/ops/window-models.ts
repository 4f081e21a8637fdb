/** Plain JavaScript models of ops on windows: transposed convolution, averages, unfolding, interpolation. */
import { coordinates, elementAt, fill, type Grid, poolWindows, sizeOf, type Window } from "./models.js";

/** convTranspose2d by its definition: every element of the input adds the kernel, times itself, to the output. */
export function convTransposeModel(
  x: Grid,
  weight: Grid,
  { stride, padding, dilation }: Window,
  outputPadding: readonly [number, number],
  groups: number,
): Grid {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const [, perGroup = 0, kh = 0, kw = 0] = weight.shape;
  const outSize = (size: number, k: number, axis: 0 | 1) =>
    (size - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (k - 1) + outputPadding[axis] + 1;
  const shape = [n, perGroup * groups, outSize(h, kh, 0), outSize(w, kw, 1)];
  const values = new Array<number>(sizeOf(shape)).fill(0);
  const [rows = 0, columns = 0] = shape.slice(2);
  x.values.forEach((value, k) => {
    const [image = 0, channel = 0, y = 0, z = 0] = coordinates(k, x.shape);
    const group = Math.floor(channel / (c / groups));
    weight.values.forEach((factor, index) => {
      const [from, o = 0, i = 0, j = 0] = coordinates(index, weight.shape);
      const row = y * stride[0] + i * dilation[0] - padding[0];
      const column = z * stride[1] + j * dilation[1] - padding[1];
      if (from !== channel || row < 0 || column < 0 || row >= rows || column >= columns) return;
      const place = ((image * perGroup * groups + group * perGroup + o) * rows + row) * columns + column;
      values[place] = (values[place] as number) + value * factor;
    });
  });
  return { shape, values };
}

/** For each output place of an adaptive pooling over [N, C, H, W]: the flat indices of its window. */
export function adaptiveWindows(shape: readonly number[], out: readonly [number, number]): number[][] {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  const outShape = [n, c, ...out];
  return Array.from({ length: sizeOf(outShape) }, (_, k) => {
    const [image = 0, channel = 0, row = 0, column = 0] = coordinates(k, outShape);
    const inside: number[] = [];
    // Cell y is in window i where the intervals (y, y + 1) · out and (i, i + 1) · size overlap.
    for (let y = 0; y < h; y++) {
      for (let z = 0; z < w; z++) {
        const overlapsY = (y + 1) * out[0] > row * h && y * out[0] < (row + 1) * h;
        const overlapsX = (z + 1) * out[1] > column * w && z * out[1] < (column + 1) * w;
        if (overlapsY && overlapsX) inside.push(((image * c + channel) * h + y) * w + z);
      }
    }
    return inside;
  });
}

/** The mean of the values at each list of indices. */
export function meansAt(values: readonly number[], windows: readonly number[][]): number[] {
  return windows.map((inside) => inside.reduce((sum, k) => sum + (values[k] as number), 0) / inside.length);
}

/** The largest of the values at each list of indices. */
export function largestAt(values: readonly number[], windows: readonly number[][]): number[] {
  return windows.map((inside) => Math.max(...inside.map((k) => values[k] as number)));
}

/** unfold of [N, C, H, W] by its definition. */
export function unfoldModel(x: Grid, kernel: readonly [number, number], window: Window): Grid {
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const count = ([0, 1] as const).map(
    (k) =>
      Math.floor(
        ((x.shape[k + 2] as number) + 2 * window.padding[k] - window.dilation[k] * (kernel[k] - 1) - 1) /
          window.stride[k],
      ) + 1,
  );
  const [rows = 0, columns = 0] = count;
  return fill([n, c * kernel[0] * kernel[1], rows * columns], ([image = 0, place = 0, block = 0]) => {
    const [channel = 0, i = 0, j = 0] = coordinates(place, [c, ...kernel]);
    const [by = 0, bx = 0] = coordinates(block, [rows, columns]);
    const y = by * window.stride[0] + i * window.dilation[0] - window.padding[0];
    const z = bx * window.stride[1] + j * window.dilation[1] - window.padding[1];
    return y >= 0 && z >= 0 && y < h && z < w ? elementAt(x, [image, channel, y, z]) : 0;
  });
}

/** fold by its definition: the sum over all windows that hold a cell, found by unfolding the cells' own numbers. */
export function foldModel(
  columns: Grid,
  channels: number,
  size: readonly [number, number],
  kernel: readonly [number, number],
  window: Window,
): Grid {
  const [n = 0] = columns.shape;
  const cells = fill([1, channels, ...size], ([, c = 0, y = 0, z = 0]) => (c * size[0] + y) * size[1] + z + 1);
  const places = unfoldModel(cells, kernel, window).values;
  const shape = [n, channels, ...size];
  const values = new Array<number>(sizeOf(shape)).fill(0);
  columns.values.forEach((value, k) => {
    const cell = places[k % places.length] as number;
    if (cell === 0) return;
    const place = Math.floor(k / places.length) * channels * size[0] * size[1] + cell - 1;
    values[place] = (values[place] as number) + value;
  });
  return { shape, values };
}

/** How much cell j weighs at a place between the cells. */
export type Weight = (place: number, cell: number) => number;

/** A hat of width 1 around each cell: the linear interpolation. */
export const hat: Weight = (place, cell) => Math.max(0, 1 - Math.abs(place - cell));

/** Keys' cubic convolution kernel with a = −3/4. */
export const cubic: Weight = (place, cell) => {
  const d = Math.abs(place - cell);
  if (d < 1) return 1.25 * d ** 3 - 2.25 * d ** 2 + 1;
  return d < 2 ? -0.75 * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0;
};

/** Interpolates the axes after the channels: `placeOf(i, axis)` is where output i reads, `weight` what it reads there from
 * each cell; cells up to three outside repeat the edge. */
export function interpolateModel(
  x: Grid,
  out: readonly number[],
  weight: Weight,
  placeOf: (i: number, axis: number) => number,
): Grid {
  const sizes = x.shape.slice(2);
  return fill([...x.shape.slice(0, 2), ...out], (at) => {
    const lead = at.slice(0, 2);
    const places = at.slice(2).map(placeOf);
    const reach = sizes.map((n) => n + 6);
    let total = 0;
    for (let k = 0; k < sizeOf(reach); k++) {
      const cells = coordinates(k, reach).map((cell) => cell - 3);
      const factor = cells.reduce((product, cell, axis) => product * weight(places[axis] as number, cell), 1);
      const clamped = cells.map((cell, axis) => Math.min(Math.max(cell, 0), (sizes[axis] as number) - 1));
      if (factor !== 0) total += factor * elementAt(x, [...lead, ...clamped]);
    }
    return total;
  });
}

/** avgPool2d by its definition; a cell of the padding counts, or not, and the divisor may be given. */
export function averageModel(
  x: Grid,
  kernel: readonly [number, number],
  window: Window,
  out: readonly [number, number],
  divisor: number | "all" | "inside",
): number[] {
  const cells = poolWindows(x.shape, kernel, window, out).windows;
  const padded = fill(
    [1, 1, ...([0, 1] as const).map((k) => (x.shape[k + 2] as number) + 2 * window.padding[k])],
    () => 0,
  );
  const all = poolWindows(padded.shape, kernel, { ...window, padding: [0, 0] }, out).windows;
  return cells.map((inside, i) => {
    const sum = inside.reduce((total, k) => total + (x.values[k] as number), 0);
    if (typeof divisor === "number") return sum / divisor;
    return sum / (divisor === "all" ? (all[i % all.length]?.length ?? 0) : inside.length);
  });
}
