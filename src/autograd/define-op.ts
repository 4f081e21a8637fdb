/** defineOp: one declaration makes an operation, forward and backward side by side. */
import { DeviceError, DTypeError, describe, GradientError, ValueError } from "../errors.js";
import { isFloat } from "./dtype.js";
import { isRecording, withRecording } from "./modes.js";
import { tellRegions } from "./regions.js";
import { scalarLike } from "./scalar.js";
import { scoped } from "./scope.js";
import { ownByTape, TapeNode } from "./tape.js";
import { Tensor } from "./tensor.js";

/** The tensors an op takes, in order; an optional one may be null.
 * @category Own ops */
export type OpInputs = readonly (Tensor | null)[];

/** What `backward` may want to know beside the gradient and what was saved.
 * @category Own ops */
export interface BackwardContext<Inputs extends OpInputs, Options> {
  /** The inputs of the forward pass, as recorded tensors. Read them only through `saved`, unless for their shape. */
  readonly inputs: Inputs;
  /** The options of the forward pass. */
  readonly options: Options;
  /** Per input, whether anybody asks for its gradient: work for a `false` can be left out, with null in its place. */
  readonly needsGrad: readonly boolean[];
}

/** What `region` may read beside what was saved.
 * @category Own ops */
export interface RegionContext<Inputs extends OpInputs, Options> {
  /** The inputs of the forward pass. */
  readonly inputs: Inputs;
  /** The options of the forward pass. */
  readonly options: Options;
  /** The result. */
  readonly output: Tensor;
}

/** What a forward computes.
 * @category Own ops */
export interface Forward<Saved extends object> {
  /** The result, a new tensor. */
  readonly output: Tensor;
  /** The tensors (and numbers) that `backward` reads, by name. */
  readonly saved?: Saved;
}

/** The declaration of an op.
 * @category Own ops */
export interface OpDefinition<Inputs extends OpInputs, Options, Saved extends object> {
  /** Its name, as errors and the tape show it. */
  readonly name: string;
  /** Whether inputs broadcast against each other: gradients in the output's shape are then summed back by the engine. */
  readonly broadcasts?: boolean;
  /** Computes the output and says what `backward` will read. Nothing in here is recorded. */
  forward(inputs: Inputs, options: Options): Forward<Saved>;
  /** One gradient per input, null where there is none; made of ops, so that it can be differentiated again.
   * `saved` holds the recorded tensors themselves, the output included. */
  backward(gradOutput: Tensor, saved: Saved, context: BackwardContext<Inputs, Options>): readonly (Tensor | null)[];
  /** Declares the kinks of a piecewise op: numbers (bools, indices, signs) that stay the same as long as every element
   * stays on its piece, and change where one crosses a kink. `relu` says `greater(x, 0)`, `max` which elements are the
   * largest. Gradient checkers compare them around a point, since no difference quotient holds across a kink.
   *
   * Computed only while a checker listens, never recorded. An op whose result is no float (a comparison, an index) needs
   * none: its result is its region; so a composite over `where(greater(x, 0), …)` needs none either. */
  region?(saved: Saved, context: RegionContext<Inputs, Options>): Tensor | readonly Tensor[];
}

/** An op as it is called: its tensors (numbers stand for scalars), then its options if it has any.
 * @category Own ops */
export interface Op<Inputs extends OpInputs, Options = undefined> {
  (...args: Options extends undefined ? OpArguments<Inputs> : [...OpArguments<Inputs>, options: Options]): Tensor;
  /** Types only: what the op takes. @internal */
  readonly [signature]?: { readonly inputs: Inputs; readonly options: Options };
}

declare const signature: unique symbol;

/** Tensors, or numbers in their place.
 * @category Own ops */
export type OpArguments<Inputs extends OpInputs> = { [I in keyof Inputs]: Inputs[I] | number };

/** Makes an op of one's own.
 *
 * ```ts
 * const cube: Op<[Tensor]> = defineOp({
 *   name: "cube",
 *   forward: ([x]) => ({ output: mul(x, mul(x, x)), saved: { x } }),
 *   backward: (gradOutput, { x }) => [mul(gradOutput, mul(3, mul(x, x)))], // (x³)′ = 3x²
 * });
 * ```
 * @returns a function of the tensors, and of the options if the op has any
 * @category Own ops */
