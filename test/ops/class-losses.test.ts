/** Tests of losses against classes beyond their rows: every pixel of an image, single examples, what is ignored. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CrossEntropyOptions,
  crossEntropy,
  generator,
  gradients,
  nllLoss,
  type Reduction,
  rand,
  setDevice,
  softmax,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { relativeError } from "./measure.js";

beforeAll(() => setDevice("reference"));

/** Two images of three classes and four pixels. */
const [images, classes, pixels] = [2, 3, 4] as const;
const logits = () => rand([images, classes, pixels], { generator: generator(1), low: -3, high: 3 });
const labels = [0, 2, 1, 1, 2, 0, 0, 2];
const probabilities = () => softmax(rand([images, classes, pixels], { generator: generator(2) }), { axis: 1 });
const weights = [0.5, 2, 1.25];

/** −Σ_c w_c q_c log p_c of every pixel, with q its share of class c. */
function modelOf(x: Tensor, shareOf: (image: number, c: number, pixel: number) => number, w = weights): number[] {
  const at = (image: number, c: number, pixel: number) =>
    x.dataSync()[(image * classes + c) * pixels + pixel] as number;
  return Array.from({ length: images * pixels }, (_, i) => {
    const [image, pixel] = [Math.floor(i / pixels), i % pixels];
    const logSum = Math.log([0, 1, 2].reduce((sum, c) => sum + Math.exp(at(image, c, pixel)), 0));
    const terms = w.map((weight, c) => weight * shareOf(image, c, pixel) * (logSum - at(image, c, pixel)));
    return terms.reduce((sum, v) => sum + v);
  });
}

const total = (list: readonly number[]) => list.reduce((sum, v) => sum + v, 0);

function reduce(losses: number[], reduction: Reduction, divisor: number): number[] {
  return reduction === "none" ? losses : [reduction === "sum" ? total(losses) : total(losses) / divisor];
}

describe.each<Reduction>(["none", "sum", "mean"])("pixels of an image, reduction %s", (reduction) => {
  const close = (loss: Tensor, expected: number[], shape: readonly number[] = [images, pixels]) => {
    expect(loss.shape).toEqual(reduction === "none" ? shape : []);
    expect(relativeError(Array.from(loss.dataSync()), expected)).toBeLessThan(1e-12);
  };
  const target = () => tensor(labels, { shape: [images, pixels], dtype: "int32" });
  const labelWeights = total(labels.map((c) => weights[c] as number));

  it.each([0, 0.3, 1])("crossEntropy weighs classes and spreads %d of a label", (labelSmoothing) => {
    const x = logits();
    const options = { reduction, labelSmoothing, weight: tensor(weights) };
    const losses = modelOf(x, (image, c, pixel) => {
      const certain = labels[image * pixels + pixel] === c ? 1 : 0;
      return (1 - labelSmoothing) * certain + labelSmoothing / classes;
    });
    close(crossEntropy(x, target(), options), reduce(losses, reduction, labelWeights));
  });

  it("nllLoss weighs classes", () => {
    const x = logits();
    const losses = labels.map((c, i) => {
      const place = (Math.floor(i / pixels) * classes + c) * pixels + (i % pixels);
      return -(weights[c] as number) * (x.dataSync()[place] as number);
    });
    const got = nllLoss(x, target(), { reduction, weight: tensor(weights) });
    close(got, reduce(losses, reduction, labelWeights));
  });

  it.each<[string, CrossEntropyOptions]>([
    ["as they are", {}],
    ["smoothed and weighted", { labelSmoothing: 0.2, weight: tensor(weights, { device: "reference" }) }],
  ])("crossEntropy takes probabilities %s", (_, options) => {
    const [x, q] = [logits(), probabilities()];
    const { labelSmoothing = 0, weight } = options;
    const shareOf = (image: number, c: number, pixel: number) => {
      const given = q.dataSync()[(image * classes + c) * pixels + pixel] as number;
      return (1 - labelSmoothing) * given + labelSmoothing / classes;
    };
    const losses = modelOf(x, shareOf, weight === undefined ? [1, 1, 1] : weights);
    close(crossEntropy(x, q, { ...options, reduction }), reduce(losses, reduction, images * pixels));
  });

  it("a single example gives a scalar, the loss of a batch of one", () => {
    const [x, q] = [tensor([1, -2, 0.5]), tensor([0.25, 0.25, 0.5])];
    const label = tensor(2, { dtype: "int32" });
    for (const loss of [crossEntropy(x, q, { reduction }), crossEntropy(x, label, { reduction })]) {
      expect(loss.shape).toEqual([]);
    }
    const batch = crossEntropy(x.reshape([1, 3]), q.reshape([1, 3]), { reduction: "sum" });
    expect(crossEntropy(x, q, { reduction }).itemSync()).toBe(batch.itemSync());
  });
});

describe("what does not count", () => {
  const ignored = () => tensor([1, -100], { dtype: "int32" });

  it("a class that is ruled out by −Infinity costs nothing where it is no label", () => {
    const x = tensor([[Number.NEGATIVE_INFINITY, 1, 1]]);
    const label = tensor([2], { dtype: "int32" });
    expect(crossEntropy(x, label).itemSync()).toBeCloseTo(Math.LN2, 12);
    expect(crossEntropy(x, label, { labelSmoothing: 0 }).itemSync()).toBeCloseTo(Math.LN2, 12);
  });

  it.each([0, 0.5])(
    "an ignored example of −Infinity costs 0 and gets no gradient, smoothed by %d",
    (labelSmoothing) => {
      const values = [0, 0, 0, Number.NEGATIVE_INFINITY, 0, 0];
      const x = tensor(values, { shape: [2, 3], requiresGrad: true });
      const loss = crossEntropy(x, ignored(), { labelSmoothing, reduction: "none" });
      expect(loss.arraySync()).toEqual([expect.closeTo(Math.log(3), 12), 0]);
      const [gradient] = gradients(loss.sum(), [x]) as [Tensor];
      expect((gradient.arraySync() as number[][])[1]?.map(Math.abs)).toEqual([0, 0, 0]);
    },
  );

  it("an example is ignored, too, where there is one class only", () => {
    const label = tensor([0, -100], { dtype: "int32" });
    expect(nllLoss(tensor([[-1], [-2]]), label, { reduction: "none" }).arraySync()).toEqual([1, 0]);
  });
});
