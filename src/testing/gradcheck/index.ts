/** Gradient checks, without any other package: livegrad/testing/gradcheck. */
export { type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.js";
export {
  type CheckName,
  type DerivativeComparison,
  GradcheckError,
  type GradcheckFailure,
  type GradcheckResult,
  type SkippedDerivative,
} from "./result.js";
export type { CheckedFunction, CheckedInputs } from "./subject.js";
