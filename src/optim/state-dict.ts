/** The state of an optimiser in one flat form, with PyTorch's words: `state.0.exp_avg`, `param_groups.0.lr`. */
import { isFloat } from "../autograd/dtype.js";
import { Tensor } from "../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { tensor } from "../ops/create.js";
import { to } from "../ops/shape/identity.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../shape.js";

/** An entry of an optimiser's state: a tensor of its parameter's shape, or what JSON can hold.
 * @category Optimisers */
export type OptimizerStateValue = Tensor | number | boolean | readonly number[];

/** What `optimizer.stateDict()` gives, in PyTorch's words: `state.0.exp_avg` belongs to the first parameter, counted through all
 * groups; `param_groups.0.lr` to the first group, whose parameters `param_groups.0.params` counts up.
 * @category Optimisers */
export type OptimizerState = Readonly<Record<string, OptimizerStateValue>>;

/** A state that was read: what it has of each group and of each parameter, by the names that stand in it. */
export interface ReadState {
  readonly groups: readonly ReadonlyMap<string, unknown>[];
  /** By the number of the parameter. */
  readonly parameters: ReadonlyMap<number, ReadonlyMap<string, unknown>>;
}

/** A name as PyTorch writes it: `weight_decay` for `weightDecay`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Sorts the entries of a state, which may be flat, or nested as PyTorch saves it.
 * @throws ValueError if it is no state of an optimiser */
export function readState(op: string, state: unknown): ReadState {
  const groups = new Map<number, Map<string, unknown>>();
  const parameters = new Map<number, Map<string, unknown>>();
  for (const [key, value] of entriesOf(op, state, "", 0)) {
    const [, part, index, name] = /^(state|param_groups)\.(\d+)\.(\w+)$/.exec(key) ?? [];
    if (index === undefined || name === undefined) {
      throw new ValueError(op, `${describe(key)} is no entry of an optimiser's state, such as state.0.exp_avg`);
    }
    const owners = part === "state" ? parameters : groups;
    const owner = owners.get(Number(index)) ?? new Map<string, unknown>();
    owners.set(Number(index), owner.set(name, value));
  }
  const numbered = Array.from({ length: groups.size }, (_, i) => groups.get(i));
  if (!numbered.every((group) => group !== undefined)) {
    throw new ValueError(op, `its groups must be numbered from 0 on, got ${[...groups.keys()].join(", ")}`);
  }
  return { groups: numbered, parameters };
}

/** Levels of PyTorch's state: state, parameter, entry. */
const deepest = 3;

/** The entries of a nested state by dotted keys. */
function* entriesOf(op: string, value: unknown, path: string, depth: number): Generator<[key: string, value: unknown]> {
  const inner = depth < deepest ? contentOf(value) : null;
  if (inner !== null) {
    for (const [key, entry] of inner)
      yield* entriesOf(op, entry, path === "" ? String(key) : `${path}.${String(key)}`, depth + 1);
  } else if (depth > 0) yield [path, value];
  else throw new ValueError(op, `it takes what stateDict() gave, got ${describe(value)}`, { actual: value });
}

/** What stands in a dictionary or a list of them; null for any other value. */
function contentOf(value: unknown): Iterable<readonly [key: unknown, value: unknown]> | null {
  if (value instanceof Map) return value;
  if (typeof value !== "object" || value === null || isArrayOfNumbers(value)) return null;
  if (Array.isArray(value)) return value.some((entry) => typeof entry === "object") ? value.entries() : null;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? Object.entries(value) : null;
}

/** Numbers with a shape, as files hold them, and as a tensor is. */
interface ArrayOfNumbers {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

function isArrayOfNumbers(value: object): value is ArrayOfNumbers {
  return "shape" in value && "data" in value && Array.isArray(value.shape);
}

/** A number of a parameter's state, which newer PyTorch keeps as a tensor of one element.
 * @throws ValueError if it is none */
export function readNumber(op: string, key: string, value: unknown): number {
  const single = typeof value === "object" && value !== null && isArrayOfNumbers(value) && sizeOf(value.shape) === 1;
  const number = single ? (value instanceof Tensor ? value.itemSync() : value.data[0]) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new ValueError(op, `${key} must be a finite number, got ${describe(value)}`, { actual: value });
}

/** A tensor of a parameter's state, copied to the parameter's device.
 * @throws ShapeError unless it is one of floats and of the parameter's shape */
export function readTensor(op: string, key: string, value: unknown, { shape, device }: Tensor): Tensor {
  const isArray = typeof value === "object" && value !== null && isArrayOfNumbers(value);
  const fits = isArray && sameShape(value.shape, shape) && (!(value instanceof Tensor) || isFloat(value.dtype));
  if (!fits) {
    const got = isArray ? `one of shape ${formatShape(value.shape)}` : describe(value);
    throw new ShapeError(
      op,
      `${key} must be a tensor of floats of its parameter's shape ${formatShape(shape)}, got ${got}`,
    );
  }
  if (value instanceof Tensor) return to(value.detach(), device.name);
  return tensor(value.data as never, { shape, device: device.name });
}
