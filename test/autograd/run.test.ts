/** Tests of run: kernels of own ops, their inputs, and every way in which a kernel does not stand alone. */
import { describe, expect, it } from "vitest";
import {
  DeviceError,
  defineOp,
  type Flat,
  type KernelThis,
  mul,
  type Op,
  run,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  withDevice,
} from "../../src/index.js";

function hypotKernel(this: KernelThis, x: Flat, y: Flat): number {
  return Math.sqrt(
    (x[this.thread.x] as number) * (x[this.thread.x] as number) +
      (y[this.thread.x] as number) * (y[this.thread.x] as number),
  );
}

function hypot(broadcast: boolean): Op<[x: Tensor, y: Tensor]> {
  return defineOp({
    name: "hypot",
    broadcasts: broadcast,
    forward: ([x, y]) => {
      const r = run(hypotKernel, [x, y], { broadcast });
      return { output: r, saved: { x, y, r } };
    },
    backward: (g, { x, y, r }) => [mul(g, x.div(r)), mul(g, y.div(r))],
  });
}

const devices = ["reference", "simd", "webasm", "cpu"] as const;

describe.each(devices)("run on %s", (device) => {
  it("refuses inputs of different shapes, in the op's name", () => {
    withDevice(device, () => {
      for (const [a, b] of [
        [tensor([3, 5, 8]), tensor([4])],
        [tensor([3, 5, 8]), tensor(4)],
        [tensor([[1, 2, 3]]), tensor([1, 2, 3])],
        [tensor([4]), tensor([3, 5, 8])],
      ] as const) {
        expect(() => hypot(false)(a, b)).toThrow(ShapeError);
        expect(() => hypot(false)(a, b)).toThrow(
          "hypot: its kernel hypotKernel: its inputs must all have one shape, got [",
        );
        expect(() => hypot(false)(a, b)).toThrow("{ broadcast: true }");
      }
    });
  });

  it("repeats the smaller ones on request, and sums their gradients back", () => {
    withDevice(device, () => {
      const [x, y] = [tensor([3, 5, 8], { requiresGrad: true }), tensor([4], { requiresGrad: true })];
      const r = hypot(true)(x, y);
      const expected = [3, 5, 8].map((n) => Math.hypot(n, 4));
      for (const [i, value] of r.dataSync().entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
      r.sum().backward();
      expect(y.grad?.shape).toEqual([1]);
      expect(y.grad?.itemSync()).toBeCloseTo(
        expected.reduce((sum, n) => sum + 4 / n, 0),
        5,
      );
      expect(hypot(true)(tensor([[3], [6]]), tensor([4, 8])).shape).toEqual([2, 2]);
      expect(hypot(true)(tensor(3), 4).itemSync()).toBe(5);
      expect(() => hypot(true)(tensor([1, 2]), tensor([1, 2, 3]))).toThrow("do not broadcast");
    });
  });

  it("leaves inputs to a kernel that says its result's shape", () => {
    withDevice(device, () => {
      const y = run(
        pickKernel,
        [
          tensor([
            [1, 2],
            [3, 4],
          ]),
          tensor([5, 6, 7]),
        ],
        { shape: [2], constants: { size: 2 } },
      );
      expect(y.arraySync()).toEqual([6, 9]);
    });
  });

  it.each(broken)("refuses %s, before any device reads it", (_, kernel, type, says) => {
    withDevice(device, () => {
      const call = () => run(kernel as never, [tensor([1, 2])]);
      expect(call).toThrow(type);
      for (const part of says) expect(call).toThrow(part);
    });
  });
});

function pickKernel(this: KernelThis<"size">, x: Flat, y: Flat): number {
  return (x[this.thread.x * this.constants.size] as number) + (y[this.thread.x] as number);
}

const factor = 3;
const gain = { of: 2 };

function twice(x: number): number {
  return 2 * x;
}

function closureKernel(this: KernelThis, x: Flat): number {
  return (x[this.thread.x] as number) * factor;
}

function objectKernel(this: KernelThis, x: Flat): number {
  return (x[this.thread.x] as number) * gain.of;
}

function helperKernel(this: KernelThis, x: Flat): number {
  return twice(x[this.thread.x] as number);
}

function nestedKernel(this: KernelThis, x: Flat): number {
  const square = (v: number) => v * v;
  return square(x[this.thread.x] as number);
}

function defaultKernel(this: KernelThis, x: Flat, scale = 2): number {
  return (x[this.thread.x] as number) * scale;
}

function restKernel(this: KernelThis, ...inputs: Flat[]): number {
  return inputs[0]?.[this.thread.x] as number;
}

function methodKernel(this: KernelThis, x: Flat): number {
  return (x as number[]).indexOf(1);
}

function notANumberKernel(this: KernelThis): number {
  return Number.NaN;
}

function sizeKernel(this: KernelThis & { output: { x: number } }, x: Flat): number {
  return (x[this.thread.x] as number) / this.output.x;
}

function constantKernel(this: KernelThis<"size">, x: Flat): number {
  return (x[this.thread.x] as number) * this.constants.size;
}

function localsKernel(this: KernelThis<"size">, x: Flat): number {
  let total = 0;
  for (let i = 0; i < this.constants.size; i++) {
    const value = x[i] as number;
    if (value > 0) total += Math.min(value, Infinity);
    else continue;
  }
  return total;
}

async function asyncKernel(): Promise<number> {
  return 1;
}

const { methodShorthand } = {
  methodShorthand(this: KernelThis, x: Flat): number {
    return x[this.thread.x] as number;
  },
};

const unnamed = [
  function (this: KernelThis, x: Flat): number {
    return x[this.thread.x] as number;
  },
][0];

const plain = "must be a named top-level function";
const alone = "every device compiles the kernel's text, which must stand alone";

const broken: readonly (readonly [what: string, kernel: unknown, type: unknown, says: readonly string[]])[] = [
  ["a closure variable", closureKernel, ValueError, ["closureKernel: factor is not defined in it", alone]],
  ["a closure object", objectKernel, ValueError, ["objectKernel: gain is not defined in it", alone]],
  ["a helper function", helperKernel, ValueError, ["helperKernel: twice is a function outside of it", alone]],
  ["an inner function", nestedKernel, ValueError, ["nestedKernel: it has a function inside", alone]],
  ["an arrow function", (x: Flat) => x[0], ValueError, ["kernel: it is an arrow function", plain]],
  ["a method", methodShorthand, ValueError, ["methodShorthand: its text cannot be read", plain]],
  ["a default parameter", defaultKernel, ValueError, ["defaultKernel: a parameter of it has a default value", alone]],
  ["a rest parameter", restKernel, ValueError, ["restKernel: a parameter of it has a pattern or a rest", alone]],
  ["an unnamed function", unnamed, ValueError, ["kernel: it has no name", plain]],
  ["a bound function", twice.bind(null), ValueError, ["bound twice: its text cannot be read", plain]],
  ["a class", class Kernel {}, ValueError, ["Kernel: its text cannot be read", plain]],
  ["an async function", asyncKernel, ValueError, ["asyncKernel: it is async", plain]],
  ["a method call", methodKernel, ValueError, ["methodKernel: indexOf cannot be called in it", alone]],
  ["NaN", notANumberKernel, ValueError, ["notANumberKernel: Number is not defined in it", alone]],
  ["other parts of this", sizeKernel, ValueError, ["sizeKernel: its `this` has nothing but thread and constants"]],
  [
    "a constant that is not given",
    constantKernel,
    ValueError,
    ["constantKernel: it reads this.constants.size, got undefined"],
  ],
  ["too few inputs", hypotKernel, ValueError, ["hypotKernel: it takes 2 inputs, got 1"]],
  ["what is no function", "x => x", ValueError, ['run: a kernel is a function, got "x => x"']],
];

describe("run", () => {
  it("takes locals, loops and constants", () => {
    const y = run(localsKernel, [tensor([1, -2, 3])], { shape: [1], constants: { size: 3 } });
    expect(y.arraySync()).toEqual([4]);
  });

  it("refuses inputs and options that are none", () => {
    const x = tensor([1, 2]);
    const loose = run as unknown as (...args: unknown[]) => Tensor;
    expect(() => loose(hypotKernel, x)).toThrow("hypotKernel: its inputs must be a list of tensors");
    expect(() => loose(hypotKernel, [x, 2])).toThrow("hypotKernel: its inputs must be a list of tensors");
    expect(() => loose(hypotKernel, [x, x], { broadcasts: true })).toThrow("hypotKernel: it has no option broadcasts");
    expect(() => loose(hypotKernel, [x, x], 3)).toThrow("hypotKernel: options go into an object {");
    expect(() => loose(hypotKernel, [x, x], { shape: 2 })).toThrow("hypotKernel: ");
    expect(() => loose(hypotKernel, [x, x], { threads: [2] })).toThrow("threads must be three positive integers");
    expect(() => loose(hypotKernel, [x, x], { dtype: "float16" })).toThrow("there is no dtype");
    const [a, b] = [tensor([1], { device: "cpu" }), tensor([1], { device: "reference" })];
    expect(() => run(hypotKernel, [a, b])).toThrow(DeviceError);
  });

  it("says what gpu.js cannot compile, in the kernel's name", () => {
    function hypotCallKernel(this: KernelThis, x: Flat): number {
      return Math.hypot(x[this.thread.x] as number, 1);
    }
    const call = () => run(hypotCallKernel, [tensor([1], { device: "cpu" })]);
    expect(call).toThrow(DeviceError);
    expect(call).toThrow("hypotCallKernel: gpu.js cannot compile this kernel for cpu");
  });
});

describe("defineOp", () => {
  const right = { name: "right", forward: ([x]: [Tensor]) => ({ output: mul(x, 2) }), backward: (g: Tensor) => [g] };
  it.each([
    [undefined, "defineOp: it takes { name, forward, backward }, got undefined"],
    [3, "defineOp: it takes { name, forward, backward }, got 3"],
    [{ ...right, name: undefined }, "defineOp: an op must have a name"],
    [{ ...right, name: "" }, "defineOp: an op must have a name"],
    [{ ...right, forward: 3 }, "right: its forward must be a function"],
    [{ ...right, backwards: right.backward }, "defineOp: right has a part backwards, which means nothing"],
    [{ ...right, broadcasts: 1 }, "defineOp: broadcasts of right must be true or false, got 1"],
    [{ ...right, region: [] }, "defineOp: region of right must be a function, got []"],
  ])("refuses %j", (definition, says) => {
    expect(() => defineOp(definition as never)).toThrow(says);
  });
});
