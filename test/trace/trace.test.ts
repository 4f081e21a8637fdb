/** Tests of trace: every number it records, against gradients and plain formulas computed without it. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  BasicBlock,
  type CifarNet,
  checkpoint,
  type DeviceName,
  generator,
  gradients,
  Identity,
  init,
  type LayerRecord,
  Linear,
  Module,
  noGrad,
  Parameter,
  ReLU,
  Sequential,
  SGD,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  trace,
  ValueError,
  withDevice,
} from "../../src/index.js";
import { expectClose, layerOf, lossOf, net, norm, numbers, traced } from "./small-net.js";

beforeAll(() => setDevice("reference"));

/** The outputs of all modules in one forward pass, and its loss, without a trace. */
function forwardPass(model: CifarNet): { loss: Tensor; outputs: Map<Module, Tensor>; inputs: Map<Module, Tensor> } {
  const outputs = new Map<Module, Tensor>();
  const inputs = new Map<Module, Tensor>();
  const removers = model.namedModules().map(([, module]) =>
    module.registerForwardHook((_module, [x], y) => {
      outputs.set(module, y);
      if (x !== undefined) inputs.set(module, x);
    }),
  );
  const loss = lossOf(model);
  for (const remove of removers) remove();
  return { loss, outputs, inputs };
}

describe.each([
  ["none", "none"],
  ["A", "none"],
  ["none", "batch"],
  ["A", "batch"],
  ["B", "batch"],
] as const)("trace of a net with shortcut %s and norm %s", (shortcut, normalization) => {
  it("records ‖∂L/∂h‖ and ‖∂L/∂W‖ as gradients() gives them", async () => {
    const model = net({ shortcut, norm: normalization });
    const pass = await traced(model, () => lossOf(model).backward());
    const { loss, outputs } = forwardPass(model);
    const modules = new Map(model.namedModules());
    expect(pass.layers.map(({ name }) => name)).toContain(shortcut === "none" ? "layer3.0.relu2" : "layer3.0");
    const h = pass.layers.map(({ name }) => outputs.get(modules.get(name) as Module) as Tensor);
    const atActivations = gradients(loss, h, { retainGraph: true });
    for (const [i, record] of pass.layers.entries()) {
      const module = modules.get(record.name) as Module;
      expect(record.index).toBe(i);
      // An Identity returns its input, of whose gradient it has a part alone.
      if (!(module instanceof Identity)) {
        expectClose(record.activationGradNorm, norm(numbers(atActivations[i] as Tensor)));
      }
      const parameters = module.namedChildren().length === 0 ? module.parameters() : [];
      const atWeights = gradients(loss, parameters, { retainGraph: true }).map((g) => numbers(g as Tensor));
      if (parameters.length === 0) expect([record.weightGradNorm, record.weightNorm]).toEqual([null, null]);
      else expectClose(record.weightGradNorm, norm(atWeights.flat()));
      if (parameters.length > 0) expectClose(record.weightNorm, norm(parameters.flatMap(numbers)));
      parameters.forEach((parameter, j) => {
        const name = model.namedParameters().find(([, one]) => one === parameter)?.[0] ?? "";
        expectClose(pass.parameterGradNorms[name], norm(atWeights[j] as number[]), 1e-9);
      });
    }
    expect(Object.keys(pass.parameterGradNorms).sort()).toEqual(
      model
        .namedParameters()
        .map(([name]) => name)
        .sort(),
    );
  });

  it("splits the gradient at a block's input into the parts of identity and branch, which sum to it", async () => {
    const model = net({ shortcut, norm: normalization });
    const pass = await traced(model, () => lossOf(model).backward());
    const { loss, inputs, outputs } = forwardPass(model);
    for (const [name, residual] of model.namedModules()) {
      const record = pass.layers.find((layer) => layer.name === name);
      if (!(residual instanceof BasicBlock) || shortcut === "none") {
        expect([record?.identityGradNorm ?? null, record?.branchGradNorm ?? null]).toEqual([null, null]);
        continue;
      }
      const h = inputs.get(residual) as Tensor;
      const sum = outputs.get(residual) as Tensor;
      const [atSum] = gradients(loss, [sum], { retainGraph: true });
      const parts = partsAt(residual, h, atSum as Tensor);
      const [whole] = gradients(loss, [h], { retainGraph: true }).map((g) => numbers(g as Tensor));
      const { branch, identity } = parts;
      expectClose(record?.branchGradNorm, norm(branch), 1e-9);
      expectClose(record?.identityGradNorm, norm(identity as number[]), 1e-9);
      expectClose(record?.splits[0]?.gradNorm, norm(whole as number[]), 1e-9);
      whole?.forEach((value, i) => {
        expect(value).toBeCloseTo((branch[i] as number) + (identity?.[i] ?? 0), 12);
      });
    }
  });
});

