/** Fuzzing: whatever an op is given, it answers with the shape it promises or with an error that names it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backward, LivegradError, type Shape, type Tensor } from "../../src/index.js";
import * as ops from "../../src/ops/index.js";
import { type Argument, type Drawn, type Sizes, sizes } from "./fuzz/arguments.js";
import { isTensor, type Signature } from "./fuzz/promise.js";
import { signatures } from "./fuzz/signatures.js";

const seed = Number(process.env["FUZZ_SEED"] ?? 20_261);
const numRuns = 250;

/** Of the calls of an op, at least this many must be good ones: what is always refused proves nothing. */
const leastAccepted = numRuns / 8;

/** Longest time in ms that one call on a few numbers may take; a thousand times what it does take. */
const longest = 5_000;

type Call = [sizes: Sizes, drawn: Drawn[]];

/** The tensors of a result, whether it is one, a list, or an object of them. */
function tensorsOf(result: unknown): Tensor[] {
  if (isTensor(result)) return [result];
  return Object.values(result as object).flatMap((part) => tensorsOf(part));
}

/** A promise as a list of shapes, one for each tensor of the result. */
function shapesOf(promise: Shape | readonly Shape[]): readonly Shape[] {
  return promise.every((part) => typeof part === "number") ? [promise as Shape] : (promise as readonly Shape[]);
}

/** Calls an op once; true if it accepted the arguments. */
function accepts(name: string, { shape }: Signature, [of, drawn]: Call): boolean {
  const args = drawn.map(({ make }) => make(of));
  const start = performance.now();
  let result: unknown;
  try {
    result = (ops as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
  } catch (error) {
    if (!(error instanceof LivegradError)) throw error;
    expect(error.message, "the error names the op that was called").toMatch(new RegExp(`^${name}: .+`));
    return false;
  } finally {
    expect(performance.now() - start, "ms that the call took").toBeLessThan(longest);
  }
  expect(
    drawn.some(({ wrong }) => wrong),
    "what is wrong is refused",
  ).toBe(false);
  const tensors = tensorsOf(result);
  expect(
    tensors.map((tensor) => tensor.shape),
    "the shape that is promised",
  ).toEqual(shapesOf(shape(args)));
  for (const tensor of tensors) {
    expect(tensor.dataSync().length, "numbers of the buffer").toBe(tensor.size);
    if (tensor.requiresGrad) backward(ops.sum(tensor), { retainGraph: true }); // throws if a gradient has not the shape of its input
  }
  return true;
}

/** The smallest call that fails, and how. */
function failure(name: string, details: fc.RunDetails<[Call]>): string {
  if (!details.failed) return "";
  const [[of, drawn]] = details.counterexample as [Call];
  const error = details.errorInstance;
  const where = error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 4).join("\n") : String(error);
  return `${name}(${drawn.map(({ text }) => text(of)).join(", ")})\n${where}`;
}

describe("whatever it is given", () => {
  const exported = Object.entries(ops).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));

  it("every exported op is tried", () => {
    expect(Object.keys(signatures).sort()).toEqual(exported.sort());
  });

  it.each(Object.entries(signatures))("%s promises a shape or names itself in an error", (name, signature) => {
    const call = fc.tuple(sizes, fc.tuple(...(signature.args as readonly Argument[])));
    let accepted = 0;
    const property = fc.property(call, (one) => {
      if (accepts(name, signature, one)) accepted++;
    });
    expect(failure(name, fc.check(property, { seed, numRuns }))).toBe("");
    expect(accepted, `good calls among ${numRuns}`).toBeGreaterThan(leastAccepted);
  });
});
