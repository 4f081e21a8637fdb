/** What became of each mutant, and whether that is good enough. */
import type { Entry } from "./journal.js";
import type { Mutant } from "./mutant.js";
import type { Explanation } from "./survivors/explanation.js";
import { explanations } from "./survivors.js";

/** What became of a mutant. Endless ones were stopped, and count as killed. */
export type Status = "killed" | "endless" | "survived" | "not reached";

/** A mutant and what became of it. */
export interface Outcome extends Pick<Mutant, "id" | "file" | "before" | "after"> {
  readonly status: Status;
  /** The test that killed it. */
  readonly by?: string;
  /** Why nothing can kill it. */
  readonly reason?: string;
}

/** How many of a group of mutants were killed. */
export interface Score {
  readonly name: string;
  readonly mutants: number;
  readonly killed: number;
  readonly explained: number;
  readonly unexplained: number;
}

/** Share of all mutants that must be killed in every folder, the explained ones counted as alive. */
export const leastKilled = 0.95;

/** Brings together what the test processes wrote down. */
export function outcomesOf(mutants: readonly Mutant[], entries: readonly Entry[]): Outcome[] {
  const kills = new Map(entries.flatMap((entry) => ("killed" in entry ? [[entry.killed, entry] as const] : [])));
  const reached = new Set(entries.flatMap((entry) => ("reached" in entry ? entry.reached : [])));
  const reasons = new Map(
    explanations.flatMap((one) => one.changes.map((change) => [keyOf(changed(one, change)), one.reason])),
  );
  return mutants.map(({ number, id, file, before, after }) => {
    const mutant = { id, file, before, after };
    const kill = kills.get(number);
    if (kill !== undefined) return { ...mutant, status: kill.endless ? "endless" : "killed", by: kill.by };
    const reason = reasons.get(keyOf(mutant));
    return { ...mutant, status: reached.has(number) ? "survived" : "not reached", ...(reason && { reason }) };
  });
}

/** Whether a mutant lives. */
export function lives({ status }: Outcome): boolean {
  return status === "survived" || status === "not reached";
}

/** Scores by a property of the mutants' files, in the order of their names. */
export function scoresBy(outcomes: readonly Outcome[], nameOf: (file: string) => string): Score[] {
  const names = [...new Set(outcomes.map(({ file }) => nameOf(file)))].sort();
  return names.map((name) => {
    const group = outcomes.filter(({ file }) => nameOf(file) === name);
    const living = group.filter(lives);
    const explained = living.filter(({ reason }) => reason !== undefined).length;
    const unexplained = living.length - explained;
    return { name, mutants: group.length, killed: group.length - living.length, explained, unexplained };
  });
}

/** `src/ops`, `src/kernels` or `src/autograd`. */
export function folderOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}

/** What is not as it must be: too low a score, a survivor without an explanation, an explanation without a survivor. */
export function complaintsOf(outcomes: readonly Outcome[]): string[] {
  const low = scoresBy(outcomes, folderOf).filter(({ killed, mutants }) => killed < leastKilled * mutants);
  const living = outcomes.filter(lives);
  const files = new Set(outcomes.map(({ file }) => file));
  const keys = new Set(living.map(keyOf));
  const stale = explanations.flatMap((one) =>
    files.has(one.file)
      ? one.changes.filter((change) => !keys.has(keyOf(changed(one, change)))).map((change) => ({ one, change }))
      : [],
  );
  return [
    ...living
      .filter(({ reason }) => reason === undefined)
      .map(({ id, status, before, after }) => `${id}: ${status}\n  - ${before}\n  + ${after}`),
    ...stale.map(
      ({ one, change }) =>
        `${one.file}: explained in survivors.ts, but killed or not there any more\n  - ${change[0]}\n  + ${change[1]}`,
    ),
    ...low.map(
      ({ name, killed, mutants }) =>
        `${name}: ${killed} of ${mutants} mutants were killed, fewer than ${leastKilled * 100} %`,
    ),
  ];
}

function changed({ file }: Explanation, [before, after]: readonly [string, string]) {
  return { file, before, after };
}

/** The tests that killed, by the mutant's key; none where a mutant of the same key lived in the same run. */
export function killsOf(outcomes: readonly Outcome[]): Map<string, string> {
  const kills = new Map(outcomes.map((outcome) => [keyOf(outcome), outcome.by ?? "an earlier run"]));
  for (const outcome of outcomes) if (lives(outcome)) kills.delete(keyOf(outcome));
  return kills;
}

/** What tells a mutant from others though lines move: the file, the text, and what takes its place. */
export function keyOf({ file, before, after }: Pick<Mutant, "file" | "before" | "after">): string {
  return [file, before, after].join("\n");
}
