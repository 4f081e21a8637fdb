/** Puts the files of a run in the place of an earlier run's, so that at no moment files of both can be seen together. */
import { lstatSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join, parse } from "node:path";
import { isMarked, MANIFEST, readManifest } from "./manifest.js";

/** Folder, inside of the run's, of a complete set of files that is to be put in place. */
export const COMMIT = ".livegrad-commit";

/** One change of the file system that takes place whole or not at all. */
export type Step =
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "keep" | "move"; readonly from: string; readonly to: string }
  | { readonly kind: "removeFolder"; readonly path: string };

/** The steps that put the complete set in a folder's `COMMIT` in place; none where there is no such set.
 *
 * First the earlier run's files go, but for `whole`, the file that holds a report on its own; then the new `whole`
 * takes the old one's place in one rename, then come the other new files, and the manifest last. So after any number
 * of steps `whole` is there, every file is of the same run as it, and what is still to be done can be read off the
 * folder. Only files that the earlier manifest vouches for are removed; any other that bears a name of the new set is
 * moved aside. */
export function stepsToCommit(folder: string, whole: string): Step[] {
  const staged = join(folder, COMMIT);
  if (!exists(staged)) return [];
  const next = readManifest(staged);
  const last: Step = { kind: "removeFolder", path: staged };
  if (next.size === 0) return [last]; // the manifest went last, so all is in place
  const earlier = readManifest(folder);
  const waiting = [...next.keys()].filter((name) => exists(join(staged, name)));
  waiting.sort((one, other) => Number(other === whole) - Number(one === whole));
  const removed = [...earlier.keys()].filter((name) => name !== whole && (!next.has(name) || waiting.includes(name)));
  const inTheWay = [...waiting, ...(earlier.size === 0 ? [MANIFEST] : [])];
  return [
    ...removed
      .filter((name) => isMarked(folder, name, earlier))
      .map((name): Step => ({ kind: "remove", path: join(folder, name) })),
    ...inTheWay
      .filter((name) => exists(join(folder, name)) && !isMarked(folder, name, earlier))
      .map((name): Step => ({ kind: "keep", from: join(folder, name), to: join(folder, nameAside(folder, name)) })),
    ...[...waiting, MANIFEST].map((name): Step => ({ kind: "move", from: join(staged, name), to: join(folder, name) })),
    last,
  ];
}

/** Takes one step. */
export function take(step: Step): void {
  if (step.kind === "remove") unlinkSync(step.path);
  else if (step.kind === "removeFolder") rmdirSync(step.path);
  else renameSync(step.from, step.to);
}

/** Whether anything is at a path, a dangling link included. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `trace.kept-1.csv` for `trace.csv`: a name that is free. */
function nameAside(folder: string, name: string): string {
  const { name: stem, ext } = parse(name);
  for (let count = 1; ; count++) {
    const aside = `${stem}.kept-${count}${ext}`;
    if (!exists(join(folder, aside))) return aside;
  }
}
