/** What another project does with the package: one program, as each kind of module. */

/** The last thing that every program prints. */
export const expected = "d(Σx²)/dx = 2,4,6";

const names = "backward, conv2d, crossEntropy, generator, Linear, matmul, ones, randn, SGD, softmax, sum, tensor";

/** Gradients, their checks by finite differences, a product large enough for threads, and a step of training. */
const body = `
const x = tensor([1, 2, 3], { requiresGrad: true });
backward(sum(x.mul(x)));
const random = { generator: generator(0) };
const draw = { ...random, requiresGrad: true };
const checked = [
  [(t) => t.mul(t), [x]],
  [matmul, [randn([2, 3], draw), randn([3, 2], draw)]],
  [(t) => softmax(t, { axis: 1 }), [randn([2, 3], draw)]],
  [conv2d, [randn([1, 2, 4, 4], draw), randn([3, 2, 3, 3], draw)]],
];
for (const [op, inputs] of checked) if (!gradcheck(op, inputs).passed) throw new Error("gradcheck fails on " + op);
if (matmul(ones([512, 512]), ones([512, 512])).dataSync()[512] !== 512) throw new Error("a row of ones times a column of ones");
const layer = new Linear(3, 2, random);
const optimizer = new SGD(layer.parameters(), { lr: 0.1 });
const loss = () => crossEntropy(layer.forward(ones([1, 3])), tensor([1], { dtype: "int32" }));
const before = loss();
before.backward();
optimizer.step();
if (!(loss().itemSync() < before.itemSync())) throw new Error("a step of training made the loss no smaller");
console.log("d(Σx²)/dx = " + x.grad.dataSync().join());
`;

/** As an ES module. */
export const esModule: string = `
import { ${names} } from "livegrad";
import { gradcheck } from "livegrad/testing/gradcheck"; // the one part of livegrad/testing that needs no other package
${body}`;

/** As CommonJS. */
export const commonJs: string = `
const { ${names} } = require("livegrad");
const { gradcheck } = require("livegrad/testing/gradcheck");
${body}`;

/** Both kinds in one program are two copies, which do not take each other's tensors. */
export const bothKinds: string = `
const { tensor } = require("livegrad");
import("livegrad").then(({ sum }) => {
  try {
    sum(tensor([1]));
  } catch (error) {
    console.log(error.message);
  }
});
`;

/** A test of Jest, and of Vitest with its globals. @param load how the package comes in */
function testProgram(load: (names: string, id: string) => string): string {
  return `
${load("backward, sum, tensor", "livegrad")}
${load("tensorMatchers", "livegrad/testing/vitest")}
${load("readSafetensors, writeSafetensors", "livegrad/io")}
${load("EXPLODED_ABOVE, VANISHED_BELOW", "livegrad/report")}
expect.extend(tensorMatchers);
test("the entry of reports loads", () => {
  expect(VANISHED_BELOW).toBeLessThan(EXPLODED_ABOVE);
});
test("the entry of files loads", () => {
  expect(readSafetensors(writeSafetensors({})).tensors.size).toBe(0);
});
test("d(Σx²)/dx is 2x", () => {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  backward(sum(x.mul(x)));
  expect(x.grad).toBeCloseToTensor([2, 4, 6]);
  expect(() => expect(x.grad).toBeCloseToTensor([2, 4, 5])).toThrow("toBeCloseToTensor");
});
`;
}

/** For Jest. */
export const jestTest: string = testProgram((names, id) => `const { ${names} } = require("${id}");`);

/** For Vitest. */
export const vitestTest: string = testProgram((names, id) => `import { ${names} } from "${id}";`);

/** In TypeScript, every entry that needs no other package. */
export const typed: string = `
import { type Tensor, backward, cifar10, defineOp, generator, gradientFlow, Linear, mul, type Op, sum, tensor } from "livegrad";
import { type NamedArray, readPth } from "livegrad/io";
import { traceCsv } from "livegrad/report";
import { gradcheck } from "livegrad/testing/gradcheck";
import { tensorMatchers } from "livegrad/testing/vitest";
import "livegrad/gpu";
export const x: Tensor = tensor([1, 2, 3], { requiresGrad: true });
export const cube: Op<[x: Tensor]> = defineOp({
  name: "cube",
  forward: ([x]) => ({ output: mul(x, mul(x, x)), saved: { x } }),
  backward: (gradOutput, { x }) => [mul(gradOutput, mul(3, mul(x, x)))],
});
backward(sum(cube(x)));
export const gradient: Tensor | null = x.grad;
export const passed: boolean = gradcheck(cube, [x]).passed;
export const column: Tensor = x.reshape([3, 1]);
export const layer = new Linear(3, 2, { generator: generator(0), bias: undefined });
export const csv = async (): Promise<string> => traceCsv(await gradientFlow({ depths: [8], signal: { aborted: false } }));
export const array: NamedArray = { dtype: "bool", shape: [1], data: Uint8Array.of(1) };
export const others = [cifar10, readPth, tensorMatchers];
// @ts-expect-error a shape is made of numbers
x.reshape(["two"]);
`;

/** What TypeScript 5.2 and later know where \`lib\` has Symbol.dispose, and AbortSignal. */
export const typedUsing: string = `
export function norm(signal: AbortSignal): number {
  using y = x.mul(x);
  void gradientFlow({ signal });
  return y.sum().itemSync();
}
`;
