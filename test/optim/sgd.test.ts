/** Tests of SGD against the algorithm that PyTorch documents, written in plain numbers. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  generator,
  Linear,
  memory,
  noGrad,
  SGD,
  type SGDOptions,
  ShapeError,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  zeros,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const start = [1.5, -0.25, 3];
const parameter = (values: readonly number[] = start): Tensor => tensor([...values], { requiresGrad: true });
const numbers = (t: Tensor): number[] => [...t.dataSync()];

/** ∂L/∂θ at a step: any function of both will do. */
const gradientAt = (theta: readonly number[], step: number): number[] =>
  theta.map((value, i) => 0.7 * value + Math.sin(3 * i + step));

/** The pseudocode of torch.optim.SGD, line by line, on plain numbers. */
function pytorchSgd(options: SGDOptions, steps: number): number[] {
  const { lr, momentum = 0, dampening = 0, weightDecay = 0, nesterov = false } = options;
  let theta = [...start];
  let buffer: number[] | null = null;
  for (let t = 1; t <= steps; t++) {
    let g = gradientAt(theta, t);
    if (weightDecay !== 0) g = g.map((v, i) => v + weightDecay * (theta[i] as number));
    if (momentum !== 0) {
      const before: number[] | null = buffer;
      const now: number[] =
        before === null ? [...g] : g.map((v, i) => momentum * (before[i] as number) + (1 - dampening) * v);
      buffer = now;
      g = nesterov ? g.map((v, i) => v + momentum * (now[i] as number)) : now;
    }
    theta = theta.map((value, i) => value - lr * (g[i] as number));
  }
  return theta;
}

function run(optimizer: SGD, theta: Tensor, from: number, to: number): void {
  for (let t = from; t <= to; t++) {
    theta.grad = tensor(gradientAt(numbers(theta), t));
    optimizer.step();
  }
}

const combinations: SGDOptions[] = [];
for (const momentum of [0, 0.9])
  for (const dampening of [0, 0.3])
    for (const nesterov of [false, true])
      for (const weightDecay of [0, 0.05]) {
        if (nesterov && (momentum === 0 || dampening !== 0)) continue;
        combinations.push({ lr: 0.1, momentum, dampening, nesterov, weightDecay });
      }

describe("SGD", () => {
  it.each(combinations.map((options) => [JSON.stringify(options), options] as const))(
    "follows PyTorch's algorithm over ten steps: %s",
    (_name, options) => {
      const theta = parameter();
      run(new SGD([theta], options), theta, 1, 10);
      const expected = pytorchSgd(options, 10);
      numbers(theta).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] as number, 12);
      });
    },
  );

  it("gives each of these combinations another result", () => {
    const results = combinations
      .filter(({ momentum, dampening }) => momentum !== 0 || dampening === 0) // without momentum there is no dampening
      .map((options) => pytorchSgd(options, 10).join());
    expect(new Set(results).size).toBe(results.length);
  });

  it("takes over a learning rate that is changed between steps", () => {
    const theta = parameter([1]);
    const optimizer = new SGD([theta], { lr: 1 });
    theta.grad = tensor([0.25]);
    optimizer.step();
    optimizer.lr = 0.1;
    optimizer.step();
    expect(numbers(theta)[0]).toBeCloseTo(1 - 0.25 - 0.025, 15);
  });

  it("leaves a parameter without a gradient alone, weight decay or not", () => {
    const [moving, still] = [parameter(), parameter()];
    const optimizer = new SGD([moving, still], { lr: 0.1, momentum: 0.9, weightDecay: 0.1 });
    run(optimizer, moving, 1, 3);
    expect(numbers(still)).toEqual(start);
    expect(numbers(moving)).not.toEqual(start);
    expect(Object.keys(optimizer.stateDict()).filter((key) => key.startsWith("state."))).toEqual([
      "state.0.momentum_buffer",
    ]);
    run(optimizer, still, 1, 1); // its first step comes later, and starts its velocity
    expect(numbers(still)[0]).toBeCloseTo(pytorchSgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.1 }, 1)[0] as number, 12);
  });

  it("moves a parameter that is listed twice once", () => {
    const theta = parameter();
    run(new SGD([theta, theta], { lr: 0.1 }), theta, 1, 1);
    expect(numbers(theta)[0]).toBeCloseTo(pytorchSgd({ lr: 0.1 }, 1)[0] as number, 12);
  });

  it("is not recorded, and changes no gradient", () => {
    const theta = parameter();
    const gradient = tensor([1, 2, 3]);
    theta.grad = gradient;
    new SGD([theta], { lr: 0.1, weightDecay: 0.5, momentum: 0.9, nesterov: true }).step();
    expect(theta.isLeaf).toBe(true);
    expect(theta.requiresGrad).toBe(true);
    expect(theta.grad).toBe(gradient);
    expect(numbers(gradient)).toEqual([1, 2, 3]);
  });

  it("zeroGrad forgets the gradients but not the velocities", () => {
    const options = { lr: 0.1, momentum: 0.9 };
    const theta = parameter();
    const optimizer = new SGD([theta], options);
    for (let t = 1; t <= 4; t++) {
      optimizer.zeroGrad();
      expect(theta.grad).toBeNull();
      run(optimizer, theta, t, t);
    }
    expect(numbers(theta)[0]).toBeCloseTo(pytorchSgd(options, 4)[0] as number, 12);
  });
});

