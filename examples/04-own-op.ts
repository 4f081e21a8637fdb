/** An op of one's own: softplus with its own kernel and its own backward, checked by finite differences. */
import {
  defineOp,
  type Flat,
  gradients,
  type KernelThis,
  mul,
  type Op,
  run,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  withDevice,
} from "livegrad";

/** log(1 + eˣ), written so that eˣ cannot overflow. Every device compiles this text, so it stands alone. */
function softplusKernel(this: KernelThis, x: Flat): number {
  return Math.max(x[this.thread.x] as number, 0) + Math.log(1 + Math.exp(-Math.abs(x[this.thread.x] as number)));
}

const softplus: Op<[x: Tensor]> = defineOp({
  name: "softplus",
  forward: ([x]) => ({ output: run(softplusKernel, [x]), saved: { x } }),
  backward: (gradOutput, { x }) => [mul(gradOutput, sigmoid(x))], // softplus′ = σ, and σ is an op with a derivative
});

const points = [-3, -0.5, 0, 0.5, 3];
const h = 1e-4; // good in float64; float32 would want 2⁻⁸

/** The op's value and first and second derivative at every point, from its own backward. */
function derivatives(): { readonly first: number[]; readonly second: number[] } {
  const x = tensor(points, { requiresGrad: true });
  const [first] = gradients(sum(softplus(x)), [x], { createGraph: true });
  if (!first) throw new Error("softplus has no gradient");
  const [second] = gradients(sum(first), [x]);
  return { first: [...first.dataSync()], second: [...(second?.dataSync() ?? [])] };
}

function value(x: number): number {
  return softplus(tensor([x])).itemSync();
}

withDevice("reference", () => {
  const { first, second } = derivatives();
  console.log("     x   softplus′ differences   softplus″ differences");
  let worst = 0;
  points.forEach((x, i) => {
    const slope = (value(x + h) - value(x - h)) / (2 * h);
    const bend = (value(x + h) - 2 * value(x) + value(x - h)) / h ** 2;
    worst = Math.max(worst, Math.abs(slope - (first[i] ?? 0)), Math.abs(bend - (second[i] ?? 0)));
    const numbers = [first[i] ?? 0, slope, second[i] ?? 0, bend].map((n) => n.toFixed(6).padStart(12));
    console.log(String(x).padStart(6) + numbers.join(""));
  });
  console.log(`largest difference: ${worst.toExponential(1)}`);
  if (worst > 1e-6) throw new Error("the backward of softplus is wrong");
});
console.log(
  "the same kernel on the default device:",
  [...(await softplus(tensor(points)).data())].map((y) => y.toFixed(4)).join(" "),
);
