/** Tests of trace over several passes, and that it changes nothing and leaves nothing behind. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CifarNet,
  crossEntropy,
  Identity,
  memory,
  noGrad,
  Sequential,
  SGD,
  setDevice,
  type Tensor,
  tensor,
  tidy,
  trace,
  withDevice,
} from "../../src/index.js";
import { expectClose, images, labels, lossOf, net, numbers, traced } from "./small-net.js";

beforeAll(() => setDevice("reference"));

describe("trace over several passes", () => {
  it("records each backward pass once, oldest first, and goes on counting after a read", async () => {
    const model = net({ norm: "none" });
    const tracing = trace(model);
    const losses = [1, 10].map((factor) => {
      lossOf(model).mul(factor).backward();
      return factor;
    });
    const first = await tracing.read();
    expect(first).toHaveLength(losses.length);
    expectClose(first[1]?.layers[0]?.activationGradNorm, 10 * (first[0]?.layers[0]?.activationGradNorm as number));
    expect(await tracing.read()).toEqual([]);
    lossOf(model).backward();
    expect((await tracing.read()).map(({ pass }) => pass)).toEqual([2]);
  });

  it("sees this pass's weight gradient alone where gradients accumulate", async () => {
    const model = net({ norm: "none" });
    const tracing = trace(model);
    lossOf(model).backward();
    lossOf(model).backward();
    const [first, second] = await tracing.read();
    expect(second?.parameterGradNorms).toEqual(first?.parameterGradNorms);
  });

  it("does not record forward passes without a backward, in eval or noGrad", async () => {
    const model = net();
    const tracing = trace(model);
    model.eval();
    noGrad(() => model.forward(images()));
    model.forward(images());
    expect(await tracing.read()).toEqual([]);
    model.train();
    const loss = lossOf(model);
    noGrad(() => model.forward(images(1, 9))); // between a forward and its backward
    loss.backward();
    noGrad(() => model.forward(images(1, 9)));
    const passes = await tracing.read();
    expect(passes).toHaveLength(1);
    tracing.remove();
    const alone = net();
    const expected = await traced(alone, () => lossOf(alone).backward());
    expect(passes[0]?.layers.map((layer) => layer.activationGradNorm)).toEqual(
      expected.layers.map((layer) => layer.activationGradNorm),
    );
  });

  it("holds a constant number of buffers when it is read after each step", async () => {
    const model = net();
    const optimizer = new SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
    const x = images();
    const y = labels();
    const tracing = trace(model);
    const step = async () => {
      tidy(() => {
        optimizer.zeroGrad();
        crossEntropy(model.forward(x), y).backward();
      });
      optimizer.step();
      await tracing.read();
    };
    await step();
    await step();
    const { buffers } = memory();
    for (let i = 0; i < 5; i++) await step();
    expect(memory().buffers).toBeLessThanOrEqual(buffers);
  });
});

describe("trace changes nothing", () => {
  const backward = (model: CifarNet): number[][] => {
    model.zeroGrad();
    lossOf(model).backward();
    return model.parameters().map((parameter) => numbers(parameter.grad as Tensor));
  };

  it.each(["reference", "webasm", "cpu"] as const)(
    "about the gradients, bit for bit, while attached and after: %s",
    (device) => {
      withDevice(device, () => {
        const expected = backward(net());
        const model = net();
        const tracing = trace(model);
        expect(backward(model)).toEqual(expected);
        tracing.remove();
        expect(backward(model)).toEqual(expected);
      });
    },
  );

  it("and remove leaves nothing on the tape and records no more, but what was recorded can still be read", async () => {
    const model = net();
    const untraced = tapeOf(lossOf(model));
    const tracing = trace(model);
    const loss = lossOf(model);
    expect(tapeOf(loss).hooks).toBeGreaterThan(untraced.hooks + 5);
    expect(tapeOf(loss).nodes).toBe(untraced.nodes + 4); // the outputs of three blocks and of an Identity
    loss.backward({ retainGraph: true });
    tracing.remove();
    tracing.remove();
    expect(tapeOf(lossOf(model))).toEqual(untraced);
    expect(model.parameters().map((parameter) => parameter.hooks?.size ?? 0)).toEqual(model.parameters().map(() => 0));
    loss.backward();
    lossOf(model).backward();
    expect(await tracing.read()).toHaveLength(1);
  });

  it("and leaves no hook on an input that a module hands on", async () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const model = new Sequential(new Identity());
    const tracing = trace(model);
    for (const factors of [
      [3, 4],
      [6, 8],
    ])
      model.forward(x).mul(tensor(factors)).sum().backward();
    expect((await tracing.read()).map(({ layers }) => layers[0]?.activationGradNorm)).toEqual([5, 10]);
    expect(x.hooks?.size ?? 0).toBe(0);
  });

  it("about another trace of the same model", async () => {
    const model = net();
    const [first, second] = [trace(model), trace(model)];
    lossOf(model).backward();
    expect(await first.read()).toEqual(await second.read());
    first.remove();
    lossOf(model).backward();
    expect([await first.read(), (await second.read()).length]).toEqual([[], 1]);
  });
});

/** How many operations a tensor was made by, and how many gradient hooks they have. */
function tapeOf(output: Tensor): { nodes: number; hooks: number } {
  const nodes = new Set([output.node]);
  for (const node of nodes) for (const input of node?.inputs ?? []) if (input?.node) nodes.add(input.node);
  return { nodes: nodes.size, hooks: [...nodes].reduce((sum, node) => sum + (node?.hooks?.size ?? 0), 0) };
}
