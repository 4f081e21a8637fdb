/** defineOp: one declaration makes an operation, forward and backward side by side. */
import { isTensorOfAnyCopy, refuseOthersTensor } from "../copies.js";
import { refuseAsync } from "../device/synchronous.js";
import { DeviceError, DTypeError, describe, GradientError, ValueError } from "../errors.js";
import type { Shape } from "../shape.js";
import { isFloat } from "./dtype.js";
import { inNameOf } from "./kernel-refusals.js";
import { enterOp, leaveOp } from "./launches.js";
import { switchRecording } from "./modes.js";
import { hearOps } from "./op-calls.js";
import { hasRegionListener, tellRegions } from "./regions.js";
import { scalarLike } from "./scalar.js";
import { closeScope, openScope, wasMadeSince } from "./scope.js";
import { ownByTape, type RecordedOperation, TapeNode } from "./tape.js";
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
  readonly saved?: Saved | undefined;
}

/** The declaration of an op.
 * @category Own ops */
export interface OpDefinition<Inputs extends OpInputs, Options, Saved extends object> {
  /** Its name, as errors and the tape show it. */
  readonly name: string;
  /** Whether inputs broadcast against each other: gradients in the output's shape are then summed back by the engine. */
  readonly broadcasts?: boolean | undefined;
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
 * @throws ValueError, GradientError if a part of the declaration is missing, unknown or of the wrong kind
 * @category Own ops */
export function defineOp<Inputs extends OpInputs, Options = undefined, Saved extends object = Record<string, never>>(
  definition: OpDefinition<Inputs, Options, Saved>,
): Op<Inputs, Options> {
  checkDefinition(definition);
  const apply = (...args: unknown[]): Tensor => {
    // Tensors and numbers first, then at most one object of options.
    const options = isOptions(args[args.length - 1]) ? args.pop() : undefined;
    return applyOp(definition, asInputs(definition.name, args) as unknown as Inputs, options as Options);
  };
  return Object.defineProperty(apply, "name", { value: definition.name }) as Op<Inputs, Options>;
}

function checkDefinition(definition: unknown): void {
  if (!isRecord(definition)) {
    throw new ValueError("defineOp", `it takes { name, forward, backward }, got ${describe(definition)}`);
  }
  const { name, broadcasts, region } = definition;
  if (typeof name !== "string" || name === "") {
    throw new ValueError("defineOp", `an op must have a name, which its errors show, got ${describe(name)}`);
  }
  for (const rule of ["forward", "backward"] as const) {
    if (typeof definition[rule] !== "function") throw new GradientError(name, `its ${rule} must be a function`);
  }
  const unknown = Object.keys(definition).find((key) => !parts.includes(key));
  if (unknown !== undefined) {
    throw new ValueError(
      "defineOp",
      `${name} has a part ${unknown}, which means nothing; parts are ${parts.join(", ")}`,
    );
  }
  if (broadcasts !== undefined && typeof broadcasts !== "boolean") {
    throw new ValueError("defineOp", `broadcasts of ${name} must be true or false, got ${describe(broadcasts)}`);
  }
  if (region !== undefined && typeof region !== "function") {
    throw new ValueError("defineOp", `region of ${name} must be a function, got ${describe(region)}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

const parts = ["name", "broadcasts", "forward", "backward", "region"];

function applyOp<Inputs extends OpInputs, Options, Saved extends object>(
  definition: OpDefinition<Inputs, Options, Saved>,
  inputs: Inputs,
  options: Options,
): Tensor {
  let result: Forward<Saved> | undefined;
  let saved = noTensors;
  let own = nothingOwn;
  const wasRecording = switchRecording(false);
  const scope = openScope();
  const entered = enterOp(definition.name, false);
  const hears = hearOps(null); // of what the op is made of nobody is told
  try {
    result = definition.forward(inputs, options);
    saved = tensorsOf(result?.saved);
    own = madeForBackward(saved, result?.output, scope);
  } catch (error) {
    throw inNameOf(definition.name, error);
  } finally {
    hearOps(hears);
    leaveOp(entered);
    switchRecording(wasRecording);
    closeScope(scope, own, result?.output);
  }
  const output = checkedOutput(definition.name, result, inputs);
  const values = result?.saved ?? (nothingSaved as Saved);
  const needsGrad = wasRecording ? gradientsAsked(inputs) : null;
  if (needsGrad !== null && hasRegionListener()) tellRegionsOf(definition, values, { inputs, options, output });
  if (needsGrad === null || !isFloat(output.dtype)) {
    for (const tensor of own) tensor.dispose();
  } else {
    own.forEach(ownByTape);
    output.node = new TapeNode(new OpCall(definition, inputs, options, needsGrad, values, saved, output.shape));
  }
  hears?.(definition.name, inputs, output);
  return output;
}

const nothingSaved = {};
const noTensors: readonly Tensor[] = [];
const nothingOwn: ReadonlySet<Tensor> = new Set();

/** A call of an op, as the tape keeps it. */
class OpCall<Inputs extends OpInputs, Options, Saved extends object> implements RecordedOperation {
  constructor(
    readonly definition: OpDefinition<Inputs, Options, Saved>,
    readonly inputs: Inputs,
    readonly options: Options,
    readonly needsGrad: readonly boolean[],
    readonly values: Saved,
    readonly saved: readonly Tensor[],
    readonly outputShape: Shape,
  ) {}

  get op(): string {
    return this.definition.name;
  }

  get broadcasts(): boolean {
    return this.definition.broadcasts === true;
  }

  backward(gradOutput: Tensor, needsGrad: readonly boolean[]): readonly (Tensor | null)[] {
    const { definition, inputs, options, values } = this;
    return definition.backward(gradOutput, values, { inputs, options, needsGrad });
  }
}

/** The tensors among what a forward saved. */
function tensorsOf(saved: object | undefined): readonly Tensor[] {
  if (saved === undefined) return noTensors;
  const values: unknown[] = Object.values(saved);
  return values.every(isTensor) ? values : values.filter(isTensor);
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Of what a forward saved, what it made for the backward alone. */
function madeForBackward(saved: readonly Tensor[], output: Tensor | undefined, scope: number): ReadonlySet<Tensor> {
  let own: Set<Tensor> | null = null;
  for (const tensor of saved) {
    if (tensor !== output && wasMadeSince(scope, tensor)) own = (own ?? new Set()).add(tensor);
  }
  return own ?? nothingOwn;
}

function checkedOutput(op: string, result: Forward<object> | undefined, inputs: OpInputs): Tensor {
  const output = result?.output;
  if (!(output instanceof Tensor)) {
    refuseAsync(op, result);
    throw new GradientError(op, "its forward must return { output: a tensor, saved: { … } }");
  }
  if (output.node !== null || inputs.includes(output)) {
    throw new GradientError(op, "its forward must return a new tensor; an input can be passed on as a copy");
  }
  return output;
}

/** Which inputs require a gradient; null if none does. */
function gradientsAsked(inputs: OpInputs): readonly boolean[] | null {
  for (const x of inputs) if (x?.requiresGrad) return inputs.map(requiresGrad);
  return null;
}

function requiresGrad(x: Tensor | null): boolean {
  return x?.requiresGrad === true;
}

function tellRegionsOf<Inputs extends OpInputs, Options, Saved extends object>(
  definition: OpDefinition<Inputs, Options, Saved>,
  saved: Saved,
  context: RegionContext<Inputs, Options>,
): void {
  const { output } = context;
  tellRegions(definition.name, () => (isFloat(output.dtype) ? (definition.region?.(saved, context) ?? []) : output));
}

function isOptions(value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
  return !Array.isArray(value) && !isTensorOfAnyCopy(value);
}

/** The tensors of a call, with scalars in the place of its numbers. */
function asInputs(op: string, args: readonly unknown[]): readonly (Tensor | null)[] {
  let first: Tensor | undefined;
  for (const x of args) {
    if (!(x instanceof Tensor)) continue;
    first ??= x;
    checkTogether(op, first, x);
  }
  if (first === undefined) {
    for (const [i, x] of args.entries()) refuseOthersTensor(op, `its argument ${i + 1}`, x);
    throw new DTypeError(op, "at least one argument must be a tensor");
  }
  return args.every(isTensor) ? args : args.map((x) => asInput(op, first, x));
}

function asInput(op: string, like: Tensor, x: unknown): Tensor | null {
  if (x instanceof Tensor || x === null) return x;
  if (typeof x === "number") return scalarLike(like, x);
  refuseOthersTensor(op, "an argument", x);
  throw new ValueError(op, `arguments are tensors and numbers, got ${describe(x)}; arrays become one with tensor(…)`);
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
