/** The gradient of log-softmax. */
import { grainOf, type Plan, unitLength } from "./plan.js";

/** The plan of `logSoftmaxGrad` of kernels/softmax.ts. */
export const logSoftmaxGrad: Plan = ({ threads: [x, y, z], constants = {} }, { out, inputs, words }) => {
  const lines = y * z;
  const ofUnit = Math.ceil(unitLength / x);
  const units = Math.ceil(lines / ofUnit);
  words[0] = out;
  words[1] = x;
  words[2] = constants["rowX"] === 1 ? y : 0;
  words[3] = ofUnit;
  words[4] = lines;
  for (let i = 0; i < inputs.length; i++) words[5 + i] = inputs[i] as number;
  return { name: "logSoftmaxGrad", units, grain: grainOf(units, 20 * lines * x) };
};
