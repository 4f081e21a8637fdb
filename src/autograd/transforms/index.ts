/** All function transforms. */
export { checkpoint } from "./checkpoint.js";
export { type CustomGradient, customGradient } from "./custom-gradient.js";
export {
  type ArgNumsOptions,
  type GradientsOf,
  grad,
  type ValueAndGrad,
  type ValueAndGradOptions,
  type ValueGradAux,
  valueAndGrad,
} from "./grad.js";
export { hessian, type JacobianOf, jacobian } from "./jacobian.js";
export type { ArgNums } from "./record.js";
export { stopGradient } from "./stop-gradient.js";
export type { Gradient, MapTensors, Tangent } from "./tree.js";
export { type ArgumentsOf, hvp, type Jvp, jvp, type Primals, type Vjp, vjp } from "./vjp.js";
