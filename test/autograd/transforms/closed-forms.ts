/** Functions whose derivatives are known in closed form. */
import { logSoftmax, type Tensor } from "../../../src/index.js";

/** (1 − x)² + 100 (y − x²)² (Rosenbrock 1960). */
export function rosenbrock(p: Tensor): Tensor {
  const x = p.slice({ start: [0], end: [1] });
  const y = p.slice({ start: [1] });
  return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)).sum();
}

/** Its gradient. */
export function rosenbrockGradient(x: number, y: number): number[] {
  return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
}

/** Its Hessian. */
export function rosenbrockHessian(x: number, y: number): number[][] {
  return [
    [2 - 400 * (y - 3 * x * x), -400 * x],
    [-400 * x, 200],
  ];
}

/** xᵀAx, for a vector x. */
export function quadratic(A: Tensor, x: Tensor): Tensor {
  return x.unsqueeze(0).matmul(A).matmul(x.unsqueeze(1)).sum();
}

/** −log softmax(logits)[label]. */
export function crossEntropyOf(logits: Tensor, label: number): Tensor {
  return logSoftmax(logits, { axis: 0 })
    .slice({ start: [label], end: [label + 1] })
    .neg()
    .sum();
}
