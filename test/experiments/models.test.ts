/** Tests of the gradient-flow experiment on models of the zoo and on one's own: what is told of them is true of them. */
import { beforeAll, describe, expect, it } from "vitest";
import { fitImages } from "../../src/experiments/fit-images.js";
import { estimateMemory } from "../../src/experiments/memory.js";
import { experimentModels, lossOf, tryModel } from "../../src/experiments/models.js";
import { settle } from "../../src/experiments/plan.js";
import { answerInWords } from "../../src/experiments/report/answer.js";
import { divergencesOf } from "../../src/experiments/report/divergence.js";
import { figuresOf } from "../../src/experiments/report/figures.js";
import { parseTrace, traceCsv, traceJson } from "../../src/experiments/report/files.js";
import { summarize } from "../../src/experiments/report/summary.js";
import {
  type AnyModule,
  add,
  type Batch,
  batches,
  crossEntropy,
  drawnImages,
  Flatten,
  type Generator,
  generator,
  gradientFlow,
  Linear,
  Module,
  ReLU,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
  ValueError,
  zooModel,
} from "../../src/index.js";

beforeAll(() => setDevice("simd"));

const images = drawnImages({ count: 16, size: 16 });
const WIDTH = 32;
const DEPTH = 50;

/** 50 times a linear layer and a ReLU, and a classifier whose name starts with `layer` as theirs do. */
class DeepMlp extends Module {
  readonly flatten = new Flatten();
  readonly layers: Sequential[];
  readonly layerOut: Linear;

  constructor(generator: Generator) {
    super();
    const width = (i: number) => (i === 0 ? 3 * 16 * 16 : WIDTH);
    const layer = (i: number) => new Sequential(new Linear(width(i), WIDTH, { generator }), new ReLU());
    this.layers = Array.from({ length: DEPTH }, (_, i) => layer(i));
    this.layerOut = new Linear(WIDTH, 10, { generator });
  }

  override forward(x: Tensor): Tensor {
    return this.layerOut.forward(this.layers.reduce((h, layer) => layer.forward(h), this.flatten.forward(x)));
  }
}

/** Two linear layers with a shortcut past them. */
class Skip extends Module {
  readonly one: Linear;
  readonly relu = new ReLU();
  readonly two: Linear;

  constructor(generator: Generator) {
    super();
    this.one = new Linear(8, 8, { generator });
    this.two = new Linear(8, 8, { generator });
  }

  override forward(x: Tensor): Tensor {
    return add(x, this.two.forward(this.relu.forward(this.one.forward(x))));
  }
}

/** A linear layer, blocks with shortcuts, and a classifier. */
function skips(blocks: number, generator: Generator): Module {
  const first = [new Flatten(), new Linear(768, 8, { generator })];
  const within = Array.from({ length: blocks }, () => new Skip(generator));
  return new Sequential(...first, ...within, new Linear(8, 10, { generator }));
}

/** Norms of ∂L/∂h behind each of its ReLUs, in plain numbers: the forward and the backward pass of the first batch of seed 0. */
function normsByHand(batchSize: number): number[] {
  const weights = generator(0);
  const order = weights.split();
  const net = new DeepMlp(weights);
  const [batch] = batches(images, { batchSize, generator: order, precision: "float64" });
  const layers = [...net.layers.map((layer) => layer.namedParameters()), net.layerOut.namedParameters()].map(
    ([w, b]) =>
      [(w as [string, Tensor])[1].arraySync(), (b as [string, Tensor])[1].arraySync()] as [number[][], number[]],
  );
  const squares = new Array<number>(DEPTH).fill(0);
  for (let image = 0; image < batchSize; image++) {
    const pixels = [...(batch as Batch<"float64">).images.data.subarray(image * 768, (image + 1) * 768)];
    const hidden: number[][] = [pixels];
    for (const [rows, bias] of layers) {
      const input = hidden.at(-1) as number[];
      const sums = rows.map((row, i) => row.reduce((sum, w, j) => sum + w * (input[j] as number), bias[i] as number));
      hidden.push(hidden.length <= DEPTH ? sums.map((sum) => Math.max(sum, 0)) : sums);
    }
    const logits = hidden.at(-1) as number[];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const label = (batch as Batch<"float64">).labels.data[image];
    let delta = logits.map((logit, i) => (Math.exp(logit) / total - (i === label ? 1 : 0)) / batchSize);
    for (let layer = DEPTH; layer > 0; layer--) {
      const [rows] = layers[layer] as [number[][], number[]];
      const back = (hidden[layer] as number[]).map((_, j) =>
        rows.reduce((sum, row, i) => sum + (row[j] as number) * (delta[i] as number), 0),
      );
      squares[layer - 1] = (squares[layer - 1] as number) + back.reduce((sum, g) => sum + g * g, 0);
      delta = back.map((g, j) => ((hidden[layer] as number[])[j] === 0 ? 0 : g));
    }
  }
  return squares.map(Math.sqrt);
}

