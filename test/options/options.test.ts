/** Tests that whatever takes options refuses the ones it does not know, and takes each of its own as undefined. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { sizes } from "../ops/fuzz/arguments.js";
import { signatures } from "../ops/fuzz/signatures.js";
import { exportedValues, type OptionsTaker, optionProperties, optionsTakers } from "./exported-options.js";
import { constructed, initialisations, layers, optimizers, others, schedules } from "./right-arguments.js";

beforeAll(() => lg.setDevice("reference"));

type Call = (...args: readonly unknown[]) => unknown;

const rightArguments: Readonly<Record<string, () => readonly unknown[]>> = {
  ...layers,
  ...optimizers,
  ...schedules,
  ...constructed,
  ...initialisations,
  ...others,
};

/** What is called by a public name. */
function callable(name: string): Call {
  if (name === "Module.loadStateDict") return (...args) => new lg.ReLU().loadStateDict(...(args as [never]));
  if (name === "Optimizer.addParamGroup")
    return (...args) => new lg.SGD([lg.zeros([1])], { lr: 1 }).addParamGroup(...(args as [never]));
  if (name === "Module.load") return (...args) => new lg.ReLU().load(...(args as [never]));
  const value = name.split(".").reduce<unknown>((found, part) => (found as Record<string, unknown>)[part], lg);
  if (name in layers || name in optimizers || name in schedules || name in constructed)
    return (...args) => new (value as new (...list: unknown[]) => unknown)(...args);
  return value as Call;
}

/** Some right calls of an op, drawn from its signature. */
function drawnCalls(name: string): readonly (() => readonly unknown[])[] {
  const signature = signatures[name];
  if (signature === undefined) return [];
  const drawn = fc.sample(fc.tuple(sizes, fc.tuple(...signature.args)), { seed: 20_261, numRuns: 200 });
  const calls = drawn.map(
    ([of, args]) =>
      () =>
        args.map(({ make }) => make(of)),
  );
  return calls.filter((args) => isAccepted(callable(name), args())).slice(0, 3);
}

function isAccepted(call: Call, args: readonly unknown[]): boolean {
  try {
    call(...args);
    return true;
  } catch (error) {
    if (error instanceof lg.LivegradError) return false;
    throw error;
  }
}

/** Right calls of whatever takes options; those that are promised fail later, if at all. */
function callsOf({ name }: OptionsTaker): readonly (() => readonly unknown[])[] {
  const right = rightArguments[name];
  return right === undefined ? drawnCalls(name) : [right];
}

/** The arguments with more options than they have. */
function withOptions(args: readonly unknown[], index: number, more: object): unknown[] {
  const padded = Array.from({ length: Math.max(args.length, index + 1) }, (_, i) => args[i]);
  padded[index] = { ...(padded[index] as object | undefined), ...more };
  return padded;
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

const table = optionsTakers.map((taker) => [taker.name, taker] as const);

describe("whatever takes options", () => {
  it("is known to these tests", () => {
    const known = new Set([...Object.keys(signatures), ...Object.keys(rightArguments)]);
    expect(optionsTakers.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    expect(optionsTakers.length).toBeGreaterThan(100);
  });

  it.each(table)("refuses an option that %s does not have", async (name, taker) => {
    const calls = callsOf(taker);
    expect(calls.length, "right calls").toBeGreaterThan(0);
    for (const args of calls) {
      const error = await failureOf(() => callable(name)(...withOptions(args(), taker.index, { madeUp: 1 })));
      expect(error, name).toBeInstanceOf(lg.ValueError);
      expect((error as Error).message).toContain("has no option madeUp");
    }
  });

  it.each(table)("takes every option of %s as undefined", async (name, { index, optional }) => {
    for (const args of callsOf({ name } as OptionsTaker)) {
      const given = args();
      const left = optional.filter(
        (option) => (given[index] as Record<string, unknown> | undefined)?.[option] === undefined,
      );
      const undefineds = Object.fromEntries(left.map((option) => [option, undefined]));
      const error = await failureOf(() => callable(name)(...withOptions(given, index, undefineds)));
      if (["cifar10", "cifar100", "imageFolder", "mnist"].includes(name))
        expect(error).toBeInstanceOf(lg.DataError); // there is no such folder
      else expect(error, name).toBeNull();
    }
  });
});

describe("an exported interface of options", () => {
  it("lets every optional one be undefined, for callers under exactOptionalPropertyTypes", () => {
    const optional = optionProperties.filter(({ isOptional }) => isOptional);
    expect(optional.filter(({ mayBeUndefined }) => !mayBeUndefined).map(({ name }) => name)).toEqual([]);
    expect(optional.length).toBeGreaterThan(100);
  });
});

describe("a declaration of options", () => {
  it("is not exported", () => {
    expect(exportedValues.filter((name) => name.endsWith("Options"))).toEqual([]);
  });
});
