/** Tests of ops of two tensors of which one needs a gradient: it gets the one it has when both do. */
import { beforeAll, describe, expect, it } from "vitest";
import * as lg from "../../src/index.js";
import { type BinaryOp, gradients, setDevice, tensor } from "../../src/index.js";

beforeAll(() => setDevice("reference"));

const binary: Readonly<Record<string, BinaryOp>> = {
  add: lg.add,
  sub: lg.sub,
  mul: lg.mul,
  div: lg.div,
  pow: lg.pow,
  maximum: lg.maximum,
  minimum: lg.minimum,
  atan2: lg.atan2,
  fmod: lg.fmod,
  remainder: lg.remainder,
  hypot: lg.hypot,
  xlogy: lg.xlogy,
  logaddexp: lg.logaddexp,
};

describe.each(Object.entries(binary))("%s", (_, op) => {
  const leaf = (values: number[]) => tensor(values, { requiresGrad: true });

  it("gives the gradient of either input alone", () => {
    const [a, b] = [leaf([1, 2, 3]), leaf([2.5, 1.5, 0.5])];
    const [ga, gb] = gradients(op(a, b).sum(), [a, b]);
    expect(gradients(op(a, b.detach()).sum(), [a])[0]?.arraySync()).toEqual(ga?.arraySync());
    expect(gradients(op(a.detach(), b).sum(), [b])[0]?.arraySync()).toEqual(gb?.arraySync());
  });
});
