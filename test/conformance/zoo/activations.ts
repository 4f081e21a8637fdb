/** Counts the activations of a recorded forward pass as the zoo's files do: the outputs of operations, by kind, whether they run
 * as modules or as functions. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  GELU,
  Linear,
  MaxPool2d,
  ReLU,
  ReLU6,
  Sigmoid,
  SiLU,
} from "../../../src/index.js";
import { isModuleCall, type ModuleCall, type OpCall } from "../../../src/summary/record.js";
import type { Static } from "./zoo-file.js";

type Kind = "conv" | "bn" | "act" | "pool" | "linear";
type Shape = readonly number[];

const layers: readonly (readonly [abstract new (...given: never[]) => object, Kind])[] = [
  [Conv2d, "conv"],
  [BatchNorm2d, "bn"],
  [ReLU, "act"],
  [ReLU6, "act"],
  [GELU, "act"],
  [Sigmoid, "act"],
  [SiLU, "act"],
  [MaxPool2d, "pool"],
  [AvgPool2d, "pool"],
  [AdaptiveAvgPool2d, "pool"],
  [Linear, "linear"],
];

/** Ops that stand outside of such layers. */
const functions: Readonly<Record<string, Kind>> = {
  conv2d: "conv",
  standardize: "bn",
  relu: "act",
  silu: "act",
  sigmoid: "act",
  gelu: "act",
  maxPool2d: "pool",
  mapAxis: "pool", // one of the axes of an average
  mean: "pool",
  matmul: "linear",
};

const others: Readonly<Record<string, string>> = { concat: "cat", add: "add", mul: "mul" };

/** What the calls, of one image, make. */
export function activationsOf(calls: readonly ModuleCall[]): Static["activations"] {
  const [byKind, other]: [Record<string, number>, Record<string, number>] = [{}, {}];
  let [peak, peakShape, peakInOut]: [number, Shape, number] = [0, [], 0];
  const count = (kind: Kind, input: Shape, output: Shape) => {
    const size = sizeOf(output);
    byKind[kind] = (byKind[kind] ?? 0) + size;
    peakInOut = Math.max(peakInOut, sizeOf(input) + size);
    if (size > peak) [peak, peakShape] = [size, output.slice(1)];
  };
  const visit = (steps: readonly (ModuleCall | OpCall)[]): void => {
    for (const [i, step] of steps.entries()) {
      if (isModuleCall(step)) {
        const kind = layers.find(([layer]) => step.module instanceof layer)?.[1];
        if (kind === undefined) visit(step.steps);
        else count(kind, step.inputs[0] ?? [], step.outputs[0] ?? []);
        continue;
      }
      const next = steps[i + 1];
      if (step.op === "mapAxis" && next !== undefined && !isModuleCall(next) && next.op === "mapAxis") continue;
      const kind = functions[step.op];
      const name = others[step.op];
      if (kind !== undefined) count(kind, step.inputs[0] ?? [], step.output);
      else if (name !== undefined) other[name] = (other[name] ?? 0) + sizeOf(step.output);
    }
  };
  visit(calls);
  const total = Object.values(byKind).reduce((sum, n) => sum + n, 0);
  return { total, peak, peakShape, peakInOut, byKind, other };
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}
