/** js-pytorch on its cpu device: nested arrays, in the layout of PyTorch. */
import { readFileSync } from "node:fs";
import { torch } from "js-pytorch";
import { type Framework, lacking, numbers, parameterNames, specOf, type Task } from "../framework.js";
import type { Perceptron, Problem, Tensors } from "../problem.js";

type T = InstanceType<typeof torch.Tensor>;
type Nested = number | Nested[];

/** js-pytorch on the CPU. */
export async function start(): Promise<Framework> {
  const manifest = new URL("../package.json", import.meta.resolve("js-pytorch"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { version, detail: "cpu device, nested arrays", task };
}

function nested(values: Float32Array, shape: readonly number[]): Nested[] {
  const [length = 1, ...rest] = shape;
  if (rest.length === 0) return Array.from(values);
  const part = values.length / length;
  return Array.from({ length }, (_, i) => nested(values.subarray(i * part, (i + 1) * part), rest));
}

/** Weights are transposed: [fanIn, fanOut] there. */
function input(tensors: Tensors, name: string, requiresGrad = false): T {
  const values = nested(numbers(tensors, name), specOf(tensors, name).shape);
  if (!name.endsWith("weight")) return torch.tensor(values, requiresGrad);
  const rows = values as number[][];
  return torch.tensor(
    (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number)),
    requiresGrad,
  );
}

function flat(x: T): number[] {
  const entries = (list: readonly Nested[]): number[] =>
    list.flatMap((entry) => (typeof entry === "number" ? [entry] : entries(entry)));
  return entries(x.data as Nested[]);
}

function task(problem: Problem, tensors: Tensors): Task {
  switch (problem.kind) {
    case "matmul": {
      const [a, b] = [input(tensors, "a"), input(tensors, "b")];
      return computing(() => torch.matmul(a, b));
    }
    case "add": {
      const [a, b] = [input(tensors, "a", true), input(tensors, "b", true)];
      return computing(() => {
        a.children.length = b.children.length = 0; // or they hold every sum that was ever made
        return torch.add(a, b);
      });
    }
    case "mlp":
      return training(problem, tensors);
    case "conv2d":
    case "resnet":
      return lacking("no convolution");
    case "batchNorm":
      return lacking("no batch norm");
    case "maxPool":
      return lacking("no pooling");
    default:
      return lacking("not a matter of frameworks");
  }
}

function computing(compute: () => T): Task {
  let last: T | null = null;
  return {
    run: () => {
      last = compute();
    },
    results: () => [flat(last as T)],
  };
}

function training({ widths, optimizer }: Perceptron, tensors: Tensors): Task {
  const parameters = Object.fromEntries(parameterNames(tensors).map((name) => [name, input(tensors, name, true)]));
  const of = (name: string) => parameters[name] as T;
  const list = Object.values(parameters);
  const x = input(tensors, "x");
  const labels = torch.tensor(Array.from(numbers(tensors, "labels")));
  const crossEntropy = new torch.nn.CrossEntropyLoss();
  const adam = optimizer === "adam" ? new torch.optim.Adam(list, 1e-3, 0, [0.9, 0.999], 1e-8) : null;
  let loss = Number.NaN;
  return {
    run: () => {
      let h = x;
      for (let i = 0; i + 1 < widths.length; i++) {
        const y = torch.add(torch.matmul(h, of(`${2 * i}.weight`)), of(`${2 * i}.bias`));
        // nn.ReLU has a slope of 0.001 below 0.
        h = i + 2 < widths.length ? torch.masked_fill(y, y, (value) => value <= 0, 0) : y;
      }
      const value = crossEntropy.forward(h, labels);
      value.backward();
      loss = (value.data as number[])[0] as number;
      if (adam !== null) adam.step();
      else for (const parameter of list) descend(parameter._data as Nested[], parameter.grad as Nested[]);
      for (const parameter of list) parameter.zero_grad();
    },
    results: () => [[loss]],
  };
}

/** Plain SGD by hand, in place: there is no such optimiser. */
function descend(data: Nested[], gradient: Nested[]): void {
  for (let i = 0; i < data.length; i++) {
    const entry = data[i] as Nested;
    if (typeof entry === "number") data[i] = entry - 0.01 * (gradient[i] as number);
    else descend(entry, gradient[i] as Nested[]);
  }
}
