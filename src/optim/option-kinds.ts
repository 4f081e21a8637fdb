/** Kinds of the optimisers' options: numbers within bounds. */
import type { OptionKind } from "../options.js";

/** From 0 on, and finite. */
export const notNegative: OptionKind<number> = {
  means: "a finite number of at least 0",
  fits: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/** Any that is finite. */
export const finite: OptionKind<number> = { means: "a finite number", fits: (value) => Number.isFinite(value) };

/** What a step keeps of a mean. */
export const share: OptionKind<number> = { means: "a number from 0 to below 1", fits: isShare };

/** What a step keeps of two means. */
export const shares: OptionKind<readonly [number, number]> = {
  means: "two numbers from 0 to below 1",
  fits: (value) => isPair(value) && value.every(isShare),
};

/** Two finite numbers that a rule joins. */
export function pairWhere(
  means: string,
  holds: (first: number, second: number) => boolean,
): OptionKind<readonly [number, number]> {
  return {
    means,
    fits: (value) => isPair(value) && value.every(Number.isFinite) && holds(...(value as [number, number])),
  };
}

function isPair(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length === 2;
}

function isShare(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0 && (value as number) < 1;
}
