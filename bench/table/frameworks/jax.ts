/** jax-js in WebAssembly, compiled by its `jit`. Using an array consumes it there, so every use but the last is of `ref`. */
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad, vjp } from "@jax-js/jax";
import { type Framework, lacking, numbers, parameterNames, specOf, type Task } from "../framework.js";
import { blocksOf, type Convolution, type Perceptron, type Problem, type ResNet, type Tensors } from "../problem.js";

type T = np.Array;

/** jax-js on its wasm backend. */
export async function start(): Promise<Framework> {
  await init("wasm");
  defaultDevice("wasm");
  const manifest = new URL("../package.json", import.meta.resolve("@jax-js/jax"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { version, detail: `${defaultDevice()} backend, jit`, task };
}

function input(tensors: Tensors, name: string): T {
  return np.array(numbers(tensors, name), { shape: [...specOf(tensors, name).shape] });
}

function task(problem: Problem, tensors: Tensors): Task {
  switch (problem.kind) {
    case "matmul":
      return computing((a, b) => [np.matmul(a as T, b as T)], [input(tensors, "a"), input(tensors, "b")]);
    case "conv2d":
      return convolution(problem, tensors);
    case "batchNorm": {
      const leaves = ["x", "weight", "bias"].map((name) => input(tensors, name));
      return differentiating((x, weight, bias) => normalized(x as T, weight as T, bias as T), leaves, tensors);
    }
    case "maxPool": {
      const window = [problem.kernel, problem.kernel];
      const pool = (x: T) => lax.reduceWindow(x, (w) => np.max(w), window, window);
      return differentiating((x) => pool(x as T), [input(tensors, "x")], tensors);
    }
    case "mlp":
    case "resnet":
      return training(problem, tensors);
    case "add":
      return adding(input(tensors, "a"), input(tensors, "b"));
    default:
      return lacking("not a matter of frameworks");
  }
}

/** `f` consumes its arguments; it gets references. */
function computing(f: (...xs: T[]) => T[], inputs: readonly T[]): Task {
  const compiled = jit(f as (...xs: T[]) => T[]);
  let last: T[] = [];
  const forget = () => {
    for (const y of last) y.dispose();
    last = [];
  };
  return {
    run: async () => {
      forget();
      last = compiled(...inputs.map((x) => x.ref)) as T[];
      await blockUntilReady(last);
    },
    results: () => last.map((y) => y.ref.dataSync() as Float32Array),
    dispose: () => {
      forget();
      for (const x of inputs) x.dispose();
      compiled.dispose();
    },
  };
}

function differentiating(f: (...leaves: T[]) => T, leaves: readonly T[], tensors: Tensors): Task {
  return computing(
    (...all) => {
      const [y, pullBack] = vjp(f, all.slice(0, -1));
      return [y, ...(pullBack(all.at(-1) as T) as T[])];
    },
    [...leaves, input(tensors, "gradOutput")],
  );
}

function convolution({ stride, padding, groups, gradients }: Convolution, tensors: Tensors): Task {
  const leaves = [input(tensors, "x"), input(tensors, "weight")];
  const f = (x: T, weight: T) => convolve(x, weight, stride, padding, groups);
  if (gradients) return differentiating(f as (...xs: T[]) => T, leaves, tensors);
  return computing((x, weight) => [f(x as T, weight as T)], leaves);
}

function convolve(x: T, weight: T, stride: number, padding: number, groups = 1): T {
  const pads: [number, number][] = [
    [padding, padding],
    [padding, padding],
  ];
  return lax.convGeneralDilated(x, weight, [stride, stride], pads, { featureGroupCount: groups });
}

/** Batch norm written out, as jax-js has none. */
function normalized(x: T, weight: T, bias: T): T {
  const perChannel = (values: T) => np.reshape(values, [1, -1, 1, 1]);
  const options = { keepdims: true };
  const mean = np.mean(x.ref, [0, 2, 3], options);
  const centred = np.subtract(x, mean);
  const variance = np.mean(np.square(centred.ref), [0, 2, 3], options);
  const scale = np.divide(perChannel(weight), np.sqrt(np.add(variance, 1e-5)));
  return np.add(np.multiply(centred, scale), perChannel(bias));
}

/** Linearised by `vjp`, which is what records here. */
function adding(a: T, b: T): Task {
  let last: T | undefined;
  const add = (x: T, y: T) => np.add(x, y);
  return {
    run: async () => {
      last?.dispose();
      const [sum, pullBack] = vjp(add, [a.ref, b.ref]);
      pullBack.dispose();
      last = await sum.blockUntilReady();
    },
    results: () => [(last as T).ref.dataSync() as Float32Array],
    dispose: () => {
      for (const x of [last, a, b]) x?.dispose();
    },
  };
}

type Parameters = Readonly<Record<string, T>>;

/** What a use of the parameter consumes is a reference. */
const taker = (parameters: Parameters) => (name: string) => (parameters[name] as T).ref;

function training(problem: Perceptron | ResNet, tensors: Tensors): Task {
  const names = parameterNames(tensors);
  const classes = problem.kind === "mlp" ? (problem.widths.at(-1) as number) : 10;
  const x = input(tensors, "x");
  const labels = nn.oneHot(np.array(Int32Array.from(numbers(tensors, "labels")), { dtype: np.int32 }), classes);
  const lossOf = (parameters: Parameters, x: T, labels: T) => {
    const of = taker(parameters);
    const logits = problem.kind === "mlp" ? perceptron(x, problem.widths.length - 1, of) : resnet(x, problem, of);
    for (const name of names) parameters[name]?.dispose();
    return np.negative(np.mean(np.sum(np.multiply(nn.logSoftmax(logits), labels), -1)));
  };
  const update = updateOf(problem);
  const step = jit((parameters: Parameters, state: State, x: T, labels: T) => {
    const [loss, gradients] = valueAndGrad(lossOf)(
      each(names, (name) => at(parameters, name).ref),
      x,
      labels,
    ) as unknown as [T, Parameters];
    return [loss, ...update(parameters, gradients, state, names)];
  });
  let parameters: Parameters = Object.fromEntries(names.map((name) => [name, input(tensors, name)]));
  let state = stateOf(problem, tensors, names);
  let loss = Number.NaN;
  return {
    run: () => {
      const result = step(parameters as never, state as never, x.ref, labels.ref) as unknown as [T, Parameters, State];
      parameters = result[1];
      state = result[2];
      loss = result[0].item();
    },
    results: () => [[loss]],
    dispose: () => {
      for (const y of [x, labels, ...[parameters, ...Object.values(state)].flatMap((tree) => Object.values(tree))])
        y.dispose();
      step.dispose();
    },
  };
}

/** First moments or velocities, second moments, and the number of steps. */
type State = Readonly<Record<"m" | "v" | "steps", Parameters>>;

function stateOf(problem: Perceptron | ResNet, tensors: Tensors, names: readonly string[]): State {
  const zeros = () => Object.fromEntries(names.map((name) => [name, np.zeros([...specOf(tensors, name).shape])]));
  const isAdam = problem.kind === "mlp" && problem.optimizer === "adam";
  const m = isAdam || problem.kind === "resnet" ? zeros() : {};
  return { m, v: isAdam ? zeros() : {}, steps: isAdam ? { count: np.array(0, { dtype: np.float32 }) } : {} };
}

type Update = (
  parameters: Parameters,
  gradients: Parameters,
  state: State,
  names: readonly string[],
) => [Parameters, State];

function updateOf(problem: Perceptron | ResNet): Update {
  if (problem.kind === "resnet") return momentum;
  return problem.optimizer === "sgd" ? sgd : adam;
}

const each = (names: readonly string[], f: (name: string) => T) =>
  Object.fromEntries(names.map((name) => [name, f(name)]));
const at = (tree: Parameters, name: string) => tree[name] as T;

const sgd: Update = (parameters, gradients, state, names) => [
  each(names, (name) => np.subtract(at(parameters, name), np.multiply(at(gradients, name), 0.01))),
  state,
];

const momentum: Update = (parameters, gradients, state, names) => {
  const m = each(names, (name) => np.add(np.multiply(at(state.m, name), 0.9), at(gradients, name)));
  return [
    each(names, (name) => np.subtract(at(parameters, name), np.multiply(at(m, name).ref, 0.01))),
    { ...state, m },
  ];
};

const adam: Update = (parameters, gradients, state, names) => {
  const count = np.add(at(state.steps, "count"), 1);
  const power = (beta: number) => np.subtract(1, np.exp(np.multiply(count.ref, Math.log(beta))));
  const [first, second] = [power(0.9), np.sqrt(power(0.999))];
  const m = each(names, (name) =>
    np.add(np.multiply(at(state.m, name), 0.9), np.multiply(at(gradients, name).ref, 0.1)),
  );
  const v = each(names, (name) =>
    np.add(np.multiply(at(state.v, name), 0.999), np.multiply(np.square(at(gradients, name)), 0.001)),
  );
  const moved = each(names, (name) => {
    const size = np.add(np.divide(np.sqrt(at(v, name).ref), second.ref), 1e-8);
    const move = np.divide(np.divide(np.multiply(at(m, name).ref, 1e-3), first.ref), size);
    return np.subtract(at(parameters, name), move);
  });
  return [moved, { m, v, steps: { count } }];
};

function perceptron(x: T, layers: number, of: (name: string) => T): T {
  let h = x;
  for (let i = 0; i < layers; i++) {
    const y = np.add(np.matmul(h, np.matrixTranspose(of(`${2 * i}.weight`))), of(`${2 * i}.bias`));
    h = i + 1 < layers ? nn.relu(y) : y;
  }
  return h;
}

function resnet(x: T, problem: ResNet, of: (name: string) => T): T {
  const convolved = (h: T, at: string, convolution: string, norm: string, stride: number) =>
    normalized(
      convolve(h, of(`${at}${convolution}.weight`), stride, 1),
      of(`${at}${norm}.weight`),
      of(`${at}${norm}.bias`),
    );
  let h = nn.relu(convolved(x, "", "conv1", "bn1", 1));
  for (const [name, inChannels, out, stride] of blocksOf(problem)) {
    const inner = nn.relu(convolved(h.ref, `${name}.`, "conv1", "bn1", stride));
    const branch = convolved(inner, `${name}.`, "conv2", "bn2", 1);
    h = nn.relu(np.add(branch, shortcut(h, out - inChannels, stride)));
  }
  return np.add(np.matmul(np.mean(h, [2, 3]), np.matrixTranspose(of("linear.weight"))), of("linear.bias"));
}

/** Every second row and column, by windows of one pixel, as slices have no steps there; and zero channels on both sides. */
function shortcut(h: T, extra: number, stride: number): T {
  if (stride === 1) return h;
  const sampled = lax.reduceWindow(h, (w) => np.max(w), [1, 1], [stride, stride]);
  const before = Math.floor(extra / 2);
  return np.pad(sampled, [
    [0, 0],
    [before, extra - before],
    [0, 0],
    [0, 0],
  ]);
}
