/** Runs a `livegrad-gradient-flow-1` file: the norms of a CIFAR net's gradients, layer by layer. */
import {
  batchOf,
  CifarNet,
  crossEntropy,
  type DeviceName,
  generator,
  type ImageDataset,
  type LayerQuantity,
  type Tensor,
  tensor,
  trace,
  withDevice,
} from "../../src/index.js";
import { type Comparison, compareNumbers, type Outcome } from "./outcome.js";

type Norms = Readonly<Record<string, number | null>>;

/** The file. */
export interface GradientFlowFile {
  readonly format: "livegrad-gradient-flow-1";
  readonly depth: number;
  readonly width: number;
  readonly input: {
    readonly file: string;
    readonly records: readonly [first: number, end: number];
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
  readonly configs: readonly {
    readonly norm: "none" | "batch";
    readonly shortcut: string;
    readonly loss: number;
    readonly activationGradNorms: Norms;
    readonly identityPathGradNorms: Norms;
    readonly branchPathGradNorms: Norms;
    readonly weightGradNorms: Norms;
  }[];
}

/** Reads a file of the data folder that lies beside the conformance folder. */
export type ReadData = (name: string) => Promise<Uint8Array>;

/** Runs every configuration of the file. */
export async function runGradientFlowFile(
  file: GradientFlowFile,
  readData: ReadData,
  device: DeviceName,
): Promise<Outcome[]> {
  const dataset = readImages(await readData(file.input.file), file);
  const outcomes: Outcome[] = [];
  for (const config of file.configs) {
    const name = `gradient-flow-${file.depth}-${config.shortcut}-${config.norm}`;
    const comparisons = await withDevice(device, () => runConfig(file, config, dataset, device));
    outcomes.push({ name, op: "gradientFlow", skipped: false, comparisons });
  }
  return outcomes;
}

async function runConfig(
  file: GradientFlowFile,
  config: GradientFlowFile["configs"][number],
  dataset: ImageDataset,
  device: DeviceName,
): Promise<Comparison[]> {
  const tolerance = device === "reference" ? 1e-9 : 1e-3;
  const shortcut = config.shortcut === "none" ? "none" : "A";
  const { depth, width, weights } = file;
  const model = new CifarNet({ depth, width, norm: config.norm, shortcut, generator: generator(0) });
  const own = new Set(model.namedParameters().map(([name]) => name));
  const state: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of Object.entries(weights))
    if (own.has(name)) state[name] = tensor([...data], { shape });
  model.loadStateDict({ ...buffers(model), ...state });

  const indices = Array.from({ length: dataset.length }, (_, i) => i);
  const batch = batchOf(dataset, indices, { precision: "float64" });
  const tracing = trace(model);
  const loss = crossEntropy(model.forward(tensor(batch.images)), tensor(batch.labels, { dtype: "int32" }));
  loss.backward();
  const [pass] = await tracing.read();
  tracing.remove();
  const comparisons = [compareNumbers("loss", await loss.item(), config.loss, tolerance)];
  const layers = new Map(pass?.layers.map((layer) => [layer.name, layer]));
  const check = (what: string, expected: Norms, got: (name: string) => number | null | undefined) => {
    for (const [name, value] of Object.entries(expected)) {
      comparisons.push(compareNumbers(`${what} ${name}`, got(name) ?? null, value, tolerance));
    }
  };
  const names = Object.keys(config.activationGradNorms);
  const field = (key: LayerQuantity) => (name: string) => (layers.get(name) ?? layers.get(lastOf(name)))?.[key];
  /** In a plain net all of the gradient at a block's input, the output before it, comes through the branch. */
  const branch = (name: string) =>
    config.shortcut === "none"
      ? field("activationGradNorm")(names[names.indexOf(name) - 1] ?? "")
      : field("branchGradNorm")(name);
  check("activationGradNorm", config.activationGradNorms, field("activationGradNorm"));
  check("identityGradNorm", config.identityPathGradNorms, field("identityGradNorm"));
  check("branchGradNorm", config.branchPathGradNorms, branch);
  check("weightGradNorm", config.weightGradNorms, (name) => pass?.parameterGradNorms[name]);
  return comparisons;
}

/** The module with which the stem, or a block in which no ways come together, ends. */
function lastOf(name: string): string {
  return name === "stem" ? "relu" : `${name}.relu2`;
}

function buffers(model: CifarNet): Record<string, Tensor> {
  return Object.fromEntries(model.namedBuffers());
}

/** The records of the file that it names, as a data set. */
function readImages(bytes: Uint8Array, { input }: GradientFlowFile): ImageDataset {
  const [first, end] = input.records;
  const recordSize = 3073;
  const images = new Uint8Array((end - first) * 3072);
  const labels = new Uint8Array(end - first);
  for (let i = first; i < end; i++) {
    labels[i - first] = bytes[i * recordSize] as number;
    images.set(bytes.subarray(i * recordSize + 1, (i + 1) * recordSize), (i - first) * 3072);
  }
  const { mean, std } = input;
  const shape = { channels: 3, height: 32, width: 32, length: end - first };
  return { name: input.file, classNames: [], ...shape, images, labels, mean, std };
}
