import { int, pointer } from "./args";

// Where a unit is, which is cells of one group of one image: input and output of the group, which group, the first cell and
// the one after the last.
export let placeX: usize = 0;
export let placeOut: usize = 0;
export let placeGroup: i32 = 0;
export let placeFirst: i32 = 0;
export let placeLast: i32 = 0;

/** @param cells of an output plane */
export function find(args: usize, unit: i32, cells: i32): void {
  const groups = int(args, 7);
  const unitCells = int(args, 15);
  const units = (cells + unitCells - 1) / unitCells;
  const z = unit / units;
  const image = z / groups;
  placeGroup = z - image * groups;
  placeFirst = (unit - z * units) * unitCells;
  placeLast = min(cells, placeFirst + unitCells);
  placeX = pointer(args, 1) + (<usize>(image * int(args, 13) + placeGroup * int(args, 14)) << 2);
  placeOut = pointer(args, 0) + ((<usize>z * <usize>int(args, 5) * <usize>int(args, 9)) << 2);
}
