/** Plain JavaScript models of ops, in float64: naive loops over coordinates. */

/** A tensor of the models. */
export interface Grid {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Coordinates of a flat index. */
export function coordinates(index: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] as number;
    place[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return place;
}

/** Flat index of coordinates. */
function flatIndex(place: readonly number[], shape: readonly number[]): number {
  return place.reduce((index, c, axis) => index * (shape[axis] as number) + c, 0);
}

/** The element at coordinates. */
export function elementAt({ shape, values }: Grid, place: readonly number[]): number {
  return values[flatIndex(place, shape)] as number;
}

/** A grid filled by a function of the coordinates. */
export function fill(shape: readonly number[], f: (place: number[]) => number): Grid {
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => f(coordinates(i, shape))) };
}

/** f over the broadcast of two grids, by the definition: aligned at the last axis, sizes of 1 repeat. */
export function broadcastModel(a: Grid, b: Grid, f: (p: number, q: number) => number): Grid {
  const rank = Math.max(a.shape.length, b.shape.length);
  const sizeAt = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => Math.max(sizeAt(a.shape, i), sizeAt(b.shape, i)));
  const read = (grid: Grid, place: readonly number[]) => {
    const tail = place.slice(rank - grid.shape.length);
    return elementAt(
      grid,
      tail.map((c, i) => (grid.shape[i] === 1 ? 0 : c)),
    );
  };
  return fill(shape, (place) => f(read(a, place), read(b, place)));
}

/** f over the lists of elements that a reduction over `axes` meets. */
export function reduceModel(x: Grid, axes: readonly number[], keepDims: boolean, f: (list: number[]) => number): Grid {
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const lists = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  x.values.forEach((value, i) => {
    const place = coordinates(i, x.shape).map((c, axis) => (axes.includes(axis) ? 0 : c));
    lists[flatIndex(place, kept)]?.push(value);
  });
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return { shape, values: lists.map(f) };
}

/** How windows move along [rows, columns]. */
export interface Window {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** conv2d by its definition: seven loops. */
export function convModel(x: Grid, weight: Grid, { stride, padding, dilation }: Window, groups: number): Grid {
  const [n = 0, , h = 0, w = 0] = x.shape;
  const [o = 0, channels = 0, kh = 0, kw = 0] = weight.shape;
  const outSize = (size: number, k: number, axis: 0 | 1) =>
    Math.floor((size + 2 * padding[axis] - dilation[axis] * (k - 1) - 1) / stride[axis]) + 1;
  return fill([n, o, outSize(h, kh, 0), outSize(w, kw, 1)], ([image = 0, out = 0, row = 0, column = 0]) => {
    const group = Math.floor(out / (o / groups));
    let total = 0;
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < kh; i++) {
        for (let j = 0; j < kw; j++) {
          const y = row * stride[0] + i * dilation[0] - padding[0];
          const z = column * stride[1] + j * dilation[1] - padding[1];
          if (y < 0 || z < 0 || y >= h || z >= w) continue;
          total += elementAt(x, [image, group * channels + c, y, z]) * elementAt(weight, [out, c, i, j]);
        }
      }
    }
    return total;
  });
}

/** For each output place of a pooling over [N, C, H, W]: the flat indices of its window that lie inside the input. */
export function poolWindows(
  shape: readonly number[],
  kernel: readonly [number, number],
  { stride, padding, dilation }: Window,
  out: readonly [number, number],
): { shape: number[]; windows: number[][] } {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  const outShape = [n, c, ...out];
  const windows = Array.from({ length: sizeOf(outShape) }, (_, index) => {
    const [image = 0, channel = 0, row = 0, column = 0] = coordinates(index, outShape);
    const inside: number[] = [];
    for (let i = 0; i < kernel[0]; i++) {
      for (let j = 0; j < kernel[1]; j++) {
        const y = row * stride[0] + i * dilation[0] - padding[0];
        const z = column * stride[1] + j * dilation[1] - padding[1];
        if (y >= 0 && z >= 0 && y < h && z < w) inside.push(flatIndex([image, channel, y, z], shape));
      }
    }
    return inside;
  });
  return { shape: outShape, windows };
}
