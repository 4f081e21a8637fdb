/** Traces nets of the zoo at initialisation, for its page. */
import type { Tensor } from "../../src/autograd/tensor.js";
import { lossOf } from "../../src/experiments/models.js";
import { verdictOf } from "../../src/experiments/report/verdict.js";
import {
  BatchNorm2d,
  batchOf,
  drawnImages,
  generator,
  init,
  placesOf,
  tensor,
  tidy,
  trace,
  type ZooModel,
  type ZooNet,
  zooModel,
} from "../../src/index.js";

/** Images at a time, and nets with other weights whose norms are averaged. */
export const BATCH = 8;
export const SEEDS = 3;

/** ‖∂L/∂h‖ at a place: after so many weighted layers, the geometric mean over the seeds. */
export interface PlaceNorm {
  readonly depth: number;
  readonly norm: number;
}

/** The gradient's way back through a net. */
export interface Flow {
  readonly places: readonly PlaceNorm[];
  /** What each weighted layer multiplies the norm by on the way back, between the last place and the first. */
  readonly factor: number;
  readonly verdict: string;
}

/** Height and width at which a net is traced: its own, or 96 for one that was made for larger images. */
export function sizeOf({ input: [, height] }: ZooModel): number {
  return Math.min(height, 96);
}

/** Traces a net as it is made, with its own initialisation.
 * @param normalised false to hand every batch norm's input on instead */
export async function flowOf(name: string, normalised: boolean): Promise<Flow> {
  const model = zooModel(name);
  const [channels] = model.input;
  const images = drawnImages({ count: BATCH, size: sizeOf(model) });
  const runs: PlaceNorm[][] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const net = model.make({ generator: generator(seed), numClasses: 10 });
    if (!normalised) bypassNorms(net);
    const { images: batch, labels: classes } = batchOf(images, [...Array(BATCH).keys()]);
    const tracing = trace(net);
    tidy(() => {
      const [x, labels] = [tensor(batch), tensor(classes, { dtype: "int32" })];
      lossOf(model, net.forward(channels === 1 ? x.mean({ axis: 1, keepDims: true }) : x), labels).backward();
    });
    const [pass] = await tracing.read();
    for (const parameter of net.parameters()) parameter.dispose();
    if (pass === undefined) throw new Error(`${name}: no pass was recorded`);
    runs.push(
      placesOf(pass).flatMap(({ depth, activationGradNorm }) =>
        depth === null || activationGradNorm === null ? [] : [{ depth, norm: activationGradNorm }],
      ),
    );
  }
  const [first = []] = runs;
  const places = first.map(({ depth }, i) => ({
    depth,
    norm: Math.exp(runs.reduce((sum, run) => sum + Math.log(run[i]?.norm ?? Number.NaN), 0) / SEEDS),
  }));
  // The last place is the logits', whose gradient the loss sets.
  const [near, far] = [places.at(0), places.at(-2)];
  if (near === undefined || far === undefined) throw new Error(`${name}: it has fewer than two places`);
  const ratio = near.norm / far.norm;
  const factor = ratio ** (1 / (far.depth - near.depth));
  return { places, factor, verdict: verdictOf(ratio, factor) };
}

/** Whether a net has batch norm at all. */
export function isNormalised(name: string): boolean {
  const net = zooModel(name).make({ generator: generator(0), init: init.empty });
  return net.namedModules().some(([, module]) => module instanceof BatchNorm2d);
}

function bypassNorms(net: ZooNet): void {
  for (const [, module] of net.namedModules()) {
    if (module instanceof BatchNorm2d) module.registerForwardHook((_, [x]) => x as Tensor);
  }
}
