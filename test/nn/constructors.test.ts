/** Fuzzing: whatever layers, optimisers and modules are given, they work or throw a typed error that names them. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { layers, optimizers } from "../options/right-arguments.js";

beforeAll(() => lg.setDevice("reference"));

type Maker = new (...args: readonly unknown[]) => unknown;

/** What stands in the place of an argument, of an option or of an entry of a list by mistake. */
const odd: readonly unknown[] = [
  ...[undefined, null, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12, 10n, true, "", "2", Symbol("odd")],
  ...[[], [null], [2, "3"], [-1, 2], [Symbol("odd")], {}, { generator: 7 }, { length: 3 }, Object.create(null)],
  ...[() => 1, new Map(), new Date(0), new Float32Array(3), Promise.resolve(1), lg.generator(0)],
  ...[new lg.ReLU(), lg.zeros([2])],
];

/** What no positional argument of any layer may be. */
const wrong: readonly unknown[] = [
  ...["2", Number.NaN, -1, 0, 1.5, [], [0], [-1, 2], ["2", "3"], [Number.NaN, 1], [1, 2, 3, 0], {}, true, 1n],
  ...[{ kernelSize: 3 }, { generator: lg.generator(0) }, () => 1, Symbol("2"), lg.zeros([2])],
];

const make = (name: string, args: readonly unknown[]) => () =>
  new ((lg as unknown as Record<string, unknown>)[name] as Maker)(...args);

function outcome(call: () => unknown): unknown {
  try {
    call();
    return null;
  } catch (error) {
    return error;
  }
}

const shown = (name: string, args: readonly unknown[]) =>
  `new ${name}(${args.map((arg) => lg.describe(arg)).join(", ")})`;

/** A value with an odd one in the place of each of its fields. */
function spoilt(value: unknown, by: unknown): unknown[] {
  if (Object.getPrototypeOf(value ?? 0) !== Object.prototype) return [by];
  return [by, ...Object.keys(value as object).map((key) => ({ ...(value as object), [key]: by }))];
}

/** Throws unless a call works, or throws a typed error with a message of one line. */
function holdToPromise(what: string, call: () => unknown): boolean {
  const error = outcome(call);
  if (error === null) return true;
  const where = `${what}: ${error instanceof Error ? error.stack : String(error)}`;
  expect(error, where).toBeInstanceOf(lg.LivegradError);
  expect((error as Error).message, where).toMatch(/^[\w.]+: [^\n]+$/);
  return false;
}

const classes = Object.entries(lg).flatMap(([name, value]) =>
  typeof value === "function" && value.prototype instanceof lg.Module ? [name] : [],
);

describe("the constructor of a layer", () => {
  it("is tried for every exported module", () => {
    expect(Object.keys(layers).sort()).toEqual(classes.sort());
  });

  describe.each(Object.entries(layers))("%s", (name, right) => {
    it("takes the right arguments", () => {
      expect(outcome(make(name, right()))).toBeNull();
    });

    it("refuses what cannot be meant, in the place of each positional argument", () => {
      for (const [place, usual] of right().entries()) {
        if (Object.getPrototypeOf(usual) === Object.prototype) continue; // the options
        for (const value of [null, ...wrong]) {
          if (value === null && name.startsWith("AdaptiveAvgPool")) continue; // the size of the input
          if (Array.isArray(value) && value.length === 0 && name === "ModuleList") continue; // to be filled later
          const args = right().map((one, i) => (i === place ? value : one));
          const error = outcome(make(name, args));
          expect(error, shown(name, args)).toBeInstanceOf(lg.LivegradError);
        }
      }
    });

    it("answers whatever it is given with a module or a typed error", () => {
      for (const by of odd) {
        for (const [place, usual] of right().entries()) {
          for (const value of spoilt(usual, by)) {
            const args = right().map((one, i) => (i === place ? value : one));
            holdToPromise(shown(name, args), make(name, args));
          }
        }
      }
    });

    it("answers whatever its forward is given with a tensor or a typed error", () => {
      const layer = make(name, right())() as { forward(...inputs: unknown[]): lg.Tensor };
      const images = [lg.ones([1, 2, 8, 8]), lg.ones([1, 2, 8]), lg.ones([2]), lg.ones([2, 2], { dtype: "int32" })];
      for (const by of [...odd, ...images]) {
        holdToPromise(`${name}.forward(${lg.describe(by)})`, () => layer.forward(by));
        holdToPromise(`${name}.forward(x, ${lg.describe(by)})`, () => layer.forward(lg.ones([1, 2, 8, 8]), by));
      }
    });
  });
});

describe("an optimiser", () => {
  it("is tried whichever it is", () => {
    const exported = Object.entries(lg).flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof lg.Optimizer ? [name] : [],
    );
    expect(Object.keys(optimizers).sort()).toEqual(exported.sort());
  });

  it.each(Object.entries(optimizers))("%s answers whatever it is given, or throws a typed error", (name, right) => {
    for (const by of odd) {
      for (const [place, usual] of right().entries()) {
        for (const value of [...spoilt(usual, by), [by], [usual, by]]) {
          const args = right().map((one, i) => (i === place ? value : one));
          holdToPromise(shown(name, args), make(name, args));
        }
      }
      const optimizer = make(name, right())() as {
        lr: unknown;
        loadStateDict(state: unknown): void;
        stateDict(): object;
      };
      holdToPromise(`${name}.lr = ${lg.describe(by)}`, () => {
        optimizer.lr = by;
      });
      for (const state of spoilt(optimizer.stateDict(), by))
        holdToPromise(`${name}.loadStateDict(${lg.describe(state)})`, () => optimizer.loadStateDict(state));
    }
  });
});

describe("what all modules have", () => {
  const calls: Readonly<Record<string, (by: never) => unknown>> = {
    loadStateDict: (by) => new lg.BatchNorm2d(2).loadStateDict(by),
    "loadStateDict of one key": (by) =>
      new lg.BatchNorm2d(2).loadStateDict({ ...new lg.BatchNorm2d(2).stateDict(), weight: by }),
    "loadStateDict with options": (by) => new lg.BatchNorm2d(2).loadStateDict(new lg.BatchNorm2d(2).stateDict(), by),
    registerForwardHook: (by) => new lg.ReLU().registerForwardHook(by),
    registerForwardPreHook: (by) => new lg.ReLU().registerForwardPreHook(by),
    registerBackwardHook: (by) => new lg.ReLU().registerBackwardHook(by),
    train: (by) => new lg.ReLU().train(by),
    "Sequential.at": (by) => new lg.Sequential(new lg.ReLU()).at(by),
    Parameter: (by) => new lg.Parameter(by),
  };

  it.each(Object.entries(calls))("%s answers whatever it is given, or throws a typed error", (name, call) => {
    for (const by of odd) holdToPromise(`${name}(${lg.describe(by)})`, () => call(by as never));
  });
});
