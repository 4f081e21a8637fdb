/** Tests of FractalNet: sizes, names, its joins, single columns, and what drop-path draws. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  backward,
  crossEntropy,
  div,
  type FractalNet,
  type FractalNetOptions,
  fractalNet,
  generator,
  init,
  type Masks,
  type Module,
  maxPool2d,
  randn,
  setDevice,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { parameterCount } from "./nets.js";

beforeAll(() => setDevice("reference"));

const small = (options: Partial<FractalNetOptions> = {}) =>
  fractalNet({ columns: 3, channels: [2, 3], size: 4, dropRates: [0, 0], generator: generator(1), ...options });
const images = () => randn([2, 3, 4, 4], { generator: generator(2) });
const numbers = (x: Tensor) => [...x.dataSync()];
const closeTo = (actual: Tensor, expected: Tensor) => {
  const difference = Math.max(...numbers(actual.sub(expected)).map(Math.abs));
  expect(difference).toBeLessThan(1e-12);
};

describe("the number of parameters", () => {
  const empty = { generator: generator(0), init: init.empty };

  it("of 20 layers is that of the authors' generator", () => {
    expect(parameterCount(fractalNet(empty))).toBe(33_724_618);
  });

  it.each([
    [1, 0.25],
    [2, 0.84],
    [3, 2.11],
    [4, 4.77],
  ])("with %i columns is that of the paper's table of depths: %d million", (columns, millions) => {
    const net = fractalNet({ ...empty, columns, channels: [16, 32, 64, 128, 128] });
    expect(parameterCount(net) / 1e6).toBeCloseTo(millions, 2);
  });
});

it("names its parts by block, column and place", () => {
  const keys = Object.keys(small({ channels: [2], dropRates: [0], columns: 2 }).stateDict()).filter((key) =>
    key.endsWith("weight"),
  );
  expect(keys).toEqual([
    "blocks.0.columns.0.0.conv.weight",
    "blocks.0.columns.0.0.bn.weight",
    "blocks.0.columns.0.1.conv.weight",
    "blocks.0.columns.0.1.bn.weight",
    "blocks.0.columns.1.0.conv.weight",
    "blocks.0.columns.1.0.bn.weight",
    "fc.weight",
  ]);
});

/** A block of three columns, as the paper's figure 1 draws it. */
function byHand(
  net: FractalNet,
  x: Tensor,
  [first, last]: Masks[number] = [
    [0, 1],
    [0, 1, 2],
  ],
): Tensor {
  const layers = new Map(net.namedModules());
  const run = (path: string, h: Tensor) => (layers.get(`blocks.0.columns.${path}`) as Module).forward(h);
  const mean = (inputs: Tensor[], alive: readonly number[] = []) => {
    const counted = alive.map((i) => inputs[i] as Tensor);
    return div(
      counted.reduce((a, b) => add(a, b)),
      counted.length,
    );
  };
  const middle = mean([run("0.1", run("0.0", x)), run("1.0", x)], first);
  const ends = [run("0.3", run("0.2", middle)), run("1.1", middle), run("2.0", x)];
  const pooled = mean(
    ends.map((end) => maxPool2d(end, { kernelSize: 2 })),
    last,
  );
  return net.fc.forward(pooled.flatten({ startAxis: 1 }));
}

describe("a block", () => {
  const block = { channels: [2], size: 4, dropRates: [0] };

  it("joins the columns that end together by their mean, pooled at the last join", () => {
    const net = small(block).eval();
    closeTo(net.forward(images()), byHand(net, images()));
  });

  it("takes the mean of those alone that the masks keep alive", () => {
    const masks = [[[1], [0, 2]]];
    const net = small({ ...block, masks }).eval();
    closeTo(net.forward(images()), byHand(net, images(), masks[0]));
    net.masks = null;
    closeTo(net.forward(images()), byHand(net, images()));
  });

  it("can be one column alone, 0 being the deepest", () => {
    const net = small(block).eval();
    const layers = new Map(net.namedModules());
    [4, 2, 1].forEach((length, column) => {
      net.column = column;
      const places = Array.from({ length }, (_, j) => layers.get(`blocks.0.columns.${column}.${j}`) as Module);
      const end = maxPool2d(
        places.reduce((h, layer) => layer.forward(h), images()),
        { kernelSize: 2 },
      );
      closeTo(net.forward(images()), net.fc.forward(end.flatten({ startAxis: 1 })));
    });
  });
});

