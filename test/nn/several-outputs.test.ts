/** Modules that return several tensors: their types, what hooks see of them, and their trace. */
import { beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import {
  type AnyModule,
  add,
  generator,
  Linear,
  Module,
  ones,
  Sequential,
  setDevice,
  sum,
  type Tensor,
  trace,
} from "../../src/index.js";

beforeAll(() => setDevice("reference"));

interface Outputs {
  readonly logits: Tensor;
  readonly auxiliary: readonly [Tensor] | null;
}

/** A classifier with an auxiliary one, in training only. */
class TwoHeads extends Module<[x: Tensor], Outputs> {
  readonly trunk = new Linear(2, 3, { generator: generator(0) });
  readonly head = new Linear(3, 2, { generator: generator(1) });
  readonly auxiliary = new Linear(3, 2, { generator: generator(2) });

  override forward(x: Tensor): Outputs {
    const h = this.trunk.forward(x);
    return { logits: this.head.forward(h), auxiliary: this.training ? [this.auxiliary.forward(h)] : null };
  }
}

const loss = ({ logits, auxiliary }: Outputs): Tensor => sum(auxiliary === null ? logits : add(logits, auxiliary[0]));

describe("a module that returns several tensors", () => {
  it("has them in its type, and stands where any module does", () => {
    const model = new TwoHeads();
    expectTypeOf(model.forward).returns.toEqualTypeOf<Outputs>();
    expectTypeOf(model.forward).parameters.toEqualTypeOf<[x: Tensor]>();
    expectTypeOf(new Linear(2, 3, { generator: generator(0) })).toExtend<Module>();
    expectTypeOf(model).not.toExtend<Module>();
    const any: AnyModule = model;
    expect(any.namedChildren().map(([name]) => name)).toEqual(["trunk", "head", "auxiliary"]);
    // @ts-expect-error what follows it would not get a tensor
    new Sequential(model);
  });

  it("hands its hooks all of them, and may be given others", () => {
    const model = new TwoHeads();
    const seen: unknown[] = [];
    model.registerForwardHook((_module, [x], { logits, auxiliary }) => {
      seen.push(x.shape, logits.shape, auxiliary?.[0].shape);
      return { logits, auxiliary: null };
    });
    model.registerBackwardHook((_module, _gradInput, { logits, auxiliary }) => {
      seen.push(logits?.arraySync(), auxiliary);
    });
    loss(model.forward(ones([1, 2]))).backward();
    expect(seen).toEqual([[1, 2], [1, 2], [1, 2], [[1, 1]], null]);
  });

  it("is traced, whichever of them the loss uses", async () => {
    const model = new TwoHeads();
    const traced = trace(model);
    loss(model.forward(ones([1, 2]))).backward();
    sum(model.forward(ones([1, 2])).logits).backward();
    const [both, one] = await traced.read();
    const norms = (record: typeof both) =>
      record?.layers.map(({ name, activationGradNorm }) => [name, activationGradNorm]);
    expect(norms(both)?.map(([name]) => name)).toEqual(["trunk", "head", "auxiliary"]);
    expect(norms(both)?.every(([, norm]) => Number(norm) > 0)).toBe(true);
    expect(norms(one)?.at(-1)).toEqual(["auxiliary", null]);
    expect(one?.layers.at(-1)?.reasons.activationGradNorm).toBe("no-gradient");
  });
});
