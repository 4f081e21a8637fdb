/** Kinds of the schedules' options. */
import type { OptionKind } from "../../options.js";

/** How many steps there are of something, none included. */
export const countFromZero: OptionKind<number> = {
  means: "an integer of at least 0",
  fits: (value) => Number.isInteger(value) && (value as number) >= 0,
};

/** Steps in rising order. */
export const milestones: OptionKind<readonly number[]> = {
  means: "integers of at least 0 in rising order",
  fits: (value) =>
    Array.isArray(value) &&
    value.every((step, i) => Number.isInteger(step) && step >= 0 && (i === 0 || (value[i - 1] as number) <= step)),
};

/** From 0 to 1. */
export const fraction: OptionKind<number> = {
  means: "a number from 0 to 1",
  fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1,
};

/** From above 0 to 1. */
export const factor: OptionKind<number> = {
  means: "a number above 0, at most 1",
  fits: (value) => Number.isFinite(value) && (value as number) > 0 && (value as number) <= 1,
};

/** One number for all groups, or one for each. */
export const perGroup: OptionKind<number | readonly number[]> = {
  means: "a finite number of at least 0, or a list of one for each group",
  fits: (value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.length > 0 && list.every((entry) => Number.isFinite(entry) && (entry as number) >= 0);
  },
};

/** A kind, or null. */
export function orNull<T>(kind: OptionKind<T>): OptionKind<T | null> {
  return { means: `${kind.means}, or null`, fits: (value) => value === null || kind.fits(value) };
}
