/** Fuzzing by misuse: something odd in the place of every argument, option, field and result of a function that was passed. */
import { expect } from "vitest";
import * as lg from "../../src/index.js";

/** What stands in the place of something else by mistake. */
export const ODD: readonly unknown[] = [
  ...[undefined, null, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 10n, true, "", "abc", Symbol("odd")],
  ...[[], [null], [1, "two"], {}, { length: 3 }, { shape: [1] }, () => 1, class {}, new Map(), new Date(0), /x/],
  ...[
    new Float32Array(3),
    new DataView(new ArrayBuffer(4)),
    Promise.resolve(1),
    Object.create(null),
    new Proxy({}, {}),
  ],
];

/** One call: what is called, and right arguments of it. */
export interface Call {
  /** Every call makes its own. */
  readonly right: () => readonly unknown[];
  readonly run: (...args: readonly never[]) => unknown;
  /** What it is called. */
  readonly name: string;
}

/** How often a call with something odd in it was refused.
 * @param depth how many levels of fields are spoilt */
export async function refusals(call: Call, depth = 2, odds: readonly unknown[] = ODD): Promise<number> {
  let refused = 0;
  for (const odd of odds) {
    for (let place = 0; place < call.right().length; place++) {
      for (let version = 0; ; version++) {
        const args = [...call.right()];
        const versions = spoilt(args[place], odd, depth);
        if (version >= versions.length) break;
        args[place] = versions[version];
        const error = await outcome(() => call.run(...(args as never[])));
        if (error === null || isOfProgram(error)) continue;
        refused++;
        checkRefusal(error, call, args);
      }
    }
  }
  return refused;
}

/** Whether the engine could not call what the program passed for a function: a class. */
function isOfProgram(error: unknown): boolean {
  return error instanceof TypeError && /^Class constructor/.test(error.message);
}

function checkRefusal(error: unknown, { name }: Call, args: readonly unknown[]): void {
  const stack = error instanceof Error ? error.stack : String(error);
  const what = `${name}(${args.map((arg) => lg.describe(arg)).join(", ")}): ${stack}`;
  expect(error, what).toBeInstanceOf(lg.LivegradError);
  const shape = name.includes(".") ? /^\w+(\.\w+)?: [^\n]+$/ : /^\w+: [^\n]+$/; // of a method, also Class.method
  expect((error as Error).message, what).toMatch(shape);
}

/** A value with an odd one in the place of itself, of each of its fields, and of what it returns if it is a function. */
function spoilt(value: unknown, odd: unknown, depth: number): unknown[] {
  const versions: unknown[] = [odd];
  if (typeof value === "function" && !/^class\b/.test(String(value))) return [...versions, () => odd];
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (depth === 0 || !isPlain) return versions;
  for (const [key, field] of Object.entries(value as object).slice(0, 16)) {
    for (const version of spoilt(field, odd, depth - 1)) {
      versions.push(
        Array.isArray(value)
          ? value.map((one, i) => (String(i) === key ? version : one))
          : { ...(value as object), [key]: version },
      );
    }
  }
  return versions;
}

/** What a call throws; null if it goes well. */
export async function outcome(call: () => unknown): Promise<unknown> {
  try {
    const result: unknown = await call();
    if (typeof result === "object" && result !== null && "next" in result) (result as Iterator<unknown>).next();
    if (typeof result === "object" && result !== null && "remove" in result) (result as lg.Trace).remove();
    return null;
  } catch (error) {
    return error;
  }
}
