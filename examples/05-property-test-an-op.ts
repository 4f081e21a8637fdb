/** The property tests of an op: a right rule passes them all, a wrong one is caught and shrunk to its smallest case. */
import { defineOp, mul, type Op, sub, type Tensor, tanh, tensor } from "livegrad";
import { gradcheck, type OpProperty, opProperties, PropertyError } from "livegrad/testing";

/** tanh(x)², whose derivative is 2 tanh(x) (1 − tanh(x)²). */
const tanhSquared: Op<[x: Tensor]> = defineOp({
  name: "tanhSquared",
  forward: ([x]) => {
    const t = tanh(x);
    return { output: mul(t, t), saved: { x } };
  },
  backward: (gradOutput, { x }) => {
    const t = tanh(x);
    return [mul(gradOutput, mul(mul(2, t), sub(1, mul(t, t))))];
  },
});

/** The same op, whose rule forgets the sign of t: it is right wherever x is positive. */
const forgetful: Op<[x: Tensor]> = defineOp({
  name: "forgetful",
  forward: ([x]) => {
    const t = tanh(x);
    return { output: mul(t, t), saved: { x } };
  },
  backward: (gradOutput, { x }) => {
    const t = tanh(x).abs();
    return [mul(gradOutput, mul(mul(2, t), sub(1, mul(t, t))))];
  },
});

/** The same once more, with a number in place of the recorded tensor: the first derivative is right, the second is not. */
const detached: Op<[x: Tensor]> = defineOp({
  name: "detached",
  forward: ([x]) => {
    const t = tanh(x);
    return { output: mul(t, t), saved: { x } };
  },
  backward: (gradOutput, { x }) => {
    const t = tanh(x.detach());
    return [mul(gradOutput, mul(mul(2, t), sub(1, mul(t, t))))];
  },
});

/** What a test runner does with them: `for (const { name, check } of opProperties(op)) it(name, check);` */
async function report(op: string, properties: readonly OpProperty[]): Promise<string[]> {
  console.log(`\n${op}`);
  const failed: string[] = [];
  for (const { name, check } of properties) {
    try {
      await check();
      console.log(`  ✓ ${name}`);
    } catch (error) {
      if (!(error instanceof PropertyError)) throw error;
      console.log(`  ✗ ${name}\n${error.message.replaceAll(/^/gm, "      ")}`);
      failed.push(name);
    }
  }
  return failed;
}

const right = await report("tanhSquared", opProperties(tanhSquared, { devices: ["cpu"] }));
const once = await report("forgetful", opProperties(forgetful));
const twice = await report("detached", opProperties(detached));

const found = JSON.stringify([right, once, twice]);
const expected = [
  [],
  ["has the gradient of central differences"],
  ["has the second derivative of central differences"],
];
if (found !== JSON.stringify(expected)) throw new Error(`the properties found something else: ${found}`);

// At one point, of any function of tensors: a gradient check, which skips what stands on a kink and says so.
console.log(`\n${gradcheck((x: Tensor) => tanhSquared(x).mul(x.relu()).sum(), tensor([0.5, 0, -1])).message}`);
