/** Tests of parameter groups and of the states that optimisers save, the same for all of them. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type Optimizer, setDevice, type Tensor, tensor, ValueError } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

type Options = Readonly<Record<string, unknown>>;

/** Every optimiser, with options under which all that it can remember is remembered. */
const optimizers: Readonly<Record<string, Options>> = {
  ASGD: { lr: 0.1, t0: 1, weightDecay: 0.1 },
  Adadelta: { lr: 0.5, weightDecay: 0.1 },
  Adagrad: { lr: 0.1, lrDecay: 0.1, initialAccumulatorValue: 0.2 },
  Adam: { lr: 0.1, amsgrad: true, weightDecay: 0.1 },
  AdamW: { lr: 0.1, weightDecay: 0.1 },
  Adamax: { lr: 0.1 },
  LAMB: { lr: 0.1, weightDecay: 0.1 },
  LARS: { lr: 1, weightDecay: 0.1, trustCoefficient: 0.1 },
  Lion: { lr: 0.1, weightDecay: 0.1 },
  NAdam: { lr: 0.1, weightDecay: 0.1 },
  RAdam: { lr: 0.1, betas: [0.5, 0.9] },
  RMSprop: { lr: 0.1, centered: true, momentum: 0.5 },
  Rprop: { lr: 0.1 },
  SGD: { lr: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.1 },
};

function make(name: string, parameters: Iterable<Tensor | object>, options: Options): Optimizer {
  type Class = new (parameters: Iterable<Tensor | object>, options: Options) => Optimizer;
  return new ((lg as unknown as Record<string, unknown>)[name] as Class)(parameters, options);
}

const parameter = (values: readonly number[]) => tensor([...values], { requiresGrad: true });

/** Steps `from` up to `to` under gradients that depend on step and place. */
function run(optimizer: Optimizer, parameters: readonly Tensor[], from: number, to: number): void {
  for (let t = from; t < to; t++) {
    for (const [i, theta] of parameters.entries()) {
      const gradient = [...theta.dataSync()].map((value, j) => 0.5 * value + Math.sin(3 * j + 2 * t + i));
      theta.grad = tensor(gradient);
    }
    optimizer.step();
  }
}

const numbers = (parameters: readonly Tensor[]) => parameters.map((theta) => [...theta.dataSync()]);
const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 3 });

it("every optimiser is held to what follows", () => {
  const exported = Object.entries(lg).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof lg.Optimizer ? [name] : [],
  );
  expect(Object.keys(optimizers).sort()).toEqual(exported.sort());
});

