/** How much work a problem is. */
import { tileFlops, tiles } from "./frameworks/limits-wat.js";
import { blocksOf, type Convolution, outputSize, type Perceptron, type Problem, type ResNet } from "./problem.js";

/** Floating-point operations, a product and a sum being two; null where they are not what takes the time. */
export function flopsOf(problem: Problem): number | null {
  switch (problem.kind) {
    case "matmul":
      return 2 * problem.size ** 3;
    case "conv2d":
      return convolutionFlops(problem);
    case "mlp":
      return perceptronFlops(problem);
    case "resnet":
      return resnetFlops(problem);
    case "limit":
      return problem.of === "copy" ? null : tileFlops(tiles[problem.of]);
    default:
      return null;
  }
}

function convolutionFlops(problem: Convolution): number {
  const { batch, inChannels, outChannels, kernel, groups, gradients } = problem;
  const cells = batch * outChannels * outputSize(problem) ** 2;
  return 2 * cells * (inChannels / groups) * kernel ** 2 * (gradients ? 3 : 1);
}

function perceptronFlops({ batch, widths }: Perceptron): number {
  const weights = widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] as number), 0);
  const first = (widths[0] as number) * (widths[1] as number);
  return 2 * batch * (3 * weights - first); // the first layer needs no gradient by its input
}

function resnetFlops(problem: ResNet): number {
  const { width, batch } = problem;
  let side = 32;
  let products = 2 * 27 * width * side ** 2;
  for (const [, inChannels, out, stride] of blocksOf(problem)) {
    side /= stride;
    products += 3 * 9 * (inChannels + out) * out * side ** 2;
  }
  return 2 * batch * (products + 3 * 40 * width);
}
