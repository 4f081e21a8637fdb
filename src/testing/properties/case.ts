/** One call of an op under test: how it is made, run and printed. */
import { gradients } from "../../autograd/backward.js";
import { isFloat } from "../../autograd/dtype.js";
import { Tensor } from "../../autograd/tensor.js";
import type { DeviceName } from "../../device/device.js";
import { withDevice } from "../../device/select.js";
import { ValueError } from "../../errors.js";
import { tensor } from "../../ops/create.js";
import { generator } from "../../random.js";
import type { Shape } from "../../shape.js";
import { formatSpec, type TensorSpec, tensorOf } from "../arbitraries/index.js";

/** An op, or any function that is called like one: tensors, then options if there are any.
 * @category Testing */
// biome-ignore lint/suspicious/noExplicitAny: parameters are bivariant, so that ops of any signature fit
export type TestedOp = (...args: any[]) => Tensor;

/** What an op is called with.
 * @category Testing */
export interface OpCase {
  /** Its tensors; null for an optional one that is left out. */
  readonly inputs: readonly (TensorSpec | null)[];
  /** Its options, if it takes any. */
  readonly options?: object | undefined;
}

/** What a call came to on a device. */
export interface CaseOutcome {
  readonly shape: Shape;
  readonly recorded: boolean;
  readonly output: Promise<ArrayLike<number>>;
  /** One for each float input; null where the rule gives none. */
  readonly gradients: readonly (Promise<ArrayLike<number>> | null)[];
  readonly gradientShapes: readonly (Shape | null)[];
}

/** The op as a function of its tensors alone. */
export function bind(op: TestedOp, { options }: OpCase): (...inputs: readonly (Tensor | null)[]) => Tensor {
  return (...inputs) => {
    const output = options === undefined ? op(...inputs) : op(...inputs, options);
    if (output instanceof Tensor) return output;
    throw new ValueError(
      "opProperties",
      `the op must return a tensor, got ${output === null ? "null" : typeof output}`,
    );
  };
}

/** The tensors of a case; the float ones require a gradient. */
export function tensorsOf({ inputs }: OpCase, device: DeviceName = "reference"): (Tensor | null)[] {
  return inputs.map((spec) => (spec === null ? null : tensorOf(spec, { device, requiresGrad: true })));
}

/** Calls the op on a device and pulls a gradOutput back. */
export function runCase(op: TestedOp, one: OpCase, device: DeviceName, gradOutput?: readonly number[]): CaseOutcome {
  return withDevice(device, () => {
    const inputs = tensorsOf(one, device);
    const output = bind(op, one)(...inputs);
    const leaves = inputs.filter((x) => x !== null).filter((x) => isFloat(x.dtype));
    const g = output.requiresGrad
      ? tensor(Float64Array.from(gradOutput ?? direction(1, output.size)), {
          shape: output.shape,
          device: output.device.name,
        })
      : null;
    const found = g === null ? [] : gradients(output, leaves, { gradOutput: g });
    return {
      shape: output.shape,
      recorded: output.requiresGrad,
      output: output.data(),
      gradients: found.map((gradient) => gradient?.data() ?? null),
      gradientShapes: found.map((gradient) => gradient?.shape ?? null),
    };
  });
}

/** Float32 numbers from −1 to 1, from a seed. */
export function direction(seed: number, count: number): number[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => Math.fround(random.uniform(-1, 1)));
}

/** A call as code: `cube(tensor([1, 2]))`. */
export function formatCase(name: string, { inputs, options }: OpCase): string {
  const tensors = inputs.map((spec) => (spec === null ? "null" : formatSpec(spec)));
  const rest = options === undefined ? [] : [formatOptions(options)];
  return `${name}(${[...tensors, ...rest].join(", ")})`;
}

function formatOptions(options: object): string {
  const entries = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value) ?? String(value)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
