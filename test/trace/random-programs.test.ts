/** Model-based test of trace: random training programs, every number and every reason of every record against an oracle. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  add,
  generator,
  type LayerQuantity,
  type Module,
  mul,
  noGrad,
  type PassRecord,
  randn,
  SGD,
  setDevice,
  sum,
  type Tensor,
  trace,
} from "../../src/index.js";
import { type ExpectedPass, Oracle } from "./oracle.js";
import { below, Net, plainRun, within } from "./programs.js";

beforeAll(() => setDevice("reference"));

/** Who hears of what the program does to the net. */
type Observer = Pick<Oracle, "begin" | "passing" | "stepped" | "loaded">;

const nobody: Observer = { begin: () => {}, passing: () => {}, stepped: () => {}, loaded: () => {} };

/** Runs the program of a seed: the same decisions whoever observes. */
function interpret(net: Net, seed: number, observer: Observer): void {
  const rng = generator(seed);
  const inputs = generator(seed + 1);
  const optimizerOf = () => new SGD(net.parameters(), { lr: 0.1, momentum: 0.5 });
  let optimizer = optimizerOf();
  let pending: Tensor[][] = [];
  const forward = (run: (x: Tensor) => Tensor): void => {
    observer.begin();
    net.aside = null;
    try {
      const output = run(randn([2, 3], { generator: inputs, requiresGrad: below(rng, 2) === 0 }));
      const outputs = [output, net.aside].flatMap((one: Tensor | null) => (one?.requiresGrad ? [one] : []));
      if (outputs.length > 0) pending.push(outputs);
    } catch (error) {
      if (!/a forward that fails/.test(String(error))) throw error;
    }
  };
  const backward = (): void => {
    if (pending.length === 0) return;
    const chosen = pending.filter(() => below(rng, 2) === 0);
    const used = chosen.length > 0 ? chosen : pending.slice(0, 1);
    const heads = used.map((outputs) => outputs[below(rng, outputs.length)] as Tensor);
    const loss = heads.map((head, i) => mul(sum(mul(head, head)), i + 1)).reduce((a, b) => add(a, b));
    const retainGraph = below(rng, 2) === 0;
    observer.passing(loss);
    loss.backward({ retainGraph });
    if (!retainGraph) pending = pending.filter((outputs) => !used.includes(outputs));
  };
  const actions: readonly (() => void)[] = [
    () => forward((x) => net.forward(x)),
    () => forward((x) => net.forward(x)),
    () => forward((x) => noGrad(() => net.forward(x))),
    () =>
      forward((x) => {
        const h = pick(net.layers).forward(x); // no parent around them: each is a forward pass
        observer.begin();
        return pick(net.layers).forward(h);
      }),
    backward,
    backward,
    () => {
      optimizer.step();
      observer.stepped();
      pending = [];
    },
    () => {
      const parameter = net.parameters()[below(rng, net.parameters().length)] as Tensor;
      parameter.requiresGrad = !parameter.requiresGrad;
      pending = []; // a checkpoint would run again in another world
    },
    () => net.zeroGrad(),
    () => {
      const state = net.stateDict();
      net.loadStateDict(state);
      observer.loaded();
      pending = [];
    },
    () => {
      net.replace(below(rng, 2) === 0 ? 2 : 0, inputs);
      optimizer = optimizerOf();
      pending = [];
    },
  ];
  const pick = (layers: readonly Module[]): Module => layers[below(rng, layers.length)] as Module;
  for (let i = 0; i < 14; i++) actions[below(rng, actions.length)]?.();
}

const netOf = (seed: number): Net => new Net(generator(seed + 2), generator(seed + 3));

async function recorded(seed: number): Promise<PassRecord[]> {
  const net = netOf(seed);
  const tracing = trace(net);
  within(plainRun, () => interpret(net, seed, nobody));
  const passes = await tracing.read();
  tracing.remove();
  return passes;
}

function expected(seed: number): ExpectedPass[] {
  const net = netOf(seed);
  const oracle = new Oracle(net);
  within(oracle, () => interpret(net, seed, oracle));
  return oracle.expected();
}

/** Numbers rounded beyond what the order of sums changes. */
function told(value: unknown): unknown {
  return typeof value === "number" ? (Math.abs(value) < 1e-11 ? 0 : Number(value.toPrecision(8))) : value;
}

const quantities: readonly LayerQuantity[] = [
  "activationGradNorm",
  "weightGradNorm",
  "identityGradNorm",
  "branchGradNorm",
  "activationMean",
  "activationStd",
  "deadFraction",
  "weightNorm",
  "updateRatio",
];

describe("trace of random programs", () => {
  it("records every number beside what it belongs to, and the true reason of every null", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
        const got = (await recorded(seed)).map(({ layers, parameters }) => ({
          layers: layers.map((layer) => ({
            name: layer.name,
            forward: layer.forward,
            ...Object.fromEntries(quantities.map((q) => [q, told(layer[q] ?? layer.reasons[q] ?? null)])),
          })),
          parameters: parameters.map(({ names, gradNorm, norm, updateRatio, reasons }) => ({
            names,
            gradNorm: told(gradNorm ?? reasons.gradNorm),
            norm: told(norm),
            updateRatio: told(updateRatio ?? reasons.updateRatio),
          })),
        }));
        const wanted = expected(seed).map(({ layers, parameters }) => ({
          layers: layers.map((layer) => ({
            name: layer.name,
            forward: layer.forward,
            ...Object.fromEntries(quantities.map((q) => [q, told(layer[q] ?? null)])),
          })),
          parameters: parameters.map((one) => ({
            names: one.names,
            gradNorm: told(one.gradNorm),
            norm: told(one.norm),
            updateRatio: told(one.updateRatio),
          })),
        }));
        expect(got).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