describe("a net of 50 linear layers with ReLUs, and a classifier", () => {
  it("is said to shrink the gradient by its true factor a layer, over 49 layers", async () => {
    const models = { mlp: (generator: Generator) => new DeepMlp(generator) };
    const trace = await gradientFlow({ models, dataset: images, batch: 4, seeds: 1, device: "reference" });
    const norms = normsByHand(4);
    const measured = trace.runs[0]?.layers.map(({ activationGradNorm }) => activationGradNorm ?? Number.NaN) ?? [];
    expect(measured).toHaveLength(DEPTH + 1);
    norms.forEach((norm, i) => void expect((measured[i] as number) / norm).toBeCloseTo(1, 6));
    const factor = ((norms[0] as number) / (norms.at(-1) as number)) ** (1 / 49);
    const [one] = summarize(trace);
    expect(one).toMatchObject({ label: "mlp", depth: 51, layersBetween: 49, verdict: "vanishes", isPlain: true });
    expect(one?.factorPerLayer).toBeCloseTo(factor, 6);
    // Linear's weights are uniform in ±1/√fanIn, of variance 1 / (3 · fanIn), and a ReLU passes half: √(½ · ⅓) in wide layers.
    expect(Math.abs(factor / Math.sqrt(1 / 6) - 1)).toBeLessThan(0.1);
    expect(one?.lastBlockName).toContain("layers.49");
    const says = `In mlp, 51 weighted layers deep, the gradient vanishes: it falls from`;
    const [words] = answerInWords(summarize(trace));
    expect(words?.startsWith(says)).toBe(true);
    expect(words).toContain(`×${factor.toFixed(2)} a layer over 49 layers`);
  });
});

describe("models of one's own and of the zoo, and CIFAR nets", () => {
  it("stand in one picture, each with a colour and a symbol of its own, and no line breaks", async () => {
    const own = Object.fromEntries(["a", "b", "c"].map((name) => [name, (g: Generator) => skips(2, g)]));
    const settings = {
      depths: [8],
      shortcuts: ["none"],
      norms: ["none", "batch"],
      width: 2,
      batch: 4,
      seeds: 1,
    } as const;
    const models = { ...own, mlp: (g: Generator) => new DeepMlp(g) };
    const trace = await gradientFlow({ ...settings, models, dataset: images });
    const [figure, weights] = figuresOf(trace);
    expect(figure?.panels).toEqual([{ name: "all networks" }]);
    for (const shown of [figure, weights]) {
      const lines = (
        (shown?.option["series"] ?? []) as {
          name: string;
          color: string;
          symbol: string;
          data: [number, number | null][];
        }[]
      ).filter(({ name }) => !name.includes("theory"));
      expect(lines.map(({ name }) => name)).toEqual([
        "plain, no normalisation",
        "plain, batch norm",
        "a",
        "b",
        "c",
        "mlp",
      ]);
      for (const what of ["color", "symbol"] as const) expect(new Set(lines.map((line) => line[what])).size).toBe(6);
      for (const { data } of lines) expect(data.every(([x, y]) => x > 0 && y !== null)).toBe(true);
      expect(shown?.option["xAxis"]).toMatchObject([{ name: expect.stringContaining("weighted layers"), max: 51 }]);
    }
    expect(figuresOf(trace).map(({ id }) => id)).toContain("residual-paths");
    expect(divergencesOf(trace)).toEqual([]);
    expect(parseTrace(traceJson(trace))).toEqual(trace);
    expect(traceCsv(trace)).toMatch(/^a,6,,,,,0,0,/m);
  });

  it("of the zoo are compared with their plain counterparts, and take an initialisation", async () => {
    const models = { cifarPlain20: zooModel("cifarPlain20"), cifarResnet20: zooModel("cifarResnet20") };
    const trace = await gradientFlow({ models, inits: ["xavier", "kaiming"], dataset: images, batch: 4, seeds: 1 });
    expect(trace.runs.map(({ model, depth, cifar }) => [model, depth, cifar])).toEqual([
      ["cifarPlain20, xavier", 20, null],
      ["cifarPlain20, kaiming", 20, null],
      ["cifarResnet20, xavier", 20, null],
      ["cifarResnet20, kaiming", 20, null],
    ]);
    const words = answerInWords(summarize(trace)).join("\n");
    expect(words).toMatch(/At 20 weighted layers, the gradient .* in cifarResnet20, xavier.* in cifarPlain20, xavier/);
  });

  it("without depths are alone, and CIFAR nets' options are refused then", async () => {
    const models = { skips: (g: Generator) => skips(1, g) };
    const trace = await gradientFlow({ models, dataset: images, batch: 4, seeds: 1 });
    expect(trace.runs.map(({ model }) => model)).toEqual(["skips"]);
    await expect(gradientFlow({ models, width: 8 })).rejects.toThrow(
      "width are of the CIFAR nets, which run beside models only",
    );
  });

  it("train, too: the loss falls", async () => {
    const models = { skips: (g: Generator) => skips(2, g) };
    const { runs } = await gradientFlow({ models, dataset: images, batch: 16, seeds: 1, steps: 30, lr: 0.02 });
    expect(runs.at(-1)?.step).toBe(30);
    expect(runs.at(-1)?.loss).toBeLessThan(0.8 * (runs[0]?.loss ?? 0));
    expect(runs[0]?.layers[0]?.updateRatio).toBeGreaterThan(0);
  });
});

