/** customGradient: a function that brings its own backward rule. */
import { refuseAsync } from "../../device/synchronous.js";
import { DTypeError, describe, GradientError, ValueError } from "../../errors.js";
import { isFloat } from "../dtype.js";
import { isRecording, withRecording } from "../modes.js";
import { TapeNode, tapePosition } from "../tape.js";
import { Tensor } from "../tensor.js";
import { checkTransform, dependenciesOf, variable } from "./record.js";

/** What a function with a rule of its own returns.
 * @category Function transforms */
export interface CustomGradient {
  /** The result, a float tensor. */
  readonly value: Tensor;
  /** One gradient per argument, null where there is none; made of ops. `value` is the recorded result: what is read of
   * this one is, in a second derivative, differentiated by the rule itself. */
  readonly backward: (gradOutput: Tensor, value: Tensor) => readonly (Tensor | null)[];
}

/** Gives a function of tensors a backward rule of its own, in the place of that of the ops it is made of.
 *
 * ```ts
 * const clipped = customGradient((x: Tensor) => ({
 *   value: x,
 *   backward: (gradOutput) => [gradOutput.clamp({ min: -1, max: 1 })],
 * }));
 * ```
 *
 * The rule may read the arguments and whatever the function computed from them. Further derivatives are those of the rule.
 * An op with options, optional inputs or broadcasting is a case for `defineOp`.
 * @param fn captures only what requires no gradient, while its rule may capture anything; its name is what errors call it
 * @throws GradientError if `fn` captures what requires a gradient, or its rule returns the wrong number of gradients or a
 * wrong shape; ValueError if an argument is not a tensor
 * @category Function transforms */
export function customGradient<Inputs extends readonly Tensor[]>(
  fn: (...inputs: Inputs) => CustomGradient,
): (...inputs: Inputs) => Tensor {
  checkTransform("customGradient", fn);
  const op = fn.name === "" ? "customGradient" : fn.name;
  return (...inputs) => {
    for (const x of inputs) {
      if (!(x instanceof Tensor)) throw new ValueError(op, `its arguments must be tensors, got ${describe(x)}`);
    }
    if (!isRecording()) return checked(op, fn(...inputs)).value.detach();
    const needsGrad = inputs.map((x) => x.requiresGrad);
    const since = tapePosition();
    const own = inputs.map((x, i) => (needsGrad[i] ? variable(x) : x)) as unknown as Inputs;
    const { value, backward } = checked(
      op,
      withRecording(true, () => fn(...own), op),
    );
    const variables = new Set(own.map(({ node }) => node));
    if (dependenciesOf([value], since, variables).outside) {
      throw new GradientError(
        op,
        "its function captured a tensor that requires a gradient, which its rule could not give; pass it as an argument, " +
          "or through stopGradient",
      );
    }
    const output = value.detach();
    if (!needsGrad.includes(true)) return output;
    output.node = new TapeNode({
      op,
      inputs,
      saved: [],
      outputShape: output.shape,
      needsGrad,
      isOpaque: true,
      backward: (gradOutput) => backward(gradOutput, output),
    });
    return output;
  };
}

function checked(op: string, returned: CustomGradient): CustomGradient {
  const result = refuseAsync(op, returned);
  if (!(result?.value instanceof Tensor) || typeof result.backward !== "function") {
    throw new GradientError(op, "its function must return { value: a tensor, backward: a function }");
  }
  if (!isFloat(result.value.dtype)) {
    throw new DTypeError(op, `only float tensors have gradients, its value is ${result.value.dtype}`, {
      actual: result.value.dtype,
    });
  }
  return result;
}
