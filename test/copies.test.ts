/** Tests of two copies of the package in one process, as two versions of it in one tree of dependencies make them. */
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as one from "../src/index.js";
import { sizes } from "./ops/fuzz/arguments.js";
import { isTensor } from "./ops/fuzz/promise.js";
import { signatures } from "./ops/fuzz/signatures.js";

type Ops = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

let other: typeof one;

beforeAll(async () => {
  vi.resetModules();
  other = await import("../src/index.js");
  one.setDevice("reference");
  other.setDevice("reference");
});

function failureOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was accepted");
}

/** Arguments with a tensor among them, that the op of their own copy accepts. */
function argumentsWithTensors(name: string): readonly unknown[] | null {
  const drawn = fc.sample(fc.tuple(sizes, fc.tuple(...(signatures[name]?.args ?? []))), { seed: 20_261, numRuns: 100 });
  for (const [of, args] of drawn) {
    const made = args.map(({ make }) => make(of));
    try {
      (one as unknown as Ops)[name]?.(...made);
    } catch {
      continue;
    }
    if (made.some((value) => isTensor(value) || (Array.isArray(value) && value.some(isTensor)))) return made;
  }
  return null;
}

const creators = ["tensor", "arange", "eye", "full", "linspace", "ones", "rand", "randint", "randn", "zeros"];
const ops = Object.keys(signatures).filter((name) => !creators.includes(name));

describe("a second copy of the package", () => {
  it("has classes of its own", () => {
    expect(other.Module).not.toBe(one.Module);
  });

  it.each(ops)("has a %s that says where a tensor is from", (name) => {
    const args = argumentsWithTensors(name);
    expect(args, "arguments with a tensor").not.toBeNull();
    const error = failureOf(() => (other as unknown as Ops)[name]?.(...(args as readonly unknown[])));
    expect(error).toBeInstanceOf(other.LivegradError);
    expect(error.message).toContain(`${name}: `);
    expect(error.message).toContain("another copy of livegrad");
  });

  const x = one.ones([1, 2], { requiresGrad: true });
  const layer = new one.Linear(2, 2, { generator: one.generator(0) });
  const asOther = <T>(value: unknown): T => value as T;

  it.each<[string, () => unknown]>([
    ["a layer in a Sequential", () => new other.Sequential(asOther(layer))],
    ["a layer as a part of a module", () => new (moduleWith(layer))().parameters()],
    ["a layer in a list of a module", () => new (moduleWith([layer]))().namedModules()],
    ["a parameter of a module", () => new (moduleWith(layer.weight))().parameters()],
    ["parameters for SGD", () => new other.SGD(asOther(layer.parameters()), { lr: 1 })],
    ["parameters for Adam", () => new other.Adam(asOther(layer.parameters()))],
    ["values of a Parameter", () => new other.Parameter(asOther(x))],
    ["weights of a layer", () => new other.Linear(2, 2, { generator: other.generator(0), init: asOther(() => x) })],
    ["a bias", () => other.linear(other.ones([1, 2]), other.ones([2, 2]), asOther(x))],
    ["an option", () => other.bce(other.full([1], 0.5), other.ones([1]), { weight: asOther(x) })],
    ["the input of a layer", () => new other.Linear(2, 2, { generator: other.generator(0) }).forward(asOther(x))],
    ["the input of an identity", () => new other.Sequential(new other.ReLU()).forward(asOther(x))],
    [
      "a state dict",
      () => new other.Linear(2, 2, { generator: other.generator(0) }).loadStateDict(asOther(layer.stateDict())),
    ],
    ["what backward begins at", () => other.backward(asOther(one.sum(x)))],
    ["what gradients are of", () => other.gradients(asOther(one.sum(x)), [asOther(x)])],
    [
      "what gradients are asked for",
      () => other.gradients(other.sum(other.ones([1], { requiresGrad: true })), [asOther(x)]),
    ],
    ["the argument of grad", () => other.grad((t: one.Tensor) => other.sum(t))(asOther(x))],
    [
      "what grad's function returns",
      () => other.grad(asOther<(t: one.Tensor) => one.Tensor>(() => one.sum(x)))(other.ones([1])),
    ],
    ["a model to trace", () => other.trace(asOther(layer))],
  ])("says so of %s", (_, call) => {
    const error = failureOf(call);
    expect(error).toBeInstanceOf(other.LivegradError);
    expect(error.message).toContain("another copy of livegrad");
  });

  /** A module of the second copy that holds something of the first. */
  function moduleWith(part: unknown): new () => one.Module {
    return class Whole extends other.Module {
      readonly part: unknown = part;
      override forward(input: one.Tensor): one.Tensor {
        return input;
      }
    } as unknown as new () => one.Module;
  }
});