describe("the gradient", () => {
  const reached = (net: FractalNet) => {
    backward(crossEntropy(net.forward(images()), tensor([1, 2], { dtype: "int32" })));
    return net.namedParameters().flatMap(([name, { grad }]) => (grad === null ? [] : [name]));
  };

  it("reaches every parameter", () => {
    const net = small();
    expect(reached(net)).toEqual(net.namedParameters().map(([name]) => name));
  });

  it("reaches the parameters of the given column alone", () => {
    for (const name of reached(small({ column: 1 }))) expect(name).toMatch(/columns\.1\.|^fc/);
  });
});

describe("drop-path", () => {
  /** The outputs of as many passes in training, to be compared. */
  const passes = (net: FractalNet, count: number) =>
    Array.from({ length: count }, () => {
      const output = numbers(net.forward(images()));
      return output.join();
    });
  const outputsOf = (net: FractalNet, columns: readonly (number | null)[]) =>
    columns.map((column) => {
      net.column = column;
      const output = numbers(net.forward(images())).join();
      net.column = null;
      return output;
    });

  it("leaves single columns in the share of passes that is global, each equally often", () => {
    const net = small({ dropPath: 0.15, globalShare: 1 });
    const alone = outputsOf(net, [0, 1, 2]);
    const drawn = passes(net, 90);
    for (const output of alone) {
      const times = drawn.filter((other) => other === output).length;
      expect(times).toBeGreaterThan(15);
      expect(times).toBeLessThan(45);
    }
    expect(drawn.every((output) => alone.includes(output))).toBe(true);
  });

  it("drops inputs of joins with its probability in the others, never all of one", () => {
    const net = small({ channels: [2], dropRates: [0], dropPath: 0.5, globalShare: 0, columns: 2 });
    const alone = outputsOf(net, [0, 1]);
    const whole = outputsOf(small({ channels: [2], dropRates: [0], columns: 2 }), [null]);
    const drawn = passes(net, 120);
    const share = (outputs: readonly string[]) => drawn.filter((output) => outputs.includes(output)).length / 120;
    expect(share(whole)).toBeGreaterThan(0.15); // ¼ whole; ¼ + ⅛ each column alone, the ⅛ where both would have been dropped
    expect(share(whole)).toBeLessThan(0.35);
    for (const output of alone) expect(Math.abs(share([output]) - 0.375)).toBeLessThan(0.14);
    expect(share([...whole, ...alone])).toBe(1);
  });

  it("draws from the generator: the same seed drops the same paths", () => {
    const drawn = (seed: number) =>
      passes(small({ init: init.xavierNormal, dropPath: 0.3, generator: generator(seed) }), 6);
    expect(drawn(3)).toEqual(drawn(3));
    expect(new Set(drawn(3)).size).toBeGreaterThan(1);
  });

  it("drops nothing in evaluation, nor by default", () => {
    const net = small({ dropPath: 0.9 });
    const state = net.stateDict();
    const output = numbers(net.eval().forward(images()));
    const plain = small();
    plain.loadStateDict(state);
    expect(numbers(plain.eval().forward(images()))).toEqual(output);
    expect(new Set(passes(small(), 5)).size).toBe(1);
  });
});

it.each([
  [{ columns: 0 }, "columns must be an integer of at least 1"],
  [{ columns: 13 }, "columns must be 12 at most"],
  [{ size: 6 }, "size must be a multiple of 4, for each of 2 blocks halves it, got 6"],
  [{ channels: [] }, "channels must list those of each block"],
  [{ dropRates: [0] }, "dropRates must list one for each of 2 blocks"],
  [{ dropPath: 1 }, "dropPath must be a probability from 0 to below 1"],
  [{ globalShare: 2 }, "globalShare must be from 0 to 1"],
  [{ column: 3 }, "column must be null or a column from 0, the deepest, to 2, got 3"],
  [{ masks: [[[0]]] }, "masks must list the columns alive at 2 joins of 2 blocks"],
  [
    {
      masks: [
        [[0], [0, 3]],
        [[0], [0]],
      ],
    },
    "masks[0][1] must list some of the columns 0 to 2",
  ],
  [
    {
      masks: [
        [[0], [0]],
        [[2], [0]],
      ],
    },
    "masks[1][0] must list some of the columns 0 to 1",
  ],
  [
    {
      masks: [
        [[0], []],
        [[0], [0]],
      ],
    },
    "masks[0][1] must list",
  ],
])("refuses %j", (options, message) => {
  expect(() => small(options)).toThrow(`FractalNet: ${message}`);
});
