/** Ops that compute element by element. */

export * from "./activation.js";
export * from "./arithmetic.js";
export * from "./compare.js";
export { pow } from "./power.js";
export {
  abs,
  type ClampOptions,
  clamp,
  cos,
  erf,
  exp,
  expm1,
  log,
  reciprocal,
  rsqrt,
  sign,
  sin,
  sqrt,
  square,
  tanh,
  type UnaryOp,
} from "./unary.js";
