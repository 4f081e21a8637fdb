/** The typed errors of livegrad: each names the op, the rule, the values it got, and the remedy where there is one. */

/** Values that an error carries beside its message.
 * @category Errors */
export interface ErrorDetails {
  /** What the rule asks for. */
  readonly expected?: unknown;
  /** What was found. */
  readonly actual?: unknown;
  /** The error this one explains. */
  readonly cause?: unknown;
}

/** A value as an error shows it, shortened.
 * @category Errors */
export function describe(value: unknown): string {
  const text = write(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function write(value: unknown, depth = 0): string {
  if (depth > 3) return "…"; // a cycle has no end
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return `[${value
      .slice(0, 20)
      .map((item) => write(item, depth + 1))
      .join(", ")}]`;
  if ("isTensor" in value && "shape" in value) return `a tensor of shape ${write(value.shape)}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? "Object";
  if (name !== "Object") return `a ${name}`;
  return `{ ${Object.entries(value)
    .slice(0, 20)
    .map(([key, entry]) => `${key}: ${write(entry, depth + 1)}`)
    .join(", ")} }`;
}

/** An optional package that does not load: why, and the command that installs it.
 * @param wanted its name and version, as npm takes them
 * @internal */
export function missingPackage(wanted: string, cause: unknown): string {
  const isMissing = /MODULE_NOT_FOUND$/.test((cause as { code?: string } | null)?.code ?? "");
  const reason = isMissing ? "is not installed" : `does not load (${String(cause).split("\n")[0]})`;
  return `the package ${wanted.split("@")[0]}, which ${reason}: npm install ${wanted}`;
}

/** Base class of every error livegrad throws on purpose; the message reads `op: the rule, got the values`.
 * @category Errors */
export class LivegradError extends Error {
  /** The op, function or module that refused. */
  readonly op: string;
  /** What the rule asks for, where it is one value. */
  readonly expected: unknown;
  /** What was found, where it is one value. */
  readonly actual: unknown;

  /** @param op who refuses; @param message the rule and the values; @param details the same, for programs */
  constructor(op: string, message: string, details: ErrorDetails = {}) {
    super(`${op}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.op = op;
    this.expected = details.expected;
    this.actual = details.actual;
  }
}

/** The same error as somebody else says it, of the same class.
 * @param preface what stands before the message as it was
 * @internal */
export function retold(error: LivegradError, op: string, preface: string): LivegradError {
  const { message, expected, actual } = error;
  const Kind = error.constructor as typeof LivegradError;
  return new Kind(op, preface + message, { expected, actual, cause: error });
}

/** A shape, rank or axis does not fit the op.
 * @category Errors */
export class ShapeError extends LivegradError {}

/** A dtype does not fit the op or the device.
 * @category Errors */
export class DTypeError extends LivegradError {}

/** A value, option or index is out of its range.
 * @category Errors */
export class ValueError extends LivegradError {}

/** A device is missing, does not fit, or failed.
 * @category Errors */
export class DeviceError extends LivegradError {}

/** A tensor is larger than its device can index, or than the memory that is left.
 * @category Errors */
export class CapacityError extends DeviceError {}

/** The tape cannot do what was asked: it was freed, changed, or the rule is wrong.
 * @category Errors */
export class GradientError extends LivegradError {}

/** Training has come to a number that is not finite, and was ended.
 * @category Errors */
export class DivergenceError extends LivegradError {}

/** A file or data set is missing, damaged or of another format.
 * @category Errors */
export class DataError extends LivegradError {}