describe("SGD.stateDict", () => {
  const options: SGDOptions = { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 };

  it("continues an interrupted run exactly", () => {
    const [whole, first] = [parameter(), parameter()];
    run(new SGD([whole], options), whole, 1, 10);
    const before = new SGD([first], options);
    run(before, first, 1, 5);
    const second = parameter(numbers(first));
    const after = new SGD([second], options);
    after.loadStateDict(before.stateDict());
    run(after, second, 6, 10);
    expect(numbers(second)).toEqual(numbers(whole));
  });

  it("is a snapshot that later steps do not change", () => {
    const theta = parameter();
    const optimizer = new SGD([theta], options);
    run(optimizer, theta, 1, 1);
    const state = optimizer.stateDict();
    const velocity = numbers(state["state.0.momentum_buffer"] as Tensor);
    run(optimizer, theta, 2, 4);
    expect(numbers(state["state.0.momentum_buffer"] as Tensor)).toEqual(velocity);
  });

  it("has no velocity before the first step, and loads so", () => {
    const theta = parameter();
    const optimizer = new SGD([theta], options);
    const fresh = optimizer.stateDict();
    expect(fresh).toEqual({
      "param_groups.0.lr": 0.1,
      "param_groups.0.momentum": 0.9,
      "param_groups.0.dampening": 0,
      "param_groups.0.weight_decay": 0.01,
      "param_groups.0.nesterov": true,
      "param_groups.0.maximize": false,
      "param_groups.0.params": [0],
    });
    run(optimizer, theta, 1, 2);
    optimizer.loadStateDict(fresh);
    expect(optimizer.stateDict()).toEqual(fresh);
  });

  it("loads velocities from another device", () => {
    const theta = parameter();
    const optimizer = new SGD([theta], options);
    optimizer.loadStateDict({
      ...optimizer.stateDict(),
      "state.0.momentum_buffer": tensor([1, 2, 4], { device: "cpu" }),
    });
    theta.grad = zeros([3]);
    optimizer.step();
    expect((optimizer.stateDict()["state.0.momentum_buffer"] as Tensor).device.name).toBe("reference");
    expect(numbers(theta)[0]).not.toBe(start[0]);
  });

  it("refuses velocities that are not those of its parameters", () => {
    const optimizer = new SGD([parameter(), zeros([2, 2], { requiresGrad: true })], options);
    const load = (velocity: unknown) => () =>
      optimizer.loadStateDict({ ...optimizer.stateDict(), "state.1.momentum_buffer": velocity });
    for (const velocity of [zeros([3]), zeros([4]), zeros([2, 2], { dtype: "int32" }), 1, [1, 2]]) {
      expect(load(velocity)).toThrow(ShapeError);
      expect(load(velocity)).toThrow(
        "state.1.momentum_buffer must be a tensor of floats of its parameter's shape [2, 2]",
      );
    }
  });
});

describe("SGD in memory", () => {
  const trainer = (): (() => void) => {
    const model = new Linear(3, 2, { generator: generator(0) });
    const optimizer = new SGD(model.parameters(), { lr: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 });
    const x = tensor([[1, 2, 3]]);
    return () => {
      const loss = tidy(() => {
        const loss = model.forward(x).square().sum();
        optimizer.zeroGrad();
        loss.backward();
        return loss;
      });
      optimizer.step();
      loss.dispose();
    };
  };

  it("holds a constant number of buffers over fifty steps", () => {
    const step = trainer();
    step();
    step();
    const { buffers, bytes } = memory();
    for (let i = 0; i < 50; i++) step();
    expect(memory()).toEqual({ buffers, bytes });
  });

  it("keeps its velocities when it steps inside a tidy", () => {
    const options = { lr: 0.1, momentum: 0.9, nesterov: true };
    const theta = parameter();
    const optimizer = new SGD([theta], options);
    for (let t = 1; t <= 10; t++) tidy(() => run(optimizer, theta, t, t));
    numbers(theta).forEach((value, i) => {
      expect(value).toBeCloseTo(pytorchSgd(options, 10)[i] as number, 12);
    });
  });

  it("steps inside noGrad as well", () => {
    const theta = parameter();
    noGrad(() => run(new SGD([theta], { lr: 0.1 }), theta, 1, 1));
    expect(numbers(theta)[0]).toBeCloseTo(pytorchSgd({ lr: 0.1 }, 1)[0] as number, 12);
  });
});

describe("the options of SGD", () => {
  it.each<[string, SGDOptions]>([
    ["SGD: lr must be a finite number of at least 0, got -0.1", { lr: -0.1 }],
    ["SGD: lr must be a finite number of at least 0, got NaN", { lr: Number.NaN }],
    ["SGD: momentum must be a finite number of at least 0, got -1", { lr: 1, momentum: -1 }],
    ["SGD: weightDecay must be a finite number of at least 0, got -1", { lr: 1, weightDecay: -1 }],
    ["SGD: Nesterov needs momentum above 0 and no dampening, got 0 and 0", { lr: 1, nesterov: true }],
    [
      "SGD: Nesterov needs momentum above 0 and no dampening, got 0.9 and 0.1",
      { lr: 1, nesterov: true, momentum: 0.9, dampening: 0.1 },
    ],
  ])("are checked: %s", (message, options) => {
    expect(() => new SGD([parameter()], options)).toThrow(ValueError);
    expect(() => new SGD([parameter()], options)).toThrow(message);
  });

  it("allow a learning rate of 0", () => {
    const theta = parameter();
    run(new SGD([theta], { lr: 0 }), theta, 1, 1);
    expect(numbers(theta)).toEqual(start);
  });

  it("need a parameter", () => {
    expect(() => new SGD([], { lr: 1 })).toThrow("SGD: there is no parameter to optimise");
  });
});
