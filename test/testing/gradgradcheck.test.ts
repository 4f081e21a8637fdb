/** Tests of gradgradcheck: what is right once and wrong twice, by the inputs and by gradOutput. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { defineOp, isRecording, mul, type Op, setDevice, type Tensor, tensor } from "../../src/index.js";
import { GradcheckError, gradcheck, gradgradcheck } from "../../src/testing/gradcheck/index.js";
import { cube, product2d, unary, wrongTwice } from "./faults.js";

beforeAll(() => setDevice("reference"));

const x = tensor(
  [
    [1.5, -0.5, 2],
    [-1, 0.75, -2],
  ],
  { device: "reference" },
);
const quiet = { raiseException: false } as const;

describe.each(["directions", "entries"] as const)("gradgradcheck by %s", (mode) => {
  it("passes right rules, by the inputs and by gradOutput", () => {
    const result = gradgradcheck(cube, x, { mode });
    expect(result).toMatchObject({ passed: true, op: "cube", skipped: [] });
    expect(result.checked).toBe(mode === "entries" ? 12 : 4);
    expect(gradgradcheck(product2d, [x, x.transpose()], { mode }).passed).toBe(true);
    expect(gradgradcheck((t: Tensor) => [t.exp(), t.sum(), t.greater(0)], x, { mode }).passed).toBe(true);
  });

  it.each(wrongTwice)("finds %s, which gradcheck cannot see", (_, op) => {
    expect(gradcheck(op, x, { mode }).passed).toBe(true);
    expect(() => gradgradcheck(op, x, { mode })).toThrow(GradcheckError);
  });
});

describe("gradgradcheck", () => {
  it("says that it is the second derivative, and where", () => {
    const [, detached] = wrongTwice[0] as (typeof wrongTwice)[number];
    const result = gradgradcheck(detached, x, quiet);
    expect(result).toMatchObject({ failure: "wrong", worst: { argument: "0", analytic: 0 } });
    expect(result.message).toContain("the second derivative of cube is wrong for argument 0 at [");
    const [, byGradOutput] = wrongTwice[3] as (typeof wrongTwice)[number];
    expect(gradgradcheck(byGradOutput, x, quiet).message).toContain("nothing was recorded");
  });

  it("says which gradient is wrong, and by what it was differentiated", () => {
    const blend: Op<[a: Tensor, b: Tensor]> = defineOp({
      name: "blend", // right once: the second rule knows s as a number only
      forward: ([a, b]) => {
        const s = lg.sigmoid(a);
        return { output: lg.softplus(a).add(mul(b, lg.sub(1, s))), saved: { a, b, s } };
      },
      backward: (g, { a, b, s }) => [
        mul(g, lg.sub(lg.sigmoid(a), mul(b, mul(lg.sigmoid(a), lg.sub(1, lg.sigmoid(a)))))),
        mul(g, lg.sub(1, s.detach())),
      ],
    });
    expect(gradcheck(blend, [x, x.mul(2)]).passed).toBe(true);
    const result = gradgradcheck(blend, [x, x.mul(2)], quiet);
    expect(result).toMatchObject({ failure: "wrong", worst: { argument: "0", analytic: 0 } });
    expect(result.message).toMatch(
      /^the second derivative of blend is wrong: the gradient of argument 1, differentiated by argument 0 at \[\d, \d\], is wrong\n/,
    );
  });

  it("finds a backward that is not linear in gradOutput as a matter of gradOutput", () => {
    const op = unary("odd", lg.exp, (g, _t, y) => mul(g.detach(), y));
    expect(gradgradcheck(op, x, quiet)).toMatchObject({ failure: "wrong", worst: { argument: "gradOutput" } });
  });

  it("finds a backward that computes something else when it is recorded", () => {
    const twoFaced: Op<[t: Tensor]> = unary("twoFaced", lg.exp, (g, _t, y) => mul(mul(g, y), isRecording() ? 1 : 2));
    const result = gradgradcheck(twoFaced, x, quiet);
    expect(result).toMatchObject({ passed: false, failure: "unchecked" });
    expect(result.message).toContain("when it is recorded (createGraph)");
  });

  it("skips kinks, those of the backward pass included", () => {
    const result = gradgradcheck((t: Tensor) => t.relu().square(), tensor([1, 0, -1]));
    expect(result.skipped).toEqual([{ argument: "0", index: [1], op: "relu" }]);
    const bentTwice = unary(
      "bentTwice",
      (t) => lg.relu(t).square(),
      (g, t) => mul(g, mul(2, lg.where(t.greater(0), t, 0))),
    );
    expect(gradgradcheck(bentTwice, tensor([1, 0, -1])).skipped).toEqual([
      { argument: "0", index: [1], op: "greater" },
    ]);
  });

  it("where every rule says null, checks that the function is flat", () => {
    expect(gradgradcheck(lg.sign, x).passed).toBe(true);
    expect(
      gradgradcheck(
        unary("steep", lg.exp, () => null),
        x,
        quiet,
      ),
    ).toMatchObject({ passed: false, failure: "wrong" });
    const half: Op<[a: Tensor, b: Tensor]> = defineOp({
      name: "half",
      forward: ([a, b]) => ({ output: mul(a, b), saved: { a, b } }),
      backward: (g, { b }: { b: Tensor }) => [mul(g, b), null],
    });
    expect(gradcheck(half, [x, x], quiet).failure).toBe("wrong");
  });

  it("never passes without a check", () => {
    for (const [fn, input] of [
      [(t: Tensor) => t.detach(), x],
      [(t: Tensor) => t.greater(0), x],
      [lg.log, tensor([-1])],
      [lg.sqrt, tensor([0])],
      [lg.relu, tensor([0])],
      [(t: Tensor) => t.mul(Math.random()), x],
    ] as const) {
      expect(gradgradcheck(fn, input, quiet).passed).toBe(false);
    }
  });
});
