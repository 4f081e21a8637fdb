/** The checks of an experiment's settings. */
import { describe, ValueError } from "../errors.js";

/** Checks whose errors name the experiment, the setting, the rule and the value. */
export class SettingChecks {
  readonly #op: string;

  /** @param op whom the errors name */
  constructor(op: string) {
    this.#op = op;
  }

  /** A list of `least` or more different things. */
  list(name: string, list: readonly unknown[], least = 1): void {
    if (!Array.isArray(list)) this.refuse(name, "a list", list);
    if (list.length < least) {
      const [rule, found] = least === 1 ? ["one", "an empty one"] : [String(least), list.join(",")];
      this.refuse(name, `a list of at least ${rule}`, found);
    }
    if (new Set(list).size !== list.length) this.refuse(name, "a list without repetitions", list.join(","));
  }

  /** One of some words. */
  choice(name: string, value: unknown, allowed: readonly string[]): void {
    if (!allowed.includes(value as string)) this.refuse(name, `one of ${allowed.join(", ")}`, value);
  }

  /** A list of different ones of some words. */
  choices(name: string, list: readonly string[], allowed: readonly string[]): void {
    this.list(name, list);
    for (const item of list) this.choice(name, item, allowed);
  }

  integer(name: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): void {
    if (Number.isSafeInteger(value) && value >= min && value <= max) return;
    this.refuse(
      name,
      max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer of ${min} to ${max}`,
      value,
    );
  }

  /** Finite, 0 or more. */
  notNegative(name: string, value: number): void {
    if (!(Number.isFinite(value) && value >= 0)) this.refuse(name, "a finite number of at least 0", value);
  }

  refuse(name: string, rule: string, value: unknown): never {
    const found = typeof value === "string" ? value : describe(value);
    throw new ValueError(this.#op, `${name} must be ${rule}, got ${found}`, { actual: value });
  }
}
