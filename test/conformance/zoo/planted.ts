/** Wrong expectations, planted into everything that a zoo file tells: each must be seen. */
import type { Outcome } from "../outcome.js";

/** A file's part with one mistake in it. */
interface Planted<T> {
  readonly what: string;
  readonly wrong: T;
}

/** The part with another value in one place: of every kind of place, once in the first and once in the last that there is. */
export function plantsIn<T>(part: T): Planted<T>[] {
  const places = new Map<string, (readonly Key[])[]>();
  for (const path of leavesOf(part, [])) {
    const kind = kindOf(path);
    places.set(kind, [...(places.get(kind) ?? []), path]);
  }
  return [...places.values()].flatMap((paths) => {
    const ends = paths.length === 1 ? paths : [paths[0] as Key[], paths.at(-1) as Key[]];
    return ends.map((path) => ({ what: path.join("."), wrong: changed(part, path) as T }));
  });
}

/** Which of the plants a comparison passed. */
export function missedIn<T>(plants: readonly Planted<T>[], compare: (wrong: T) => readonly Outcome[]): string[] {
  const isSeen = ({ wrong }: Planted<T>) =>
    compare(wrong).some(({ comparisons }) => comparisons.some(({ passed }) => !passed));
  return plants.filter((plant) => !isSeen(plant)).map(({ what }) => what);
}

type Key = string | number;

function leavesOf(value: unknown, path: readonly Key[]): (readonly Key[])[] {
  if (typeof value !== "object" || value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** Names of modules and places in long lists are of one kind; those in pairs and tuples each have a meaning. */
function kindOf(path: readonly Key[]): string {
  return path.map((key, i) => (i === 0 || i === path.length - 1 ? key : "*")).join(".");
}

function changed(value: unknown, [key, ...rest]: readonly Key[]): unknown {
  if (key === undefined) return wrongFor(value);
  if (Array.isArray(value)) return value.with(key as number, changed(value[key as number], rest));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [key]: changed(record[key], rest) };
}

function wrongFor(value: unknown): unknown {
  if (typeof value === "string") return `${value}x`;
  if (value === null) return 1;
  return Number.isInteger(value) ? (value as number) + 1 : 1.01 * (value as number);
}
