/** Signatures of the ops that compute element by element. */
import fc from "fast-check";
import {
  anyTensor,
  axis,
  bool,
  boolTowards,
  filler,
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
import {
  broadcast,
  dims,
  each,
  entry,
  numberIn,
  place,
  type Signature,
  type Signatures,
  sameShape,
} from "./promise.js";

const unary =
  "abs acos acosh asin asinh atan atanh ceil cos cosh digamma erf erfc erfinv exp exp2 expm1 floor frac hardSigmoid hardSwish identity lgamma log log10 log1p log2 logSigmoid " +
  "mish neg reciprocal relu relu6 rsqrt selu sigmoid sign silu sin sinh softsign sqrt square tan tanh tanhshrink trunc";
const binary =
  "add sub mul div fmod remainder floorDivide pow maximum minimum atan2 hypot logaddexp xlogy equal notEqual greater greaterEqual less lessEqual";

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
  clamp: {
    args: [
      float("AB"),
      options({ min: fc.oneof(real(-2, 1), towards("AB")), max: fc.oneof(real(0, 2), towards("B")) }),
    ],
    shape: ([x, given]) => broadcast(x, entry(given, "min"), entry(given, "max")),
  },
  dropout: sameShape(options({ p: real(0, 1), training: flag, generator: random })),
  dropout2d: {
    args: [float("CHW", "NCHW"), options({ p: real(0, 1), training: flag, generator: random })],
    shape: ([x]) => dims(x),
  },
  elu: sameShape(options({ alpha: real(-1, 2) })),
  gelu: sameShape(options({ approximate: oneOf("none", "tanh") })),
  glu: {
    args: [
      float(
        (size) => [2 * size("A"), size("B")],
        (size) => [size("A"), 2 * size("B")],
        "A",
      ),
      options({ axis }),
    ],
    shape: ([x, given]) => {
      const at = place(numberIn(given, "axis", -1), dims(x).length);
      return dims(x).map((n, i) => (i === at ? n / 2 : n));
    },
  },
  ...each("hardshrink softshrink", sameShape(options({ lambd: real(-1, 2) }))),
  hardTanh: sameShape(options({ minVal: real(-2, 0), maxVal: real(0, 2) })),
  lerp: { args: [towards("AB"), towards("AB"), operand], shape: (given) => broadcast(...given) },
  logit: sameShape(options({ eps: real(-0.25, 0.5) })),
  nanToNum: sameShape(options({ nan: filler, posinf: real(-1, 9), neginf: real(-9, 1) })),
  prelu: { args: [float("ABC", "AB", "A"), float("B", "B", "1")], shape: ([x]) => dims(x) },
  leakyRelu: sameShape(options({ negativeSlope: real(-1, 1) })),
  round: sameShape(options({ decimals: whole(-2, 2) })),
  softplus: sameShape(options({ beta: real(-1, 3), threshold: real(-1, 20) })),
  threshold: sameShape(options({ threshold: real(-1, 1), value: filler }, ["threshold", "value"])),
  to: { args: [float(), oneOf("cpu", "reference", "webgpu")], shape: ([x]) => dims(x) },
};