describe("a mistake in a model", () => {
  const cases: [name: string, models: object, says: string][] = [
    ["no function", { net: 3 }, "models.net must be a function of a generator, or a model of the zoo, got 3"],
    ["no model", {}, "models must have one model or more, got none"],
    ["a list", [], "models must be an object of functions by name, got []"],
    ["no module", { net: () => 3 }, "net must be a function that returns a module, it returned 3"],
    [
      "another size",
      { net: (generator: Generator) => new Linear(5, 10, { generator }) },
      "net does not run on images [4, 3, 16, 16]: linear:",
    ],
    [
      "too few classes",
      { net: (generator: Generator) => new Sequential(new Flatten(), new Linear(768, 3, { generator })) },
      "it must return logits [4, 10], got [4, 3]",
    ],
  ];

  it.each(cases)("is named before any work: %s", async (_name, models, says) => {
    const result = gradientFlow({ models: models as never, dataset: images, batch: 4 });
    await expect(result).rejects.toThrow(says);
    await expect(result).rejects.toBeInstanceOf(ValueError);
  });

  it("is not its size: memory is estimated from its shapes alone", () => {
    const wide = (generator: Generator): AnyModule =>
      new Sequential(new Flatten(), new Linear(768, 100_000, { generator }), new Linear(100_000, 10, { generator }));
    const [model] = experimentModels({ wide }, [], 10);
    const cost = tryModel(model as never, 4, images);
    const settings = settle({ batch: 4 }, true);
    expect(estimateMemory(settings, { jobs: 1, images: 16, models: [cost] }).total).toBeGreaterThan(4 * 4 * 768 * 1e5);
  });
});

describe("fitImages", () => {
  it("leaves images of the same size alone, and says in the name what it did to others", () => {
    expect(fitImages(images, [3, 16, 16])).toBe(images);
    expect(fitImages(images, [3, 32, 24])).toMatchObject({
      name: "drawn images, resized to 32 × 24",
      height: 32,
      width: 24,
    });
    expect(fitImages(images, [1, 16, 16])).toMatchObject({ name: "drawn images, grey", channels: 1 });
    expect(() => fitImages(images, [4, 16, 16])).toThrow(
      "images of drawn images have 3 channels, and cannot be made of 4",
    );
  });

  it("interpolates between pixel centres, and repeats the edges", () => {
    const one = {
      ...images,
      length: 1,
      channels: 1,
      height: 1,
      width: 2,
      images: Uint8Array.of(0, 100),
      labels: Uint8Array.of(0),
    };
    expect([...fitImages(one, [1, 1, 4]).images]).toEqual([0, 25, 75, 100]);
    const flat = { ...one, images: Uint8Array.of(7, 7) };
    expect([...fitImages(flat, [1, 3, 5]).images]).toEqual(new Array(15).fill(7));
  });
});

describe("the loss of a net with auxiliary classifiers", () => {
  const labels = tensor([1, 0], { dtype: "int32" });
  const [logits, one, other] = [
    [
      [1, 2],
      [3, 1],
    ],
    [
      [0, 1],
      [1, 0],
    ],
    [
      [2, 0],
      [0, 1],
    ],
  ].map((rows) => tensor(rows)) as [Tensor, Tensor, Tensor];
  const output = { logits, auxiliary: { aux1: one, aux2: other } };

  it("adds theirs by their weights", () => {
    const model = { name: "net", auxiliaryWeights: { aux1: 0.3, aux2: 0.5 } };
    const [whole, first, second] = [logits, one, other].map((x) => crossEntropy(x, labels).itemSync());
    expect(lossOf(model, output, labels).itemSync()).toBeCloseTo(
      (whole as number) + 0.3 * (first as number) + 0.5 * (second as number),
      6,
    );
  });

  it("counts none without a weight as nothing", () => {
    expect(() => lossOf({ name: "net", auxiliaryWeights: { aux1: 0.3 } }, output, labels)).toThrow(
      /aux2 without a weight/,
    );
  });
});
