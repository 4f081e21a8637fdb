/** Tests of gradcheck: it finds every fault, steps around kinks, and never passes without a check. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { GradientError, generator, setDevice, type Tensor, tensor, ValueError } from "../../src/index.js";
import { GradcheckError, gradcheck } from "../../src/testing/gradcheck/index.js";
import { cube, product2d, transposed, unary, wrongOnce } from "./faults.js";

beforeAll(() => setDevice("reference"));

const x = tensor(
  [
    [1.5, -0.5, 2],
    [-1, 0.75, -2],
  ],
  { device: "reference" },
);
const quiet = { raiseException: false } as const;

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GradcheckError) return error.message;
    throw error;
  }
  throw new Error("it passed");
}

describe.each(["directions", "entries"] as const)("gradcheck by %s", (mode) => {
  it("passes right rules, and says what it did", () => {
    const result = gradcheck(cube, x, { mode });
    expect(result).toMatchObject({ passed: true, failure: null, skipped: [], op: "cube", ops: ["cube"], seed: 0 });
    expect(result.checked).toBe(mode === "entries" ? 6 : 2);
    expect(result.worst?.relativeError).toBeLessThan(1e-9);
    expect(gradcheck(product2d, [x, x.transpose()], { mode }).passed).toBe(true);
  });

  it.each(wrongOnce)("finds %s", (_, op) => {
    expect(() => gradcheck(op, [x], { mode })).toThrow(GradcheckError);
    expect(gradcheck(op, [x], { mode, ...quiet })).toMatchObject({ passed: false, failure: "wrong" });
  });

  it("finds a transposed gradient in the argument that has it", () => {
    const [a, b] = [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [0.5, -1],
        [2, 0.25],
      ]),
    ];
    expect(gradcheck(transposed, [a, b], { mode, ...quiet }).worst?.argument).toBe("0");
    expect(gradcheck(transposed, [a, lg.eye(2)], { mode }).passed).toBe(true); // where it happens to be right
  });

  it("does not take a tiny wrong gradient for zero", () => {
    const faint = unary(
      "faint",
      (t) => t.mul(1e-20),
      (g) => g.mul(-1e-20),
    );
    expect(gradcheck(faint, x, { mode, ...quiet })).toMatchObject({ passed: false, failure: "wrong" });
  });

  it("skips what stands on a kink and says so", () => {
    const result = gradcheck(lg.relu, tensor([1, 0, -1, 0]), { mode });
    expect(result.passed).toBe(true);
    expect(result.skipped).toEqual([
      { argument: "0", index: [1], op: "relu" },
      { argument: "0", index: [3], op: "relu" },
    ]);
    expect(result.message).toContain("skipped on a kink of relu: argument 0 at [1], argument 0 at [3]");
  });

  it("fails where nothing but kinks is left of an argument", () => {
    const zeros = tensor([0, 0]);
    expect(gradcheck(lg.relu, zeros, { mode, ...quiet })).toMatchObject({ passed: false, failure: "on a kink" });
    expect(gradcheck(lg.add, [lg.ones([2]), zeros], { mode }).passed).toBe(true);
    const half = gradcheck((a: Tensor, b: Tensor) => a.add(b.abs()), [lg.ones([2]), zeros], { mode, ...quiet });
    expect(half).toMatchObject({ passed: false, failure: "on a kink" });
    expect(half.message).toContain("could not be checked for argument 1: every entry of it stands on a kink");
  });
});

describe("what gradcheck says of a wrong gradient", () => {
  it("names op, argument, index, both numbers, the relative error and the seed", () => {
    const [, op] = wrongOnce[7] as (typeof wrongOnce)[number];
    const { worst } = gradcheck(op, x, { seed: 7, ...quiet });
    expect(worst).toMatchObject({ argument: "0", index: [1, 1], at: 0.75 });
    const message = messageOf(() => gradcheck(op, x, { seed: 7 }));
    for (const part of [
      "gradcheck: the gradient of cube is wrong for argument 0 at [1, 1]",
      "the argument there  0.75",
      `analytic            ${worst?.analytic}`,
      `numeric             ${worst?.numeric}`,
      "relative error      0.0005",
      "repeat it with { seed: 7 }",
    ]) {
      expect(message).toContain(part);
    }
  });

  it("shows the derivative itself where the result is one number", () => {
    const [, op] = wrongOnce[1] as (typeof wrongOnce)[number];
    const { worst } = gradcheck(op, tensor(2), quiet);
    expect(worst?.analytic).toBe(4);
    expect(worst?.numeric).toBeCloseTo(12, 9);
    const [, squared] = wrongOnce[4] as (typeof wrongOnce)[number]; // right where gradOutput is 1
    expect(gradcheck(squared, tensor(2), quiet).failure).toBe("wrong");
    expect(gradcheck(squared, tensor(2), { directions: 1, ...quiet }).failure).toBe("wrong");
    expect(gradcheck(squared, tensor(2), { mode: "entries", ...quiet }).failure).toBe("wrong");
  });

  it("lists the recorded ops where there are several", () => {
    const wrong = (t: Tensor) =>
      lg
        .exp(
          unary(
            "cube",
            (s) => s.mul(s).mul(s),
            (g) => g,
          )(t),
        )
        .sum();
    const result = gradcheck(wrong, x, quiet);
    expect(result).toMatchObject({ op: "sum", ops: ["cube", "exp", "sum"] });
    expect(result.message).toContain("recorded ops: cube, exp, sum");
  });

  it("repeats with the seed it names", () => {
    const [, op] = wrongOnce[1] as (typeof wrongOnce)[number];
    const [once, again, other] = [3, 3, 4].map((seed) => gradcheck(op, x, { seed, ...quiet }));
    expect(again).toEqual(once);
    expect(other?.worst?.numeric).not.toBe(once?.worst?.numeric);
  });

  it("points at a kink that no op declares", () => {
    const ramp = unary("ramp", lg.relu, (g, t) => g.mul(lg.cast(t.greaterEqual(0), "float64"))); // ramp′(0) = 1
    expect(messageOf(() => gradcheck(ramp, tensor([1, 0])))).toMatch(
      /at \[1\](.|\n)*the slope is .* a kink that no op declares/,
    );
  });

  it("keeps the result with the error", () => {
    try {
      gradcheck(wrongOnce[0]?.[1] ?? cube, x);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GradientError);
      expect((error as GradcheckError).result.failure).toBe("wrong");
    }
  });
});

describe("gradcheck and kinks", () => {
  it("steps around a kink that is near", () => {
    for (const distance of [1e-2, 1e-4, 1e-6]) {
      expect(gradcheck(lg.relu, tensor([1, distance, -distance]))).toMatchObject({ passed: true, skipped: [] });
    }
  });

  it.each<[string, (t: Tensor) => Tensor, number[], number[], string]>([
    ["abs", lg.abs, [1, 0], [1], "abs"],
    ["clamp", (t) => lg.clamp(t, { min: -1, max: 1 }), [1, -1, 0, 3], [0, 1], "clamp"],
    ["a tie of max", (t) => lg.max(t), [3, 1, 3], [0, 2], "max"],
    ["leakyRelu, a composite", (t) => lg.leakyRelu(t), [0, 2], [0], "greater"],
    ["maximum", (t) => lg.maximum(t, 1), [1, 2, 0], [0], "maximum"],
    ["a step by cast", (t) => t.mul(t.cast("int32").cast("float64")), [1.5, 2], [1], "cast"],
  ])("skips %s", (_, fn, values, skipped, op) => {
    const result = gradcheck(fn, tensor(values));
    expect(result.skipped).toEqual(skipped.map((i) => ({ argument: "0", index: [i], op })));
    expect(result.passed).toBe(true);
  });

  it("skips the windows of a max pooling that tie", () => {
    const plane = tensor([
      [
        [5, 1, 2, 2],
        [1, 2, 1, 0],
      ],
    ]);
    const result = gradcheck((t: Tensor) => lg.maxPool2d(t, { kernelSize: 2 }), plane);
    expect(result.skipped.map(({ index }) => index)).toEqual([
      [0, 0, 2],
      [0, 0, 3],
    ]);
  });

  it("still finds a fault beside a kink", () => {
    const bent = lg.defineOp<[t: Tensor], undefined, { t: Tensor }>({
      name: "bent",
      forward: ([t]) => ({ output: lg.abs(t), saved: { t } }),
      backward: (g, { t }) => [g.mul(lg.relu(lg.sign(t)))],
      region: ({ t }) => lg.sign(t),
    });
    expect(gradcheck(bent, tensor([0, 1])).skipped).toHaveLength(1);
    expect(gradcheck(bent, tensor([0, 1, -1]), quiet)).toMatchObject({ failure: "wrong", worst: { index: [2] } });
  });
});

describe("gradcheck never passes without a check", () => {
  const failing: readonly (readonly [string, () => unknown, string])[] = [
    ["a result that requires no gradient", () => gradcheck((t: Tensor) => t.detach(), x), "nothing was recorded"],
    [
      "a result computed in noGrad",
      () => gradcheck((t: Tensor) => lg.noGrad(() => lg.exp(t)), x),
      "nothing was recorded",
    ],
    ["a result without floats", () => gradcheck(lg.greater, [x, x]), "no result of fn is a float tensor"],
    ["a NaN in the result", () => gradcheck(lg.log, tensor([1, -1])), "result 0 is NaN at [1]"],
    ["an infinite result", () => gradcheck(lg.log, tensor([[1, 0]])), "result 0 is -Infinity at [0, 1]"],
    [
      "an infinite gradient",
      () => gradcheck(lg.sqrt, tensor([1, 0])),
      "the gradient is Infinity at [1], where the argument is 0",
    ],
    ["a NaN in the input", () => gradcheck(lg.exp, tensor([Number.NaN])), "result 0 is NaN"],
    ["a change that is lost in rounding", () => gradcheck((t: Tensor) => t.add(1e12), x), "lost in rounding"],
    [
      "no gradient of a change that is lost in rounding",
      () =>
        gradcheck(
          unary(
            "far",
            (t) => t.add(1e12),
            () => null,
          ),
          x,
        ),
      "lost in rounding",
    ],
    [
      "a gradient of a large constant",
      () =>
        gradcheck(
          unary(
            "constant",
            (t) => t.mul(0).add(1e12),
            (g) => g,
          ),
          x,
        ),
      "lost in rounding",
    ],
    ["a change that is hidden", () => gradcheck((t: Tensor) => t.mul(1e-14).add(1), x), "lost in rounding"],
  ];
  it.each(failing)("fails on %s", (_, run, says) => {
    const message = messageOf(run);
    expect(message).toContain("could not be checked");
    expect(message).toContain(says);
  });

  it("fails on a function that is not deterministic, forward or backward", () => {
    const random = generator(1);
    const noise = (t: Tensor) => t.mul(random.uniform());
    expect(gradcheck(noise, x, quiet)).toMatchObject({ passed: false, failure: "not deterministic" });
    const noisy = unary("noisy", lg.exp, (g, _t, y) => g.mul(y).mul(1 + 1e-12 * random.uniform()));
    const result = gradcheck(noisy, x, quiet);
    expect(result).toMatchObject({ passed: false, failure: "not deterministic" });
    expect(result.message).toContain("two backward passes give");
  });

  it("refuses what is no check at all", () => {
    const int = tensor([1, 2], { dtype: "int32" });
    expect(() => gradcheck(lg.exp, [])).toThrow("gradcheck: no input is a float tensor");
    expect(() => gradcheck((t: Tensor) => t, int)).toThrow("gradcheck: no input is a float tensor");
    expect(() => gradcheck(lg.exp, [1] as never)).toThrow("inputs must be a tensor or an array of tensors");
    expect(() => gradcheck("exp" as never, x)).toThrow("the first argument must be a function, got string");
    expect(() => gradcheck((async (t: Tensor) => t) as never, x)).toThrow("fn must not be async");
    expect(() => gradcheck((() => 3) as never, x)).toThrow(
      "fn must return a tensor or an array of tensors, got number",
    );
    expect(() => gradcheck((t: Tensor) => t.to("cpu"), x)).toThrow("fn returned a tensor on cpu");
    for (const [options, says] of [
      [{ mode: "all" }, 'mode must be "directions" or "entries", got "all"'],
      [{ directions: 0 }, "directions must be a positive integer, got 0"],
      [{ relative: 0 }, "relative must be above 0"],
      [{ relative: 2 }, "below 1, got 2"],
      [{ absolute: -1 }, "absolute must be above 0"],
      [{ step: Number.NaN }, "step must be a number, got NaN"],
      [{ seed: 0.5 }, "seed must be a safe integer"],
      [
        { eps: 1e-3, atol: 1e-5 },
        "it has no option eps (its options: mode, directions, seed, relative, absolute, step, raiseException)",
      ],
      [7, "options go into an object"],
    ] as const) {
      expect(() => gradcheck(cube, x, options as never)).toThrow(ValueError);
      expect(() => gradcheck(cube, x, options as never)).toThrow(says);
    }
  });

  it("refuses results whose shape depends on the numbers", () => {
    const cut = (t: Tensor) => t.slice({ start: [0], end: [(t.dataSync()[0] as number) > 1 ? 2 : 1] });
    expect(() => gradcheck(cut, tensor([1, 2]))).toThrow("change their number or shapes");
  });
});

describe("gradcheck and its inputs", () => {
  it("passes integers, bools and null on", () => {
    const index = tensor(
      [
        [0, 0],
        [1, 0],
      ],
      { dtype: "int32" },
    );
    const pick = (t: Tensor, i: Tensor, bias: Tensor | null) => {
      expect([t.dtype, i.dtype, bias]).toEqual(["float64", "int32", null]);
      return lg.gather(t, i, { axis: 1 });
    };
    expect(
      gradcheck(pick, [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        index,
        null,
      ]),
    ).toMatchObject({ passed: true, checked: 2 });
  });

  it("checks what requires a gradient, or everything if nothing does", () => {
    const half = lg.defineOp<[a: Tensor, b: Tensor], undefined, { a: Tensor; b: Tensor }>({
      name: "half",
      forward: ([a, b]) => ({ output: lg.mul(a, b), saved: { a, b } }),
      backward: (g, { a, b }) => [g.mul(b), g.mul(a).mul(2)],
    });
    const leaf = tensor([1, 2], { requiresGrad: true });
    expect(gradcheck(half, [leaf, tensor([3, 4])]).passed).toBe(true);
    expect(gradcheck(half, [tensor([1, 2]), tensor([3, 4])], quiet).worst?.argument).toBe("1");
    expect(leaf.grad).toBeNull();
  });

  it("takes several results, of which those without gradient must be constant", () => {
    expect(gradcheck((t: Tensor) => [t.exp(), t.sum(), t.greater(0)], x).passed).toBe(true);
    expect(gradcheck((t: Tensor) => [t.exp(), lg.ones([2])], x).passed).toBe(true);
    expect(gradcheck((t: Tensor) => [t.exp(), t.detach()], x, quiet).failure).toBe("wrong");
    const second = wrongOnce[0]?.[1] ?? cube;
    expect(gradcheck((t: Tensor) => [t.exp(), second(t)], x, quiet).failure).toBe("wrong");
  });

  it("moves inputs of another device to the reference, and says so", () => {
    const result = gradcheck(lg.mul, [lg.ones([2], { device: "cpu" }), lg.ones([2], { device: "webasm" })]);
    expect(result).toMatchObject({ passed: true, movedFrom: ["cpu", "webasm"] });
    expect(gradcheck(cube, x).movedFrom).toEqual([]);
  });

  it("records inside noGrad, and leaves modes and the current device alone", () => {
    setDevice("cpu");
    try {
      expect(lg.noGrad(() => gradcheck(cube, lg.ones([2]))).passed).toBe(true);
      expect([lg.currentDevice().name, lg.isRecording()]).toEqual(["cpu", true]);
    } finally {
      setDevice("reference");
    }
  });

  it("chooses steps by the size of the inputs", () => {
    for (const scale of [1e-12, 1e-6, 1, 1e6, 1e12]) {
      expect(gradcheck(cube, tensor([1, -2]).mul(scale)).passed).toBe(true);
      expect(gradcheck(lg.log, tensor([1, 2]).mul(scale)).passed).toBe(true);
      expect(gradcheck(wrongOnce[2]?.[1] ?? cube, tensor([1, -2]).mul(scale), quiet).failure).toBe("wrong");
    }
    expect(gradcheck(lg.log, tensor([1e-6, 1, 1e6])).passed).toBe(true);
    expect(gradcheck(lg.exp, tensor([1e-9])).passed).toBe(true);
    expect(gradcheck((t: Tensor) => t.mul(50).sin(), tensor([1, 2])).passed).toBe(true);
  });

  it("takes a derivative of 0 for what it is", () => {
    expect(gradcheck(lg.sign, x).passed).toBe(true);
    expect(gradcheck((t: Tensor) => lg.softmax(t).sum(), x).passed).toBe(true);
    expect(gradcheck((t: Tensor) => t.pow(5), tensor([0, 0])).passed).toBe(true);
    expect(
      gradcheck(
        unary(
          "cube",
          (t) => t.pow(3),
          (g, t) => g.mul(t),
        ),
        tensor([0, 0]),
      ).passed,
    ).toBe(true);
    expect(gradcheck((t: Tensor) => t.sub(1).square(), tensor([1, 2]), { mode: "entries" }).passed).toBe(true);
    expect(gradcheck((t: Tensor, _unused: Tensor) => t.exp(), [x, x]).passed).toBe(true);
  });
});