/** What comes back through each path of a block alone, computed with the other path cut. */
function partsAt(block: BasicBlock, h: Tensor, gradOutput: Tensor): { branch: number[]; identity: number[] | null } {
  const through = (branchCut: boolean): number[] => {
    const x = h.detach();
    x.requiresGrad = true;
    const [toBranch, toIdentity] = branchCut ? [x.detach(), x] : [x, x.detach()];
    const inner = block.relu1.forward(block.bn1.forward(block.conv1.forward(toBranch)));
    const branch = block.bn2.forward(block.conv2.forward(inner));
    const y = (block.shortcut === null ? branch : branch.add(block.shortcut.forward(toIdentity))).relu();
    return numbers(gradients(y, [x], { gradOutput })[0] as Tensor);
  };
  return { branch: through(false), identity: block.shortcut === null ? null : through(true) };
}

describe("trace of the activations", () => {
  it("records mean, biased deviation and the fraction of dead units", async () => {
    // Unit 0 is positive for one example, unit 1 for none, unit 2 is 0 for both, unit 3 is positive for both.
    const layer = new Linear(2, 4, { generator: generator(0), bias: false });
    layer.weight.assign(
      tensor([
        [1, 0],
        [-1, -1],
        [0, 0],
        [1, 1],
      ]),
    );
    const model = new Sequential(layer, new ReLU());
    const pass = await traced(model, () =>
      model
        .forward(
          tensor([
            [2, 1],
            [-1, 3],
          ]),
        )
        .sum()
        .backward(),
    );
    const [linear, relu] = pass.layers;
    const before = [2, -3, 0, 3, -1, -2, 0, 2];
    const after = before.map((v) => Math.max(0, v));
    for (const [record, values] of [
      [linear, before],
      [relu, after],
    ] as const) {
      const mean = values.reduce((a, b) => a + b) / values.length;
      expectClose(record?.activationMean, mean);
      expectClose(
        record?.activationStd,
        Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length),
      );
    }
    expect(linear?.deadFraction).toBeNull();
    expect(relu?.deadFraction).toBe(0.5);
    expect(relu?.weightGradNorm).toBeNull();
    expect(relu?.weightNorm).toBeNull();
    expect(relu?.updateRatio).toBeNull();
  });
});

describe("trace of a net with checkpoints", () => {
  it("sees each layer once, as without them", async () => {
    const [plain, checkpointed] = await Promise.all(
      [false, true].map((wraps) => {
        const model = net();
        const blocks = model.namedModules().flatMap(([, module]) => (module instanceof BasicBlock ? [module] : []));
        for (const block of wraps ? blocks : []) {
          const { forward } = block;
          Object.defineProperty(block, "forward", { value: checkpoint((x: Tensor) => forward(x)) });
        }
        return traced(model, () => lossOf(model).backward());
      }),
    );
    expect(checkpointed?.layers.map(({ name }) => name)).toEqual(plain?.layers.map(({ name }) => name));
    for (const [i, layer] of (plain?.layers ?? []).entries()) {
      const seen = checkpointed?.layers[i] as LayerRecord;
      expect(rounded(seen)).toEqual(rounded(layer));
    }
  });
});

/** A record whose numbers are rounded beyond what the order of sums changes. */
function rounded(record: LayerRecord): unknown {
  return JSON.parse(JSON.stringify(record, (_, value) => (typeof value === "number" ? value.toPrecision(9) : value)));
}

describe("trace of the optimiser", () => {
  it("records ‖ΔW‖ / ‖W‖ of the step that followed, and null where none did", async () => {
    const model = net();
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 });
    const tracing = trace(model);
    const expected: number[][] = [];
    for (let pass = 0; pass < 3; pass++) {
      optimizer.zeroGrad();
      tidy(() => lossOf(model).backward());
      if (pass === 2) break;
      const weights = () =>
        model.namedModules().flatMap(([, m]) => {
          const own = m.namedChildren().length === 0 ? m.parameters() : [];
          return own.length === 0 ? [] : [own.flatMap(numbers)];
        });
      const before = weights();
      optimizer.step();
      const after = weights();
      expected.push(before.map((w, i) => norm(w.map((v, j) => (after[i]?.[j] as number) - v)) / norm(w)));
    }
    const passes = await tracing.read();
    expect(passes.map(({ pass }) => pass)).toEqual([0, 1, 2]);
    expected.forEach((ratios, pass) => {
      ratios.forEach((ratio, layer) => {
        const weighted = passes[pass]?.layers.filter(({ weightNorm }) => weightNorm !== null);
        expectClose(weighted?.[layer]?.updateRatio, ratio);
        expect(ratio).toBeGreaterThan(0);
      });
    });
    expect(expected[0]).toHaveLength(15);
    expect(passes[2]?.layers.every(({ updateRatio }) => updateRatio === null)).toBe(true);
  });
});

