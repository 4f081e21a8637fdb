/** Signatures of losses. */
import fc from "fast-check";
import { flag, float, int, oneOf, options, real, share, signs, towards, whole } from "./arguments.js";
import { dims, each, loss, type Signatures } from "./promise.js";

const any = ["", "N", "NC", "NCL"];
const reduction = oneOf("mean", "sum", "none");
const ofInput = ([x]: readonly unknown[]) => dims(x);
const perExample = ([x]: readonly unknown[]) => dims(x).filter((_, i) => i !== (dims(x).length > 1 ? 1 : 0));
const classes = { reduction, weight: float("C"), ignoreIndex: whole(-2, 3) };
const [scores, labels] = [float("C", "NC", "NCL"), int("", "N", "NL")];

export const lossSignatures: Signatures = {
  ...each("mseLoss l1Loss", loss(ofInput, float(...any), float(...any), options({ reduction }))),
  smoothL1Loss: loss(ofInput, float(...any), float(...any), options({ reduction, beta: real(0, 2) })),
  huberLoss: loss(ofInput, float(...any), float(...any), options({ reduction, delta: real(0, 2) })),
  bce: loss(ofInput, share(...any), share(...any), options({ reduction, weight: towards("NC") })),
  bceWithLogits: loss(
    ofInput,
    float("NC", "C"),
    share("NC", "C"),
    options({ reduction, weight: towards("C"), posWeight: towards("C") }),
  ),
  klDiv: loss(
    ofInput,
    float(...any),
    share(...any),
    options({ reduction: oneOf("mean", "sum", "none", "batchmean"), logTarget: flag }),
  ),
  poissonNllLoss: loss(
    ofInput,
    float(...any),
    share(...any),
    options({ reduction, logInput: flag, full: flag, eps: real(0, 1) }),
  ),
  hingeEmbeddingLoss: loss(ofInput, float(...any), signs(...any), options({ reduction, margin: real(-1, 1) })),
  softMarginLoss: loss(ofInput, float(...any), signs(...any), options({ reduction })),
  marginRankingLoss: loss(
    ofInput,
    float(...any),
    float(...any),
    signs(...any),
    options({ reduction, margin: real(-1, 1) }),
  ),
  cosineEmbeddingLoss: loss(
    ([x]) => dims(x).slice(0, -1),
    float("D", "ND"),
    float("D", "ND"),
    signs("", "N"),
    options({ reduction, margin: real(-1, 1) }),
  ),
  tripletMarginLoss: loss(
    ([x]) => dims(x).slice(0, -1),
    float("D", "ND"),
    float("D", "ND"),
    float("D", "ND"),
    options({ reduction, margin: real(-1, 1), p: real(1, 3), eps: real(0, 1), swap: flag }),
  ),
  gaussianNllLoss: loss(
    ofInput,
    float("N", "NC"),
    float("N", "NC"),
    share("N", "NC", "N", "N1"),
    options({ reduction, full: flag, eps: real(0, 1) }),
  ),
  multiMarginLoss: loss(
    ([, target]) => dims(target),
    float("C", "NC"),
    int("", "N"),
    options({ reduction, p: oneOf(1, 2), margin: real(-1, 1), weight: float("C") }),
  ),
  nllLoss: loss(perExample, scores, labels, options(classes)),
  ctcLoss: loss(
    ([x]) => (dims(x).length === 3 ? dims(x).slice(1, 2) : []),
    float(
      (size) => [size("T"), size("N"), size("C") + 1],
      (size) => [size("T"), size("C") + 1],
    ),
    int("NS", "S"),
    options(
      {
        reduction,
        blank: oneOf(1, 1, 1, 0, 2), // the labels are mostly 0
        inputLengths: fc.oneof(whole(0, 2), int("N")),
        targetLengths: fc.oneof(whole(0, 1), int("N")),
        zeroInfinity: flag,
      },
      ["blank"],
    ),
  ),
  crossEntropy: loss(perExample, scores, labels, options({ ...classes, labelSmoothing: real(0, 1) })),
};
