/** Tensors: making them, computing with them, reading them, and asking for a gradient. */
import { add, generator, gradients, matmul, mean, mul, randn, sum, tensor, withDevice } from "livegrad";

const a = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const row = tensor([10, 20, 30]);

console.log(String(a));
console.log("a + row, broadcast over the rows:", JSON.stringify(await add(a, row).array()));
console.log("a · aᵀ:", JSON.stringify(await matmul(a, a.transpose()).array()));
console.log("mean of each column:", JSON.stringify(await mean(a, { axis: 0 }).array()));

// Randomness is an explicit generator: the same seed gives the same numbers on every device.
console.log("three normal numbers:", JSON.stringify(await randn([3], { generator: generator(42) }).array()));

// A leaf that requires a gradient is watched; backward fills its .grad.
const x = tensor([1, 2, 3], { requiresGrad: true });
const y = sum(mul(x, mul(x, x)));
y.backward();
console.log("\ny = Σ x³ =", await y.item());
console.log("dy/dx = 3x² =", JSON.stringify(await x.grad?.array()));

// Backward rules are made of ops, so a gradient has a gradient.
const [first] = gradients(sum(mul(x, mul(x, x))), [x], { createGraph: true });
if (first) {
  const [second] = gradients(sum(first), [x]);
  console.log("d²y/dx² = 6x =", JSON.stringify(await second?.array()));
}

// Every device runs the same kernels; the reference device runs them in float64.
for (const name of ["cpu", "reference"] as const) {
  const third = withDevice(name, () => tensor([1]).div(3));
  console.log(`1/3 on ${name.padEnd(9)} (${third.dtype}): ${await third.item()}`);
}