describe.each(Object.entries(optimizers))("%s", (name, options) => {
  it("moves groups as optimisers of their own would", () => {
    const lr = fc.double({ min: 0, max: 0.5, noNaN: true });
    const property = fc.property(values, values, lr, fc.integer({ min: 0, max: 3 }), (first, second, lr, late) => {
      const [a, b] = [parameter(first), parameter(second)];
      const together = make(name, [{ params: [a] }], options);
      run(together, [a], 0, late);
      together.addParamGroup({ params: [b], lr });
      run(together, [a, b], late, late + 3);
      const [alone, own] = [parameter(first), parameter(second)];
      run(make(name, [alone], options), [alone], 0, late + 3);
      const other = make(name, [own], { ...options, lr });
      for (let t = late; t < late + 3; t++) {
        own.grad = tensor([...own.dataSync()].map((value, j) => 0.5 * value + Math.sin(3 * j + 2 * t + 1)));
        other.step();
      }
      expect(numbers([a, b])).toEqual(numbers([alone, own]));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it.each<[string, (state: lg.OptimizerState) => object]>([
    ["as it is", (state) => state],
    ["as PyTorch nests it", nested],
    ["as a map of dictionaries", (state) => new Map(Object.entries(nested(state)))],
    ["as arrays", asArrays],
  ])("goes on from a state, %s, as if it had never stopped", (_how, through) => {
    const property = fc.property(values, values, fc.integer({ min: 0, max: 4 }), (first, second, stop) => {
      const groups = (parameters: readonly Tensor[]) =>
        parameters.map((theta, i) => ({ params: [theta], lr: 0.1 + i }));
      const whole = [parameter(first), parameter(second)];
      run(make(name, groups(whole), options), whole, 0, 6);
      const before = [parameter(first), parameter(second)];
      const optimizer = make(name, groups(before), options);
      run(optimizer, before, 0, stop);
      const after = numbers(before).map(parameter);
      const resumed = make(name, [{ params: after.slice(0, 1) }, { params: after.slice(1) }], { lr: 0.7 });
      resumed.loadStateDict(through(optimizer.stateDict()));
      expect(resumed.paramGroups.map(({ lr }) => lr)).toEqual([0.1, 1.1]);
      run(resumed, after, stop, 6);
      expect(numbers(after)).toEqual(numbers(whole));
    });
    fc.assert(property, { numRuns: 10 });
  });

  it("maximises what it is told to, where it can", () => {
    const [up, down] = [parameter([1, -2]), parameter([1, -2])];
    const ascent = () => make(name, [up], { ...options, weightDecay: 0, maximize: true });
    if (!("maximize" in (make(name, [parameter([1])], options).paramGroups[0] ?? {}))) {
      expect(ascent).toThrow(`${name}: it has no option maximize`);
      return;
    }
    const rest = { ...options };
    delete (rest as Record<string, unknown>)["weightDecay"];
    const [climbing, falling] = [make(name, [up], { ...rest, maximize: true }), make(name, [down], rest)];
    for (const sign of [1, -1, 0.5]) {
      up.grad = tensor([sign, 2]);
      down.grad = tensor([-sign, -2]);
      climbing.step();
      falling.step();
    }
    expect(numbers([up])).toEqual(numbers([down]));
  });
});

/** The state as `torch.save` nests it. */
function nested(state: lg.OptimizerState): { [key: string]: unknown } {
  const groups: Record<string, unknown>[] = [];
  const parameters: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(state)) {
    const [part, index = "", name = ""] = key.split(".");
    if (part === "param_groups") groups[Number(index)] = { ...groups[Number(index)], [name]: value, foreach: null };
    else parameters[index] = { ...parameters[index], [name]: name === "step" ? tensor(value as number) : value };
  }
  return { state: parameters, param_groups: groups };
}

/** The state with numbers and a shape in the place of each tensor. */
function asArrays(state: lg.OptimizerState): object {
  const entries = Object.entries(state).map(([key, value]) => {
    if (typeof value !== "object" || !("isTensor" in value)) return [key, value];
    return [key, { dtype: "float64", shape: value.shape, data: value.dataSync() }];
  });
  return Object.fromEntries(entries);
}

describe("a parameter group", () => {
  const two = () => [{ params: [parameter([1])] }, { params: [parameter([2])], lr: 0.5 }];

  it("has all options, whose changes count from the next step on, and are checked", () => {
    const optimizer = new lg.SGD(two(), { lr: 0.1 });
    const [first, second] = optimizer.paramGroups as [lg.ParamGroup<lg.SGDOptions>, lg.ParamGroup<lg.SGDOptions>];
    expect({ ...second, params: second.params.length }).toEqual({
      ...{ params: 1, lr: 0.5, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
    });
    first.lr = 0.25;
    expect(optimizer.lr).toBe(0.25);
    expect(() => {
      first.momentum = -1;
    }).toThrow("SGD: momentum must be a finite number of at least 0, got -1");
    expect(first.momentum).toBe(0);
    expect(() => Object.assign(first, { learningRate: 1 })).toThrow(TypeError);
  });

  it("is not given the rate of others", () => {
    const optimizer = new lg.SGD(two(), { lr: 0.1 });
    expect(() => {
      optimizer.lr = 1;
    }).toThrow("SGD: its groups have learning rates of their own, 0.1, 0.5; set optimizer.paramGroups[i].lr");
    for (const group of optimizer.paramGroups) group.lr = 0.1;
    optimizer.lr = 1;
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([1, 1]);
  });

  it("is refused where it cannot be meant", () => {
    const theta = parameter([1]);
    const optimizer = new lg.SGD([theta], { lr: 0.1 });
    const refused: [unknown, string][] = [
      [{ params: [theta] }, "a parameter stands in two groups"],
      [{ params: [] }, "there is no parameter to optimise"],
      [{ params: [parameter([1])], lr: -1 }, "lr must be a finite number of at least 0, got -1"],
      [{ params: [parameter([1])], rate: 1 }, "it has no option rate"],
      [{ params: [parameter([1])], nesterov: true }, "Nesterov needs momentum above 0"],
      [{ lr: 1 }, "a group is an object { params, lr, … }"],
      [[parameter([1])], "a group is an object { params, lr, … }"],
    ];
    for (const [group, message] of refused) {
      expect(() => optimizer.addParamGroup(group as never)).toThrow(ValueError);
      expect(() => optimizer.addParamGroup(group as never)).toThrow(`SGD: ${message}`);
    }
    expect(optimizer.paramGroups).toHaveLength(1);
  });
});
