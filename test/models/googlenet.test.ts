/** Tests of the auxiliary classifiers of GoogLeNet, and of its initial weights. */
import { beforeAll, describe, expect, it } from "vitest";
import { generator, googlenet, init, randn, setDevice, type Tensor } from "../../src/index.js";

beforeAll(() => setDevice("simd"));

const options = { generator: generator(0), numClasses: 3 } as const;
const images = () => randn([2, 3, 32, 32], { generator: generator(1) });

describe("googlenet", () => {
  it("gives the logits of its auxiliary classifiers in training, and of none in evaluation", () => {
    const net = googlenet({ ...options, init: init.empty });
    const output = net.forward(images());
    if (!("auxiliary" in output)) throw new TypeError("it has auxiliary classifiers");
    expect(output.logits.shape).toEqual([2, 3]);
    expect(Object.entries(output.auxiliary).map(([name, { shape }]) => [name, shape])).toEqual([
      ["aux1", [2, 3]],
      ["aux2", [2, 3]],
    ]);
    expect(net.eval().forward(images())).toMatchObject({ shape: [2, 3] });
  });

  it("has none on request, in training neither", () => {
    const net = googlenet({ ...options, init: init.empty, auxiliary: false });
    expect(net.forward(images())).toMatchObject({ shape: [2, 3] });
    expect(net.namedChildren().map(([name]) => name)).not.toContain("aux1");
  });

  it("sends the gradient of an auxiliary loss to what comes before its branch, and not to what comes after", () => {
    const net = googlenet({ ...options, dropout: 0, auxiliaryDropout: 0 });
    const output = net.forward(images());
    if (!("auxiliary" in output)) throw new TypeError("it has auxiliary classifiers");
    (output.auxiliary["aux1"] as Tensor).square().sum().backward();
    const reached = new Set(
      net.namedParameters().flatMap(([name, { grad }]) => (grad === null ? [] : name.split(".")[0])),
    );
    expect([...reached]).toEqual(["conv1", "conv2", "conv3", "inception3a", "inception3b", "inception4a", "aux1"]);
  });

  it("begins with weights of standard deviation 0.01, those of init where it is given", () => {
    const weight = googlenet(options)
      .namedParameters()
      .find(([name]) => name === "aux1.fc1.weight")?.[1] as Tensor;
    const values = [...weight.dataSync()];
    const std = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(Math.abs(std / 0.01 - 1)).toBeLessThan(0.01);
  });
});
