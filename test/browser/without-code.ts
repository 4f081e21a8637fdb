/** What must work where no code may be made from text: in a page with a content security policy without 'unsafe-eval', and
 * in Node under `--disallow-code-generation-from-strings`. */
import {
  BatchNorm2d,
  batches,
  batchOf,
  Conv2d,
  crossEntropy,
  currentDevice,
  DeviceError,
  type DeviceName,
  drawnImages,
  type Flat,
  Flatten,
  generator,
  gradientFlow,
  type KernelThis,
  Linear,
  profile,
  ReLU,
  run,
  Sequential,
  SGD,
  setDevice,
  tensor,
  tidy,
  trace,
} from "../../src/index.js";
import { reportHtml } from "../../src/report.js";

/** What the place is like. */
export interface Surroundings {
  /** The device that tensors are to be made on. */
  readonly device: DeviceName;
  /** What the devices that gpu.js compiles for are to say, by name. */
  readonly refusals: Partial<Record<DeviceName, string>>;
}

function halfOf(this: KernelThis, x: Flat): number {
  return (x[this.thread.x] as number) / 2;
}

/** What is expected of one part, as text: a thrown error stands as its name and message. */
interface Expectation {
  readonly what: string;
  readonly found: () => unknown;
  readonly expected: string;
}

const images = () => drawnImages({ count: 6, size: 16 });

/** One training step of a small net; the name of the layer that it tells first, with its device. */
async function trained(): Promise<string> {
  const rng = generator(0);
  const conv = new Conv2d(3, 4, 3, { padding: 1, generator: rng });
  const out = new Linear(4 * 16 * 16, 10, { generator: rng });
  const model = new Sequential(conv, new BatchNorm2d(4), new ReLU(), new Flatten(), out);
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  const tracing = trace(model);
  for (const batch of batches(images(), { batchSize: 3, generator: rng, augment: "flip-crop" })) {
    tidy(() => {
      crossEntropy(model.forward(tensor(batch.images)), tensor(batch.labels, { dtype: "int32" })).backward();
      optimizer.step();
    });
  }
  const passes = await tracing.read();
  return `${passes.length} passes of ${passes[0]?.layers.length} layers`;
}

async function report(): Promise<string> {
  const flow = await gradientFlow({ depths: [8], norms: ["none"], shortcuts: ["none"], width: 2, batch: 2, seeds: 1 });
  return reportHtml(flow, { echartsSource: "" }).slice(0, 15);
}

const expectations: readonly Expectation[] = [
  { what: "a batch", found: () => batchOf(images(), [0, 5]).images.shape.join(), expected: "2,3,16,16" },
  { what: "a view of a tensor", found: () => tensor([[1, 2, 3], [4, 5, 6]]).ndarray().pick(1).lo(1).get(1), expected: "6" }, // biome-ignore format: nested
  { what: "a tensor of a view", found: () => tensor(tensor([[1, 2], [3, 4]]).ndarray().transpose(1, 0)).arraySync(), expected: "1,3,2,4" }, // biome-ignore format: nested
  { what: "a kernel of one's own", found: () => run(halfOf, [tensor([3, 5])]).arraySync(), expected: "1.5,2.5" },
  {
    what: "profile",
    found: () =>
      profile(() => tensor([1, 2]).mul(2).sum())
        .ops.map(({ op }) => op)
        .sort(),
    expected: "mul,sum",
  },
  { what: "training under a trace", found: trained, expected: "2 passes of 5 layers" },
  { what: "a report", found: report, expected: "<!doctype html>" },
];

/** A line for each problem; none where all is well. */
export async function withoutCode({ device, refusals }: Surroundings): Promise<string[]> {
  const refused = Object.entries(refusals).map(([name, expected]) => ({
    what: `device ${name}`,
    found: () => setDevice(name as DeviceName),
    expected: `DeviceError device ${name}: ${expected}`,
  }));
  const all: readonly Expectation[] = [
    { what: "the default device", found: () => currentDevice().name, expected: device },
    ...expectations,
    ...refused,
  ];
  await new Promise((resolve) => setTimeout(resolve)); // what drives a browser may make code until the event loop turns
  const problems = mayMakeCode() ? ["code can be made from text here, so nothing was tested"] : [];
  for (const { what, found, expected } of all) {
    const is = await outcome(found);
    if (is !== expected) problems.push(`${what}: ${is} instead of ${expected}`);
  }
  return problems;
}

async function outcome(found: () => unknown): Promise<string> {
  try {
    return String(await found());
  } catch (error) {
    return error instanceof DeviceError ? `${error.name} ${error.message}` : String((error as Error).stack);
  }
}

function mayMakeCode(): boolean {
  try {
    return new Function("return true")();
  } catch {
    return false;
  }
}
