/** Fields of values that nothing is known of yet, each of the kind it must be. */
import { type DataError, describe, type ValueError } from "../../errors.js";

/** An object of unknown fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** Makes the error for a field that is not what it must be. */
export type Refusal = (path: string, expected: string, actual: unknown) => DataError | ValueError;

/** Reads fields; whatever is not of its kind is refused by its path. */
export class FieldReader {
  /** @param hasWords whether numbers that JSON does not have stand as words */
  constructor(
    readonly refusal: Refusal,
    readonly hasWords: boolean,
  ) {}

  object(value: unknown, path: string): Fields {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
    throw this.refusal(path, "an object", value);
  }

  list<T>(object: Fields, key: string, path: string, read: (value: unknown, path: string) => T): readonly T[] {
    const value = object[key];
    const place = joined(path, key);
    if (Array.isArray(value)) return value.map((one: unknown, index) => read(one, `${place}[${index}]`));
    throw this.refusal(place, "a list", value);
  }

  text(object: Fields, key: string, path: string): string {
    const value = object[key];
    if (typeof value === "string") return value;
    throw this.refusal(joined(path, key), "a string", value);
  }

  flag(object: Fields, key: string, path: string): boolean {
    const value = object[key];
    if (typeof value === "boolean") return value;
    throw this.refusal(joined(path, key), "true or false", value);
  }

  number(object: Fields, key: string, path: string): number {
    const value = object[key];
    if (typeof value === "number") return value;
    if (!this.hasWords) throw this.refusal(joined(path, key), "a number", value);
    if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
    throw this.refusal(joined(path, key), 'a number, "NaN" or "Infinity"', value);
  }

  numberOrNull(object: Fields, key: string, path: string): number | null {
    return object[key] === null ? null : this.number(object, key, path);
  }
}

/** The path of a field. */
export function joined(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Errors for fields that are not what they must be.
 * @param rule what stands before the path of the field */
export function refused(Kind: typeof DataError | typeof ValueError, op: string, rule: string): Refusal {
  return (path, expected, actual) => {
    const found = actual === undefined ? "nothing" : describe(actual);
    return new Kind(op, `${rule}${path} must be ${expected}, got ${found}`, { expected, actual });
  };
}

/** JSON text on one line; numbers that JSON does not have stand as `"NaN"`, `"Infinity"` and `"-Infinity"`. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_, one: unknown) => (typeof one === "number" && !Number.isFinite(one) ? String(one) : one))}\n`;
}
