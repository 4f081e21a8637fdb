/** Signatures of the ops that compute element by element. */
import {
  anyTensor,
  bool,
  boolTowards,
  flag,
  float,
  oneOf,
  operand,
  options,
  random,
  real,
  towards,
  whole,
} from "./arguments.js";
import { broadcast, dims, each, type Signature, type Signatures, sameShape } from "./promise.js";

const unary =
  "abs acos acosh asin asinh atan atanh ceil cos cosh erf exp expm1 floor hardSigmoid hardSwish identity log log1p logSigmoid " +
  "mish neg reciprocal relu relu6 rsqrt selu sigmoid sign silu sin sinh softsign sqrt square tan tanh";
const binary = "add sub mul div pow maximum minimum atan2 equal notEqual greater greaterEqual less lessEqual";

const pairwise = (...args: Signature["args"]): Signature => ({ args, shape: (given) => broadcast(...given) });

export const elementwiseSignatures: Signatures = {
  ...each(unary, sameShape()),
  ...each(binary, pairwise(operand, operand)),
  ...each("logicalAnd logicalOr logicalXor", pairwise(boolTowards("AB"), boolTowards("AB"))),
  ...each("isNaN isFinite isInf", { args: [anyTensor], shape: ([x]) => dims(x) }),
  logicalNot: { args: [bool()], shape: ([x]) => dims(x) },
  where: pairwise(boolTowards("ABC"), operand, towards("ABC")),
  cast: { args: [anyTensor, oneOf("float64", "int32", "bool")], shape: ([x]) => dims(x) },
  celu: sameShape(options({ alpha: real(-1, 2) })),
  clamp: sameShape(options({ min: real(-2, 1), max: real(0, 2) })),
  dropout: sameShape(options({ p: real(0, 1), training: flag, generator: random })),
  elu: sameShape(options({ alpha: real(-1, 2) })),
  gelu: sameShape(options({ approximate: oneOf("none", "tanh") })),
  hardTanh: sameShape(options({ minVal: real(-2, 0), maxVal: real(0, 2) })),
  leakyRelu: sameShape(options({ negativeSlope: real(-1, 1) })),
  round: sameShape(options({ decimals: whole(-2, 2) })),
  softplus: sameShape(options({ beta: real(-1, 3), threshold: real(-1, 20) })),
  to: { args: [float(), oneOf("cpu", "reference", "webgpu")], shape: ([x]) => dims(x) },
};
