/** livegrad itself, as it is built, on one of its devices. */
import * as lg from "../../../src/index.js"; // the bundle of `build.ts` takes the built package instead
import { version } from "../../../src/version.js";
import { type Framework, lacking, numbers, parameterNames, specOf, type Task } from "../framework.js";
import type { Convolution, Perceptron, Problem, ResNet, Tensors } from "../problem.js";

type Tensor = lg.Tensor;
type Compute = () => readonly Tensor[];

/** livegrad on the device of the option `device`. */
export async function start({ device = "" }: Readonly<Record<string, string>>): Promise<Framework> {
  lg.setDevice(device as lg.DeviceName);
  if (!lg.currentDevice().synchronous) throw new Error(`${device} cannot be read at once`);
  const threads = process.env["LIVEGRAD_THREADS"];
  const detail = `${lg.currentDevice().provenance}${threads === undefined ? "" : `, LIVEGRAD_THREADS=${threads}`}`;
  return { version, detail, task };
}

function task(problem: Problem, tensors: Tensors): Task {
  const input = (name: string, requiresGrad = false) =>
    lg.tensor(numbers(tensors, name), { shape: [...specOf(tensors, name).shape], requiresGrad });
  switch (problem.kind) {
    case "matmul": {
      const [a, b] = [input("a"), input("b")];
      return computing(() => [lg.noGrad(() => lg.matmul(a, b))]);
    }
    case "conv2d":
      return computing(convolution(problem, input));
    case "batchNorm": {
      const leaves = [input("x", true), input("weight", true), input("bias", true)] as const;
      return computing(withGradients(() => lg.batchNorm(...leaves, { training: true }), leaves, input("gradOutput")));
    }
    case "maxPool": {
      const x = input("x", true);
      const { kernel: kernelSize } = problem;
      return computing(withGradients(() => lg.maxPool2d(x, { kernelSize }), [x], input("gradOutput")));
    }
    case "mlp":
    case "resnet":
      return training(problem, tensors, input);
    case "add":
      return adding(input("a", true), input("b", true));
    default:
      return lacking("not a matter of frameworks");
  }
}

type Input = (name: string, requiresGrad?: boolean) => Tensor;

function convolution({ stride, padding, groups, gradients }: Convolution, input: Input): Compute {
  const [x, weight] = [input("x", gradients), input("weight", gradients)];
  const forward = () => lg.conv2d(x, weight, null, { stride, padding, groups });
  if (!gradients) return () => [lg.noGrad(forward)];
  return withGradients(forward, [x, weight], input("gradOutput"));
}

function withGradients(forward: () => Tensor, leaves: readonly Tensor[], gradOutput: Tensor): Compute {
  return () => {
    const y = forward();
    return [y, ...(lg.gradients(y, [...leaves], { gradOutput }) as Tensor[])];
  };
}

/** Waits for a device that works on its own. */
function finish(tensors: readonly Tensor[]): void {
  if (!lg.currentDevice().hostMemory) for (const tensor of tensors) tensor.dataSync();
}

function computing(compute: Compute): Task {
  return {
    run: () => lg.tidy(() => finish(compute())),
    results: () => lg.tidy(() => compute().map((tensor) => tensor.dataSync())),
  };
}

/** What was recorded is let go when the next sum is made, as a loop does that keeps its latest result. */
function adding(a: Tensor, b: Tensor): Task {
  let sum = lg.add(a, b);
  return {
    run: () => {
      sum.dispose();
      sum = lg.add(a, b);
    },
    results: () => [sum.dataSync()],
    dispose: () => sum.dispose(),
  };
}

function training(problem: Perceptron | ResNet, tensors: Tensors, input: Input): Task {
  const random = lg.generator(0);
  const model =
    problem.kind === "resnet"
      ? lg.cifarNet({ depth: problem.depth, width: problem.width, generator: random })
      : perceptron(problem.widths, random);
  const state = Object.fromEntries(parameterNames(tensors).map((name) => [name, input(name)]));
  model.loadStateDict(state, { strict: problem.kind === "mlp" }); // a net's running statistics are not among them
  const parameters = [...model.parameters()];
  const optimizer = optimizerOf(problem, parameters);
  const images = input("x");
  const labels = lg.tensor(numbers(tensors, "labels"), { dtype: "int32" });
  let loss = Number.NaN;
  return {
    run: () => {
      loss = lg.tidy(() => {
        const loss = lg.crossEntropy(model.forward(images), labels);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss.itemSync();
      }) as number;
    },
    results: () => [[loss]],
  };
}

function perceptron(widths: readonly number[], random: lg.Generator): lg.Sequential {
  const layers = widths.slice(1).flatMap((width, i) => {
    const linear = new lg.Linear(widths[i] as number, width, { generator: random });
    return i + 2 < widths.length ? [linear, new lg.ReLU()] : [linear];
  });
  return new lg.Sequential(...layers);
}

function optimizerOf(problem: Perceptron | ResNet, parameters: readonly Tensor[]): lg.Optimizer {
  if (problem.kind === "resnet") return new lg.SGD(parameters, { lr: 0.01, momentum: 0.9 });
  return problem.optimizer === "sgd" ? new lg.SGD(parameters, { lr: 0.01 }) : new lg.Adam(parameters);
}