export function defineOp<Inputs extends OpInputs, Options = undefined, Saved extends object = Record<string, never>>(
  definition: OpDefinition<Inputs, Options, Saved>,
): Op<Inputs, Options> {
  for (const rule of ["forward", "backward"] as const) {
    if (typeof definition[rule] !== "function")
      throw new GradientError(definition.name, `its ${rule} must be a function`);
  }
  const apply = (...args: unknown[]): Tensor => {
    const { inputs, options } = splitArguments(definition.name, args);
    return applyOp(definition, inputs as unknown as Inputs, options as Options);
  };
  return Object.defineProperty(apply, "name", { value: definition.name }) as Op<Inputs, Options>;
}

function applyOp<Inputs extends OpInputs, Options, Saved extends object>(
  definition: OpDefinition<Inputs, Options, Saved>,
  inputs: Inputs,
  options: Options,
): Tensor {
  let own: Tensor[] = []; // made in here for the backward alone
  const { output, saved = {} as Saved } = withRecording(false, () =>
    scoped(
      () => definition.forward(inputs, options),
      (result, made) => {
        own = savedTensors(result?.saved).filter((t) => t !== result.output && made.has(t));
        return own.concat(result.output);
      },
    ),
  );
  if (!(output instanceof Tensor)) {
    throw new GradientError(definition.name, "its forward must return { output: a tensor, saved: { … } }");
  }
  if (output.node !== null || inputs.includes(output)) {
    throw new GradientError(
      definition.name,
      "its forward must return a new tensor; an input can be passed on as a copy",
    );
  }
  const needsGrad = inputs.map((x) => x?.requiresGrad === true);
  const differentiable = isRecording() && needsGrad.includes(true);
  const hasFloats = isFloat(output.dtype);
  if (differentiable) {
    tellRegions(definition.name, () =>
      hasFloats ? (definition.region?.(saved, { inputs, options, output }) ?? []) : output,
    );
  }
  const records = differentiable && hasFloats;
  if (!records) {
    for (const tensor of own) tensor.dispose();
    return output;
  }
  own.forEach(ownByTape);
  output.node = new TapeNode({
    op: definition.name,
    inputs,
    saved: savedTensors(saved),
    needsGrad,
    broadcasts: definition.broadcasts === true,
    outputShape: output.shape,
    backward: (gradOutput, needs) => definition.backward(gradOutput, saved, { inputs, options, needsGrad: needs }),
  });
  return output;
}

function savedTensors(saved: object | undefined): Tensor[] {
  return Object.values(saved ?? {}).filter((value) => value instanceof Tensor);
}

/** Tensors and numbers first, then at most one object of options. */
function splitArguments(op: string, args: readonly unknown[]): { inputs: (Tensor | null)[]; options: unknown } {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !(last instanceof Tensor) && !Array.isArray(last);
  const operands = hasOptions ? args.slice(0, -1) : args;
  const tensors = operands.filter((x) => x instanceof Tensor);
  const [first] = tensors;
  if (first === undefined) throw new DTypeError(op, "at least one argument must be a tensor");
  for (const tensor of tensors) checkTogether(op, first, tensor);
  const inputs = operands.map((x) => {
    if (x instanceof Tensor || x === null) return x;
    if (typeof x === "number") return scalarLike(first, x);
    throw new ValueError(op, `arguments are tensors and numbers, got ${describe(x)}; arrays become one with tensor(…)`);
  });
  return { inputs, options: hasOptions ? last : undefined };
}

/** Throws unless both live on one device. */
export function checkTogether(op: string, first: Tensor, other: Tensor): void {
  if (first.device !== other.device) {
    throw new DeviceError(
      op,
      `its tensors must live on one device, got ${first.device.name} and ${other.device.name}; ` +
        `move one: t.to("${first.device.name}")`,
      { expected: first.device.name, actual: other.device.name },
    );
  }
}
