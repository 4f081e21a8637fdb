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
    ["nothing", null],
    ["a tensor", tensor([1])],
  ])("a vector of another structure: %s", (kind, vector) => {
    const tree = { a: tensor([1]), b: tensor([2]) };
    const got = { nothing: "null", "a number": "3", "a tensor": "a tensor of shape [1]" }[kind] ?? "";
    expect(() => jvp(({ a, b }: typeof tree) => a.mul(b), [tree], loosely([vector]))).toThrow(
      `must have the structure of primals[0]: { a, b }, got ${got}`,
    );
  });

  it("an object in the place of a list", () => {
    const run = () => jvp(([a]: Tensor[]) => a as Tensor, [[tensor([1])]], loosely([{ 0: tensor([1]) }]));
    expect(run).toThrow("tangents[0] must have the structure of primals[0]: a list of 1, got { 0 }");
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

/** Doubles, and keeps 8000 bytes until its node is freed. */
const hoard: lg.Op<[Tensor]> = lg.defineOp({
  name: "hoard",
  forward: ([x]) => ({ output: lg.mul(x, 2), saved: { extra: lg.ones([1000]) } }),
  backward: (gradOutput) => [lg.mul(gradOutput, 2)],
});

describe("what ops saved for their backward", () => {
  it.each<[string, (x: Tensor) => unknown]>([
    ["grad", (x) => grad((t: Tensor) => hoard(t).sum())(x)],
    ["grad of an aux", (x) => lg.valueAndGrad((t: Tensor) => [t.sum(), hoard(t)] as const, { hasAux: true })(x)],
    ["jvp", (x) => jvp((t: Tensor) => hoard(t), x, x)],
    ["jacobian", (x) => jacobian((t: Tensor) => hoard(t))(x)],
    ["hvp", (x) => hvp((s: Tensor, t: Tensor) => s.add(hoard(t)).square().sum(), [x, x], [x, x])],
    ["hvp along null", (x) => hvp((s: Tensor, t: Tensor) => s.add(hoard(t).square()).sum(), [x, x], [x, null])],
  ])("is let go of by %s, without tidy", (_, run) => {
    const x = tensor([1, 2]);
    const before = memory().bytes;
    run(x);
    expect(memory().bytes - before).toBeLessThan(8000);
  });

  it.each<[string, (f: (x: Tensor) => Tensor, x: Tensor) => unknown]>([
    ["grad", (f, x) => grad(f)(x)],
    ["hvp", (f, x) => hvp(f, x, x)],
  ])("is let go of by %s step by step on the way back", (_, run) => {
    let atTheEnd = 0;
    const probe: lg.Op<[Tensor]> = lg.defineOp({
      name: "probe",
      forward: ([x]) => ({ output: lg.mul(x, 1) }),
      backward: (gradOutput) => {
        atTheEnd = memory().bytes;
        return [gradOutput];
      },
    });
    const x = tensor([1, 2]);
    const before = memory().bytes;
    run(
      (t) =>
        hoard(hoard(hoard(probe(t))))
          .square()
          .sum(),
      x,
    );
    expect(atTheEnd - before).toBeLessThan(8000);
  });
});

describe("an argument", () => {
  it.each<[string, (x: Tensor, f: (x: Tensor) => Tensor) => unknown]>([
    ["grad", (x, f) => grad((t: Tensor) => f(t).sum())(x)],
    ["jvp", (x, f) => jvp(f, x, tensor([1, 1]))],
    ["jacobian", (x, f) => jacobian(f)(x)],
  ])("is not held on to by %s", (_, run) => {
    const x = tensor([1, 2]);
    run(x, (t) => t.square());
    const before = memory().buffers;
    x.dispose();
    expect(memory().buffers).toBe(before - 1);
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
