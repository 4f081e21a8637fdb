/** Plain JavaScript models of ops on volumes [N, C, D, H, W]: convolution and pooling, by their definitions. */
import { coordinates, elementAt, fill, type Grid, sizeOf } from "./models.js";

type Numbers = readonly number[];

/** How windows move along planes, rows and columns. */
export interface VolumeWindow {
  readonly stride: Numbers;
  readonly padding: Numbers;
  readonly dilation: Numbers;
}

/** The cell of axis `axis` that element `tap` of window `place` reads; it may be outside. */
function cellOf({ stride, padding, dilation }: VolumeWindow, place: Numbers, tap: Numbers): number[] {
  return place.map(
    (p, axis) =>
      p * (stride[axis] as number) + (tap[axis] as number) * (dilation[axis] as number) - (padding[axis] as number),
  );
}

function isInside(cell: Numbers, size: Numbers): boolean {
  return cell.every((c, axis) => c >= 0 && c < (size[axis] as number));
}

/** conv3d of as many windows as `out` says. */
export function volumeConvModel(x: Grid, weight: Grid, window: VolumeWindow, groups: number, out: Numbers): Grid {
  const [outChannels = 0, channels = 0, ...kernel] = weight.shape;
  return fill([x.shape[0] as number, outChannels, ...out], ([n = 0, o = 0, ...place]) => {
    const first = Math.floor(o / (outChannels / groups)) * channels;
    let total = 0;
    for (let k = 0; k < channels * sizeOf(kernel); k++) {
      const [c = 0, ...tap] = coordinates(k, [channels, ...kernel]);
      const cell = cellOf(window, place, tap);
      if (!isInside(cell, x.shape.slice(2))) continue;
      total += elementAt(x, [n, first + c, ...cell]) * elementAt(weight, [o, c, ...tap]);
    }
    return total;
  });
}

/** What `reduce` makes of the elements of each window that lie inside the input, of `all` elements. */
export function volumePoolModel(
  x: Grid,
  kernel: Numbers,
  window: VolumeWindow,
  out: Numbers,
  reduce: (inside: number[], all: number) => number,
): Grid {
  const size = x.shape.slice(2);
  return fill([...x.shape.slice(0, 2), ...out], ([n = 0, c = 0, ...place]) => {
    const taps = Array.from({ length: sizeOf(kernel) }, (_, k) => cellOf(window, place, coordinates(k, kernel)));
    const padded = taps.filter((cell) => cell.every((p, i) => p < (size[i] as number) + (window.padding[i] as number)));
    const inside = padded.filter((cell) => isInside(cell, size)).map((cell) => elementAt(x, [n, c, ...cell]));
    return reduce(inside, padded.length);
  });
}