describe("trace of a deep plain net", () => {
  it("does not underflow: depth 110 without normalisation, float32 against float64", async () => {
    const stem = async (device: DeviceName): Promise<LayerRecord> =>
      withDevice(device, async () => {
        const model = net({ depth: 110, norm: "none", shortcut: "none", init: init.xavierNormal });
        const pass = await traced(model, () => lossOf(model).backward());
        return layerOf(pass, "relu");
      });
    const [single, double] = [await stem("webasm"), await stem("reference")];
    expect(single.activationGradNorm).toBeGreaterThan(0);
    expect(single.activationGradNorm).toBeLessThan(1e-15);
    expectClose(single.activationGradNorm, double.activationGradNorm as number, 1e-2);
  });
});

describe("trace of float64 numbers", () => {
  it("keeps norms whose squares no float64 number can hold", async () => {
    for (const factor of [1e-200, 1e200]) {
      const model = new Sequential(new ReLU());
      const x = tensor([[1, 2]], { requiresGrad: true });
      const pass = await traced(model, () =>
        model
          .forward(x)
          .mul(tensor([[3 * factor, 4 * factor]]))
          .sum()
          .backward(),
      );
      expectClose(pass.layers[0]?.activationGradNorm, 5 * factor);
    }
  });
});

describe("trace of any module", () => {
  it.each(["reference", "webasm", "cpu"] as const)("follows a Sequential module by module: %s", async (device) => {
    await withDevice(device, async () => {
      const [a, b] = [new Linear(3, 4, { generator: generator(0) }), new Linear(4, 2, { generator: generator(1) })];
      const model = new Sequential(a, new Sequential(new ReLU()), b);
      const x = tensor([
        [1, -2, 3],
        [0.5, 1, -1],
      ]);
      const pass = await traced(model, () => model.forward(x).square().sum().backward());
      expect(pass.layers.map(({ name }) => name)).toEqual(["0", "1.0", "2"]);
      expect(pass.layers.map(({ deadFraction }) => deadFraction === null)).toEqual([true, false, true]);
      const h = [a.forward(x)];
      h.push((h[0] as Tensor).relu());
      h.push(b.forward(h[1] as Tensor));
      const direct = gradients((h[2] as Tensor).square().sum(), [...h, ...model.parameters()]).map((g) =>
        norm(numbers(g as Tensor)),
      );
      pass.layers.forEach((layer, i) => {
        expectClose(layer.activationGradNorm, direct[i] as number, 1e-6);
      });
      expectClose(pass.layers[0]?.weightGradNorm, norm(direct.slice(3, 5)), 1e-6);
      expectClose(pass.layers[2]?.weightGradNorm, norm(direct.slice(5, 7)), 1e-6);
      expect(Object.keys(pass.parameterGradNorms).sort()).toEqual(["0.bias", "0.weight", "2.bias", "2.weight"]);
    });
  });

  it("agrees with a central difference of the loss along the activation's gradient", async () => {
    const model = new Sequential(
      new Linear(3, 4, { generator: generator(0) }),
      new ReLU(),
      new Linear(4, 1, { generator: generator(1) }),
    );
    const x = tensor([[1, -2, 3]]);
    const pass = await traced(model, () => model.forward(x).square().sum().backward());
    const h = noGrad(() => (model.at(0) as Linear).forward(x));
    const rest = (value: Tensor): number =>
      noGrad(() => (model.at(2) as Linear).forward(value.relu()).square().sum().itemSync());
    const step = 1e-6;
    const slopes = numbers(h).map((_, i) => {
      const shift = tensor([numbers(h).map((__, j) => (i === j ? step : 0))]);
      return (rest(h.add(shift)) - rest(h.sub(shift))) / (2 * step);
    });
    expectClose(pass.layers[0]?.activationGradNorm, norm(slopes), 1e-7);
  });

  it("traces the layers that it is given", async () => {
    const model = net();
    const tracing = trace(model, { layers: ["layer1.0"] });
    lossOf(model).backward();
    const [pass] = await tracing.read();
    expect(pass?.layers.map(({ name, index }) => [name, index])).toEqual([["layer1.0", 0]]);
    expect(Object.keys(pass?.parameterGradNorms ?? {}).every((name) => name.startsWith("layer1.0."))).toBe(true);
  });

  it("names a model without children by its class", async () => {
    class Scale extends Module {
      readonly factor: Parameter = new Parameter(tensor([3]));
      override forward(x: Tensor): Tensor {
        return x.mul(this.factor);
      }
    }
    const model = new Scale();
    const pass = await traced(model, () =>
      model
        .forward(tensor([2, 5]))
        .sum()
        .backward(),
    );
    expect(pass.layers).toMatchObject([{ name: "Scale", weightGradNorm: 7, activationMean: 10.5 }]);
    expect(pass.parameterGradNorms).toEqual({ factor: 7 });
  });

  it("refuses a model without a layer", () => {
    expect(() => trace(net(), { layers: [] })).toThrow(ValueError);
    expect(() => trace(net(), { layers: [] })).toThrow("trace: CifarNet has no layer to trace");
  });
});
