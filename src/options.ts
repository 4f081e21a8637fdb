/** Options: each function declares the names and kinds of its own beside itself; the check that holds callers to them is here. */
import { distance } from "fastest-levenshtein";
import { describe, ValueError } from "./errors.js";
import type { Generator } from "./random.js";

/** What the values of an option are.
 * @typeParam Value their type, so that the compiler compares a declaration with the type of the options */
export interface OptionKind<Value = unknown> {
  /** In words, for the error `name must be …`. */
  readonly means: string;
  readonly fits: (value: unknown) => boolean;
  /** Throws an error that says more of a value that does not fit, where there is more to say. */
  readonly explain?: (op: string, name: string, value: unknown) => void;
  /** Never there: it only carries the type. */
  readonly value?: Value | undefined;
}

/** The options of a function: a kind for every one of them. A name that is missing here, or is not in `T`, does not compile. */
export type OptionKinds<T> = { readonly [K in keyof T]-?: OptionKind<Exclude<T[K], undefined>> };

/** Options as they come out of the check: what was undefined is left out. */
export type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Options with all defaults filled in. */
export type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** The options of a call, those that are `undefined` left out.
 * @param op who takes them, for the error
 * @param kinds all that it takes
 * @throws ValueError if they are no object (a bare axis, as other frameworks take it, would silently count for nothing), or
 * one is unknown to `op` or of the wrong kind */
export function checkedOptions<T extends object>(
  op: string,
  options: T,
  kinds: { readonly [K in keyof T]-?: OptionKind },
): Given<T> {
  const known = kinds as Readonly<Record<string, OptionKind>>;
  if (typeof options !== "object" || options === null) throw noObject(op, options, known);
  const given = options as Readonly<Record<string, unknown>>;
  let isEmpty = true;
  let isComplete = true;
  for (const name in given) {
    isEmpty = false;
    const kind = known[name];
    if (typeof kind?.fits !== "function") throw unknownOption(op, options, name, known); // it may be one of Object's own
    const value = given[name];
    if (value === undefined) isComplete = false;
    else if (!kind.fits(value)) {
      kind.explain?.(op, name, value);
      throw new ValueError(op, `${name} must be ${kind.means}, got ${describe(value)}`, { actual: value });
    }
  }
  if (isEmpty && !holdsNames(options)) throw noObject(op, options, known);
  return (isComplete ? options : withoutUndefined(given)) as Given<T>;
}

/** The options of what draws random numbers.
 * @throws ValueError unless they hold a generator */
export function checkedRandom<T extends { readonly generator: Generator }>(
  op: string,
  options: T,
  kinds: { readonly [K in keyof T]-?: OptionKind },
): Given<T> {
  const isOther = options === undefined || generatorKind.fits(options); // nothing, or the generator by itself
  const given = checkedOptions(op, isOther ? ({} as T) : options, kinds);
  if (given.generator === undefined) {
    throw new ValueError(op, "it draws from an explicit generator; pass { generator: generator(seed) }");
  }
  return given;
}

/** true or false. */
export const flag: OptionKind<boolean> = { means: "true or false", fits: (value) => typeof value === "boolean" };

/** Any number but NaN. */
export const number: OptionKind<number> = { means: "a number", fits: isNumber };

/** How many there are of something. */
export const count: OptionKind<number> = {
  means: "an integer of at least 1",
  fits: (value) => Number.isInteger(value) && (value as number) >= 1,
};

/** Any number, NaN included. */
export const numberOrNaN: OptionKind<number> = { means: "a number", fits: (value) => typeof value === "number" };

/** Any number but NaN, or null. */
export const numberOrNull: OptionKind<number | null> = {
  means: "a number or null",
  fits: (value) => value === null || isNumber(value),
};

/** A string. */
export const text: OptionKind<string> = { means: "a string", fits: (value) => typeof value === "string" };

/** A function; of which parameters, only the compiler can tell. */
export const callback: OptionKind<never> = {
  means: "a function",
  fits: (value) => typeof value === "function",
};

/** What an `AbortSignal` is for those who look at it between steps. */
export const stopSignal: OptionKind<never> = {
  means: "an AbortSignal",
  fits: (value) => typeof (value as { readonly aborted?: unknown } | null)?.aborted === "boolean",
};

/** A seeded generator. */
export const generatorKind: OptionKind<Generator> = {
  means: "a generator, such as generator(seed)",
  fits: (value) => typeof value === "object" && value !== null && "uniform" in value,
};

/** Axes, sizes, names of devices: the function that takes the option checks it, for it alone knows the rule. */
export const ownCheck: OptionKind<never> = { means: "what its function says", fits: () => true };

/** One of several words (or numbers). */
export function oneOf<const Words extends readonly (string | number)[]>(...words: Words): OptionKind<Words[number]> {
  const list = words.map((word) => JSON.stringify(word));
  return {
    means: [list.slice(0, -1).join(", "), list.at(-1)].filter(Boolean).join(" or "),
    fits: (value) => words.includes(value as string | number),
  };
}

/** The options of a function but for some, which a layer takes as arguments of their own. */
export function omit<T, K extends keyof T>(kinds: OptionKinds<T>, ...names: readonly K[]): OptionKinds<Omit<T, K>> {
  const rest: { -readonly [Name in keyof T]?: OptionKind } = { ...kinds };
  for (const name of names) delete rest[name];
  return rest as OptionKinds<Omit<T, K>>;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const name in options) if (options[name] !== undefined) given[name] = options[name];
  return given;
}

/** Whether an object without properties of its own holds options at all: a Map, a Date or a generator does not. */
function holdsNames(options: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Kinds = Readonly<Record<string, OptionKind>>;

function noObject(op: string, options: unknown, kinds: Kinds): ValueError {
  const names = Object.keys(kinds).join(", ");
  return new ValueError(op, `options go into an object { ${names} }, got ${describe(options)}`, { actual: options });
}

function unknownOption(op: string, options: object, name: string, kinds: Kinds): ValueError {
  // What enumerates properties but is no object of options: a list, a tensor, a module.
  if (Array.isArray(options) || ArrayBuffer.isView(options) || "isTensor" in options)
    return noObject(op, options, kinds);
  const names = Object.keys(kinds);
  const message = `it has no option ${name}${meant(name, names)} (its options: ${names.join(", ")})`;
  return new ValueError(op, message, { expected: names, actual: name });
}

/** What was meant by a name: what another framework calls an option of this function, or the nearest one. */
function meant(name: string, names: readonly string[]): string {
  const bare = name.replaceAll("_", "").toLowerCase();
  const here = names.find((known) => known.toLowerCase() === bare || elsewhere.get(bare) === known);
  if (here !== undefined) return `; it is called ${here} here`;
  const near = names
    .map((known) => ({ known, edits: distance(known.toLowerCase(), bare) }))
    .filter(({ known, edits }) => edits < Math.max(known.length, bare.length) / 2)
    .sort((a, b) => a.edits - b.edits)[0];
  return near === undefined ? "" : `; did you mean ${near.known}?`;
}

/** Names of other frameworks, in small letters. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["axes", "axis"],
  ["ddof", "correction"],
  ["dim", "axis"],
  ["dims", "axis"],
  ["epsilon", "eps"],
  ["keepdim", "keepDims"],
  ["learningrate", "lr"],
  ["pad", "padding"],
  ["poolsize", "kernelSize"],
  ["rng", "generator"],
  ["usebias", "bias"],
]);
