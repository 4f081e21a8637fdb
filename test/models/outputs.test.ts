/** Tests of what nets compute: PyTorch's numbers, in float64, for weights and images of the formula of the conformance cases. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  convnextTiny,
  efficientnetB0,
  type FireBypass,
  generator,
  googlenet,
  init,
  lenet5,
  noGrad,
  setDevice,
  squeezenet1_0,
  squeezenet1_1,
  type Tensor,
  type ZooNet,
} from "../../src/index.js";
import { formulaInput, loadFormula } from "../conformance/zoo/formula.js";
import { parameterCount } from "./nets.js";

beforeAll(() => setDevice("reference"));

const options = { generator: generator(0), numClasses: 10, init: init.empty } as const;
const formula = { salt: "", bnScale: 1 } as const;

function logitsOf(net: ZooNet, shape: readonly number[]): Tensor {
  loadFormula(net, formula);
  return noGrad(() => net.eval().forward(formulaInput(formula, shape))) as Tensor;
}

function expectNumbers(y: Tensor, first: readonly number[], norm: number): void {
  const values = [...y.dataSync()];
  first.forEach((value, i) => {
    expect(Math.abs((values[i] as number) - value)).toBeLessThan(1e-9 * norm);
  });
  expect(Math.hypot(...values) / norm).toBeCloseTo(1, 9);
}

describe("squeezenet", () => {
  it.each<[typeof squeezenet1_0, FireBypass, number, number[], number]>([
    [squeezenet1_0, "none", 740_554, [0, 2.7394856353, 0], 5.778123946188515],
    [squeezenet1_0, "simple", 740_554, [0, 41.7053361136, 4.00060854115], 55.58991899607591],
    [squeezenet1_0, "complex", 1_081_802, [0, 107.752544937, 2.33332326875], 183.06612786825207],
    [squeezenet1_1, "none", 727_626, [0, 1.09966561461, 0], 1.3265749188865978],
    [squeezenet1_1, "complex", 1_064_778, [0, 73.4057138046, 135.673266031], 217.84956234764877],
  ])("%o with bypass %s has PyTorch's logits", (make, bypass, count, first, norm) => {
    const net = make({ ...options, bypass });
    expect(parameterCount(net)).toBe(count);
    expectNumbers(logitsOf(net, [1, 3, 32, 32]), first, norm);
  });

  it("has the convolutions of complex bypasses where the channels change, and wires elsewhere", () => {
    const keys = Object.keys(squeezenet1_0({ ...options, bypass: "complex" }).stateDict());
    expect(keys.filter((key) => key.endsWith("bypass.weight"))).toEqual(
      [3, 5, 8, 10].map((i) => `features.${i}.bypass.weight`),
    );
  });
});

describe("lenet5", () => {
  it("has PyTorch's logits, and 61,706 parameters", () => {
    const net = lenet5({ ...options });
    expect(parameterCount(net)).toBe(61_706);
    expectNumbers(logitsOf(net, [2, 1, 32, 32]), [0.151990888683, -1.01026228431, 0.504618566915], 2.4813372828374765);
  });

  it("refuses images whose last feature map is no single cell", () => {
    const forward = () => lenet5(options).forward(formulaInput(formula, [1, 1, 36, 36]));
    expect(forward).toThrow("LeNet5: images must be of 32 to 35 rows and columns, got [1, 1, 36, 36]; resize them");
  });
});

describe("googlenet", () => {
  it("has torchvision's logits in evaluation", () => {
    const y = logitsOf(googlenet(options), [1, 3, 32, 32]);
    expectNumbers(y, [-0.14833217409, -0.353548709785, -0.783990439743], 2.682641520714161);
  });
});

describe("efficientnetB0", () => {
  it.each([
    [64, [0.121362479323, -0.118706371592, 0.258825644455], 0.539419130573425],
    [32, [0.118304694258, -0.121147343658, 0.246723858117], 0.5108390412833179],
  ])("has torchvision's logits of images %i pixels wide and high, in evaluation", (size, first, norm) => {
    expectNumbers(logitsOf(efficientnetB0(options), [1, 3, size, size]), first, norm);
  });
});

describe("convnextTiny", () => {
  it("has torchvision's logits in evaluation", () => {
    const y = logitsOf(convnextTiny(options), [1, 3, 64, 64]);
    expectNumbers(y, [3.11803630833, 1.28592116546, 1.58311993128], 5.069066113671474);
  });
});
