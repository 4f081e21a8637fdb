/** Tests of what transforms refuse, and of what they leave behind. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../../src/index.js";
import {
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  memory,
  noGrad,
  setDevice,
  type Tensor,
  tensor,
} from "../../../src/index.js";

beforeAll(() => setDevice("reference"));

const cubes = (x: Tensor) => x.pow(3).sum();

/** What a plain JavaScript caller may pass. */
const loosely = (value: unknown) => value as never;

describe("transforms refuse", () => {
  it.each<[string, () => unknown]>([
    ["customGradient", () => lg.customGradient(loosely(3))],
    ["valueAndGrad", () => lg.valueAndGrad(loosely(3))],
    ["jacobian", () => jacobian(loosely(3))],
    ["hessian", () => hessian(loosely(3))],
    ["hvp", () => hvp(loosely(3), tensor([1]), loosely(tensor([1])))],
    ["vjp", () => lg.vjp(loosely(3), tensor([1]))],
  ])("what is no function: %s", (op, run) => {
    expect(run).toThrow(`${op}: its first argument must be a function, got 3`);
  });

  it("half a position", () => {
    expect(() => grad(cubes, { argNums: loosely(0.5) })(tensor([1]))).toThrow("argNums must be from 0 to 0");
  });

  it.each([[["ab"]], [[1, 2, 3]]])("%j in the place of [value, aux]", (result) => {
    const f = lg.valueAndGrad(
      loosely(() => (result.length === 1 ? result[0] : result)),
      { hasAux: true },
    );
    expect(() => f(loosely(tensor([1])))).toThrow("with hasAux the function must return [value, aux]");
  });

  it.each<[string, unknown]>([
    ["another key", { a: tensor([1]), c: tensor([1]) }],
    ["a list", [tensor([1]), tensor([1])]],
    ["a number", 3],
  ])("a vector of another structure: %s", (_, vector) => {
    const tree = { a: tensor([1]), b: tensor([2]) };
    expect(() => jvp(({ a, b }: typeof tree) => a.mul(b), [tree], loosely([vector]))).toThrow(
      "must have the structure of",
    );
  });
});

describe("transforms leave nothing behind but their results", () => {
  it.each<[string, number, (x: Tensor) => unknown]>([
    ["grad", 1, (x) => grad(cubes)(x)],
    ["hvp", 1, (x) => hvp(cubes, x, x)],
    ["jvp", 2, (x) => jvp((t: Tensor) => t.sin().mul(2), x, x)],
    ["jacobian", 1, (x) => jacobian((t: Tensor) => t.sin().mul(2))(x)],
  ])("%s", (_, results, run) => {
    const x = tensor([1, 2]);
    const before = memory().buffers;
    lg.tidy(() => run(x));
    expect(memory().buffers - before).toBe(results);
  });
});

describe("checkpoint", () => {
  it("watches nothing any more when its function has returned", () => {
    const other = tensor([1]);
    lg.checkpoint((x: Tensor) => x.sin())(tensor([1], { requiresGrad: true }));
    const before = memory().buffers;
    other.dataSync();
    other.dispose();
    expect(memory().buffers).toBe(before - 1);
  });
});

describe("a result", () => {
  it("has no aux where none was asked for", () => {
    expect(Object.keys(lg.valueAndGrad(cubes)(tensor([1])))).toEqual(["value", "grad"]);
  });

  it("is not recorded inside noGrad, though the function captures a parameter", () => {
    const w = tensor([2], { requiresGrad: true });
    expect(noGrad(() => grad((x: Tensor) => cubes(x.mul(w)))(tensor([1]))).requiresGrad).toBe(false);
  });

  it("can be differentiated by one of several tangents", () => {
    const [x, y] = [tensor([2]), tensor([3])];
    const v = tensor([1], { requiresGrad: true });
    const { tangent } = jvp((a: Tensor, b: Tensor) => a.mul(b), [x, y], [v, tensor([1])]);
    expect(lg.gradients(tangent.sum(), [v])[0]?.arraySync()).toEqual([3]);
  });

  it("of undefined tangents is that of none", () => {
    expect(jvp((a: Tensor) => a.mul(2), [tensor([1])], loosely([undefined])).tangent.arraySync()).toEqual([0]);
  });
});
