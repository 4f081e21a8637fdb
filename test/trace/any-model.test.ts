/** Tests of traces on models that are not made for it: no shape of model may break or mislead them. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  crossEntropy,
  Flatten,
  generator,
  gradients,
  Linear,
  Module,
  ReLU,
  randn,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
  trace,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const labels = () => tensor([0, 1, 2], { dtype: "int32" });
const norm = (x: Tensor | null | undefined) => Math.hypot(...(x?.dataSync() ?? [Number.NaN]));

describe("trace of any model", () => {
  it("lists a layer whose output requires no gradient, such as Flatten on the images, and says so", async () => {
    const rng = generator(0);
    const model = new Sequential(new Flatten(), new Linear(8, 4, { generator: rng }), new ReLU());
    const tracing = trace(model);
    crossEntropy(model.forward(randn([3, 2, 4], { generator: rng })), labels()).backward();
    const [pass] = await tracing.read();
    expect(pass?.layers.map(({ index, name }) => [index, name])).toEqual([
      [0, "0"],
      [1, "1"],
      [2, "2"],
    ]);
    expect(pass?.layers[0]).toMatchObject({
      activationGradNorm: null,
      activationMean: null,
      weightNorm: null,
      reasons: { activationGradNorm: "requires-none", activationMean: "requires-none", activationStd: "requires-none" },
    });
    expect(Object.keys(pass?.parameterGradNorms ?? {}).sort()).toEqual(["1.bias", "1.weight"]);
  });

  it("keeps the calls of a module that runs twice apart", async () => {
    const rng = generator(1);
    const relu = new ReLU();
    const [a, b] = [new Linear(4, 4, { generator: rng }), new Linear(4, 3, { generator: rng })];
    const seen: Tensor[] = [];
    relu.registerForwardHook((_module, _inputs, output) => {
      seen.push(output);
    });
    const model = new Sequential(a, relu, b, relu);
    const tracing = trace(model, { layers: [relu] });
    const loss = crossEntropy(model.forward(randn([3, 4], { generator: rng })), labels());
    const [first, second] = gradients(loss, seen, { retainGraph: true });
    loss.backward();
    const [pass] = await tracing.read();
    expect(pass?.layers.map(({ name }) => name)).toEqual(["1", "1#2"]);
    expect(pass?.layers[0]?.activationGradNorm).toBeCloseTo(norm(first), 12);
    expect(pass?.layers[1]?.activationGradNorm).toBeCloseTo(norm(second), 12);
    expect(pass?.layers[0]?.activationMean).not.toBeCloseTo(pass?.layers[1]?.activationMean ?? 0, 6);
  });

  it("lists frozen parameters and modules that do not run, with the reason", async () => {
    const rng = generator(2);
    class Net extends Module {
      readonly stem = new Linear(4, 4, { generator: rng });
      readonly unused = new Linear(4, 4, { generator: rng });
      readonly head = new Linear(4, 3, { generator: rng });
      override forward(x: Tensor): Tensor {
        return this.head.forward(this.stem.forward(x));
      }
    }
    const model = new Net();
    for (const parameter of model.stem.parameters()) parameter.requiresGrad = false;
    const tracing = trace(model);
    crossEntropy(model.forward(randn([3, 4], { generator: rng })), labels()).backward();
    const [pass] = await tracing.read();
    expect(pass?.layers.map(({ name }) => name)).toEqual(["stem", "head", "unused"]);
    const [stem, head, unused] = pass?.layers ?? [];
    expect(stem).toMatchObject({ activationGradNorm: null, weightGradNorm: null, forward: 0 });
    expect(stem?.reasons).toMatchObject({ activationGradNorm: "requires-none", weightGradNorm: "frozen" });
    expect(stem?.weightNorm).toBeCloseTo(Math.hypot(...model.stem.parameters().map(norm)), 12);
    expect(head?.reasons).toEqual({ updateRatio: "no-step" });
    expect(unused).toMatchObject({ activationGradNorm: null, weightGradNorm: null, forward: null });
    expect(unused?.reasons).toMatchObject({ activationGradNorm: "did-not-run", weightGradNorm: "did-not-run" });
    expect(pass?.parameterGradNorms).toMatchObject({ "stem.weight": null, "unused.bias": null });
    expect(pass?.parameters.map(({ names, reasons }) => [names[0], reasons.gradNorm])).toEqual([
      ["stem.weight", "frozen"],
      ["stem.bias", "frozen"],
      ["unused.weight", "no-gradient"],
      ["unused.bias", "no-gradient"],
      ["head.weight", undefined],
      ["head.bias", undefined],
    ]);
  });

  it.each([
    ["a path that leads nowhere", "b"],
    ["a module that is not in it", new ReLU()],
    ["a number", 0],
  ])("refuses layers that it has not: %s", (_what, layer) => {
    const model = new Sequential({ a: new ReLU() });
    const rule = "trace: layers are modules of the model, or their paths as namedModules() lists them, got";
    expect(() => trace(model, { layers: ["a", layer as string] })).toThrow(rule);
  });

  it("records a layer that it is asked for with the weights of everything inside it, and no other", async () => {
    const rng = generator(3);
    const model = new Sequential({
      body: new Sequential(new Linear(4, 4, { generator: rng }), new ReLU()),
      head: new Linear(4, 3, { generator: rng }),
    });
    const tracing = trace(model, { layers: ["body"] });
    crossEntropy(model.forward(randn([3, 4], { generator: rng })), labels()).backward();
    const [pass] = await tracing.read();
    expect(pass?.layers).toMatchObject([{ name: "body", depth: 1, isBottleneck: true, outputShape: [3, 4] }]);
    expect(pass?.layers[0]?.deadFraction).not.toBeNull();
    expect(pass?.parameters.map(({ names }) => names[0])).toEqual(["body.0.weight", "body.0.bias"]);
    expect(pass?.layers[0]?.weightNorm).toBeCloseTo(Math.hypot(...(pass?.parameters ?? []).map((one) => one.norm)), 12);
  });
});
