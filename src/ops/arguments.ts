/** The checks of arguments that ops share: what TypeScript cannot see, and what it sees but JavaScript does not. */
import { checkTogether } from "../autograd/define-op.js";
import { isFloat } from "../autograd/dtype.js";
import { Tensor } from "../autograd/tensor.js";
import type { Device, DeviceName } from "../device/device.js";
import { deviceNamed } from "../device/select.js";
import { DeviceError, DTypeError, describe, ShapeError, ValueError } from "../errors.js";
import type { Generator } from "../random.js";
import { at, formatShape, type Shape, sameShape } from "../shape.js";

/** Throws unless every one is a tensor, and all live on one device. */
export function checkTensors(op: string, ...tensors: readonly Tensor[]): void {
  for (let i = 0; i < tensors.length; i++) {
    const tensor: unknown = tensors[i];
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(
        op,
        `its argument ${i + 1} must be a tensor, got ${describe(tensor)}; numbers become one with tensor(…)`,
      );
    }
  }
  for (const tensor of tensors) checkTogether(op, at(tensors, 0), tensor);
}

/** Throws unless every one is a tensor of a float dtype, all on one device. */
export function checkFloat(op: string, ...tensors: readonly Tensor[]): void {
  checkTensors(op, ...tensors);
  for (const tensor of tensors) {
    if (!isFloat(tensor.dtype)) {
      throw new DTypeError(
        op,
        `it computes on floats, got ${tensor.dtype}; convert with cast(x, "${tensor.device.floatType}")`,
        {
          expected: tensor.device.floatType,
          actual: tensor.dtype,
        },
      );
    }
  }
}

/** Throws unless every one is null, undefined, or a float tensor of `shape` on the device of `x`. */
export function checkOptional(
  op: string,
  x: Tensor,
  tensors: Readonly<Record<string, Tensor | null | undefined>>,
  shape: Shape,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor == null) continue;
    if (!(tensor instanceof Tensor)) {
      throw new ValueError(op, `${name} must be a tensor or null, got ${describe(tensor)}; options come after it`, {
        actual: tensor,
      });
    }
    checkFloat(op, x, tensor);
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(op, `${name} must have shape ${formatShape(shape)}, got ${formatShape(tensor.shape)}`, {
        expected: shape,
        actual: tensor.shape,
      });
    }
  }
}

/** The options of an op; a bare axis, as other frameworks take it, would silently count for nothing.
 * @param example what the error shows
 * @throws ValueError if they are no object, or one is unknown to all of livegrad or of the wrong kind */
export function checkedOptions<T extends object>(op: string, options: T, example = "{ axis: 1 }"): T {
  if (typeof options !== "object" || options === null || Array.isArray(options) || options instanceof Tensor) {
    throw new ValueError(op, `options go into an object, such as ${example}, got ${describe(options)}`, {
      actual: options,
    });
  }
  for (const name in options) {
    const value: unknown = options[name];
    const kind = kinds.get(name);
    if (kind === undefined) throw new ValueError(op, `it has no option ${name}${meant(name)}`, { actual: name });
    if (value === undefined || kind.fits(value)) continue;
    throw new ValueError(op, `${name} must be ${kind.means}, got ${describe(value)}`, { actual: value });
  }
  return options;
}

/** The options of what draws random numbers.
 * @throws ValueError unless they hold a generator */
export function checkedRandom<T extends { readonly generator: Generator }>(op: string, options: T): T {
  if (checkedOptions(op, options ?? {}, "{ generator: generator(seed) }").generator === undefined) {
    throw new ValueError(op, "it draws from an explicit generator; pass { generator: generator(seed) }");
  }
  return options;
}

/** Throws unless every one is a finite number. */
export function checkFinite(op: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value)) continue;
    throw new ValueError(op, `${name} must be a finite number, got ${describe(value)}`, { actual: value });
  }
}

/** The device of a name, for an op that makes a tensor there.
 * @throws DeviceError in the op's name if it is not there */
export function deviceFor(op: string, name: DeviceName): Device {
  try {
    return deviceNamed(name);
  } catch (error) {
    if (error instanceof DeviceError) throw new DeviceError(op, error.message, { actual: name, cause: error });
    throw error;
  }
}

interface Kind {
  readonly means: string;
  readonly fits: (value: unknown) => boolean;
}

/** What another framework's option is called here, for the error. */
function meant(name: string): string {
  const bare = name.replaceAll("_", "").toLowerCase();
  const here = elsewhere.get(bare) ?? [...kinds.keys()].find((known) => known.toLowerCase() === bare);
  return here === undefined ? "" : `; it is called ${here} here`;
}

/** Names of other frameworks, in small letters. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["axes", "axis"],
  ["dim", "axis"],
  ["epsilon", "eps"],
  ["keepdim", "keepDims"],
  ["learningrate", "lr"],
  ["pad", "padding"],
]);

/** Of what kind an option is, by its name, which means one thing in all ops, layers and optimisers. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ...named(
    "affine alignCorners amsgrad bias ceilMode countIncludePad descending elementwiseAffine enableGqa full isCausal keepDims " +
      "largest logInput logTarget nesterov recomputeScaleFactor requiresGrad trackRunningStats training useInputStats",
    { means: "true or false", fits: (value) => typeof value === "boolean" },
  ),
  ...named(
    "alpha axis1 axis2 beta correction dampening decimals delta diagonal dropoutP endAxis eps gain groups high ignoreIndex k " +
      "labelSmoothing low lr margin max maxVal min minVal negativeSlope numClasses numGroups offset p paddingIdx scale " +
      "startAxis threshold weightDecay",
    { means: "a number", fits: (value) => typeof value === "number" && !Number.isNaN(value) },
  ),
  ...named("divisorOverride momentum", {
    means: "a number or null",
    fits: (value) => value === null || (typeof value === "number" && !Number.isNaN(value)),
  }),
  ...named("value", { means: "a number", fits: (value) => typeof value === "number" }), // which may be NaN
  ...named("posWeight weight", { means: "a tensor", fits: (value) => value instanceof Tensor }),
  ...named("attnMask runningMean runningVar", {
    means: "a tensor or null",
    fits: (value) => value === null || value instanceof Tensor,
  }),
  ...named(
    "approximate axis betas device dilation dtype end init kernelSize mode normalizedShape outputPadding outputSize " +
      "padding reduction scaleFactor shape shift size start step stride",
    { means: "what its op says", fits: () => true }, // axes, sizes, one of several words: its op checks them
  ),
  ...named("generator", {
    means: "a generator, such as generator(seed)",
    fits: (value) => typeof value === "object" && value !== null && "uniform" in value,
  }),
]);

function named(names: string, kind: Kind): [string, Kind][] {
  return names.split(" ").map((name) => [name, kind]);
}
