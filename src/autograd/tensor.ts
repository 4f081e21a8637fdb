/** Tensor: a shape, a dtype, a device, a buffer, and its place on the tape. */
import type { NdArray } from "ndarray";
import type { Device, DeviceBuffer } from "../device/device.js";
import { breathe } from "../device/event-loop.js";
import { DTypeError, describe, GradientError, ShapeError, ValueError } from "../errors.js";
import { viewOf } from "../ndarray.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { hostCopy } from "./capacity.js";
import { settleChecks } from "./deferred-checks.js";
import { type DataArray, type DType, isFloat } from "./dtype.js";
import { engineOps } from "./engine.js";
import { isRecording } from "./modes.js";
import { onRollback } from "./rollback.js";
import { enterScope } from "./scope.js";
import { disposedError, Storage } from "./storage.js";
import type { GradientHook, TapeNode } from "./tape.js";
import { tellUpdate } from "./updates.js";
import { type Before, noteMade, noteTouched } from "./watch.js";

/** Numbers nested in arrays, as deep as the tensor's rank.
 * @category Tensors */
export type NestedArray = number | NestedArray[];

/** An n-dimensional array on a device, whose gradient can be asked for.
 *
 * Tensors are immutable: no operation changes one in place, but the optimisers' own (`assign`). Made by `tensor(…)`,
 * `zeros(…)` and the other creation functions, never by `new`.
 * @category Tensors */
export class Tensor {
  /** Tells a tensor from any other object, whichever copy of the package made it. */
  readonly isTensor = true as const;
  /** Sizes of the axes, outermost first. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** The device it lives on. */
  readonly device: Device;
  /** The gradient that `backward` accumulated here; leaves that require one have it, and tensors with `retainGrad`. */
  grad: Tensor | null = null;
  /** Lives on after the scopes it was made in; set by `keep`. @internal */
  kept = false;
  /** Whether somebody called `keep` on it: then `zeroGrad` does not dispose it. @internal */
  isClaimed = false;
  /** In a gradient: whether a 0 stands for none at all, as on the side that `where` does not take. @internal */
  isCut = false;
  /** The recorded operation that made it; null for a leaf. @internal */
  node: TapeNode | null = null;
  /** Counts the assignments, so that the tape sees a change under its feet. @internal */
  version = 0;
  #storage: Storage;
  #requiresGrad = false;
  #hooks: Set<GradientHook> | null = null;

  /** @internal */
  constructor(device: Device, storage: Storage | DeviceBuffer, shape: Shape, dtype: DType) {
    this.device = device;
    this.#storage = (storage instanceof Storage ? storage : new Storage(device, storage)).retain();
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
    this.dtype = dtype;
    enterScope(this);
    noteMade(this);
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether `backward` computes a gradient for it. Settable on leaves of a float dtype. */
  get requiresGrad(): boolean {
    return this.node !== null || this.#requiresGrad;
  }

  /** Settable on leaves of a float dtype; elsewhere it throws GradientError or DTypeError, and ValueError for no boolean. */
  set requiresGrad(value: boolean) {
    if (typeof value !== "boolean") {
      throw new ValueError("requiresGrad", `it is true or false, got ${describe(value)}`, { actual: value });
    }
    if (this.node !== null) {
      throw new GradientError(
        "requiresGrad",
        `this tensor was made by ${this.node.op}; only a leaf can be set; detach it`,
      );
    }
    if (value && !isFloat(this.dtype)) {
      throw new DTypeError("requiresGrad", `only float tensors have gradients, this one is ${this.dtype}`);
    }
    this.#requiresGrad = value;
  }

  /** Whether no recorded operation made it. */
  get isLeaf(): boolean {
    return this.node === null;
  }

  /** What it shares with its views. @internal */
  get storage(): Storage {
    return this.#storage;
  }

  /** The device buffer, for kernels. @internal */
  get buffer(): DeviceBuffer {
    this.touch();
    return this.#storage.buffer;
  }

  /** Its numbers are about to be used. @internal
   * @throws ValueError if it was disposed */
  touch(): void {
    this.#checkAlive();
    noteTouched(this);
  }

  /** Whether `dispose` (or the end of a scope) released it. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** The numbers at the time of the call, row-major, as a fresh typed array of the dtype: what becomes of the tensor until
   * the promise settles (`dispose`, the end of `tidy`, an optimiser's step) changes nothing. Works on every device. On webgpu,
   * which can check indices only while it runs, it rejects with the ValueError of an op that was given an index out of range,
   * whether or not this tensor depends on it. A loop that awaits it lets timers, signals, drawing and the garbage collector
   * have their turn, every 10 ms on devices that need not be waited for. */
  async data(): Promise<DataArray> {
    const { device } = this;
    // What can be read at once is copied now, before anything else can happen to its buffer.
    const reading = device.synchronous
      ? this.dataSync()
      : device.read(this.buffer).then((values) => hostCopy(values, this));
    const [values] = await Promise.all([reading, settleChecks(device), breathe()]);
    return values;
  }

  /** The same at once; throws `DeviceError` on webgpu, which cannot, and `CapacityError` where there is no room for a copy. */
  dataSync(): DataArray {
    return hostCopy(this.device.readSync(this.buffer), this);
  }

  /** The only number of a tensor of one element. */
  async item(): Promise<number> {
    this.#checkSingle();
    return (await this.data())[0] as number;
  }

  /** The same at once; throws `DeviceError` on webgpu. */
  itemSync(): number {
    this.#checkSingle();
    return this.dataSync()[0] as number;
  }

  /** The numbers as nested arrays; a plain number for a scalar. */
  async array(): Promise<NestedArray> {
    return nest(await this.data(), this.shape);
  }

  /** The same at once; throws `DeviceError` on webgpu. */
  arraySync(): NestedArray {
    return nest(this.dataSync(), this.shape);
  }

  /** The numbers as an `ndarray` of the `ndarray` package (a copy); where no code may be made from text, as a view with the same
   * methods. Throws `DeviceError` on webgpu. */
  ndarray(): NdArray<DataArray> {
    return viewOf(this.dataSync(), this.shape);
  }

  /** A tensor of the same numbers that no gradient flows through. Shares the buffer. */
  detach(): Tensor {
    return this.view(this.shape);
  }

  /** Another tensor over the same buffer, unrecorded. @internal */
  view(shape: Shape): Tensor {
    this.#checkAlive();
    noteTouched(this);
    return new Tensor(this.device, this.#storage, shape, this.dtype);
  }

  /** Calls `hook` with the gradient of the loss with respect to this tensor whenever `backward` has computed it; what
   * the hook returns, if anything, takes the gradient's place. Other tensors that the hook makes are released at the end of
   * the pass, unless it `keep`s them.
   * @returns a function that removes the hook
   * @throws GradientError if the tensor requires no gradient */
  registerHook(hook: GradientHook): () => void {
    if (typeof hook !== "function") throw new ValueError("registerHook", `a hook is a function, got ${describe(hook)}`);
    if (!this.requiresGrad) {
      throw new GradientError("registerHook", "this tensor requires no gradient, so the hook would never be called");
    }
    const hooks = this.hooks ?? new Set<GradientHook>();
    if (this.node !== null) this.node.hooks = hooks;
    else this.#hooks = hooks;
    hooks.add(hook);
    return () => hooks.delete(hook);
  }

  /** Hooks on this tensor's gradient. @internal */
  get hooks(): Set<GradientHook> | null {
    return this.node !== null ? this.node.hooks : this.#hooks;
  }

  /** Keeps `.grad` of a tensor that is no leaf, too: it adds up from call to call, as a leaf's does.
   * @returns this tensor */
  retainGrad(): this {
    if (this.isLeaf || this.#retainsGrad) return this;
    this.#retainsGrad = true;
    this.registerHook((gradient) => this.addGradient(gradient, isRecording())); // recorded where the graph is created
    return this;
  }
  #retainsGrad = false;

  /** Adds to `.grad`, until the pass is rolled back. @internal
   * @param isRecorded whether it stays a part of the graph */
  addGradient(gradient: Tensor, isRecorded: boolean): void {
    const before = this.grad;
    onRollback(() => {
      this.grad = before;
    });
    const sum = before === null ? gradient : engineOps().add(before, gradient);
    this.grad = isRecorded ? sum : sum.view(sum.shape);
    this.grad.kept = true;
  }

  /** Takes over the numbers of `source`, in place: what an optimiser step does to a parameter. Not recorded, and a tape
   * that saved the old numbers refuses to go on.
   * @throws ShapeError unless the shapes agree; DTypeError unless device and dtype do; ValueError if it is no tensor */
  assign(source: Tensor): void {
    if (!(source instanceof Tensor))
      throw new ValueError("assign", `its source must be a tensor, got ${describe(source)}`);
    if (source.device !== this.device || source.dtype !== this.dtype) {
      throw new DTypeError(
        "assign",
        `the source is ${source.dtype} on ${source.device.name}, the target ${this.dtype} on ${this.device.name}`,
      );
    }
    if (formatShape(source.shape) !== formatShape(this.shape)) {
      throw new ShapeError("assign", `shapes differ: ${formatShape(source.shape)} into ${formatShape(this.shape)}`, {
        expected: this.shape,
        actual: source.shape,
      });
    }
    noteTouched(this);
    noteTouched(source);
    tellUpdate(this, source);
    this.#replace(source.#storage);
    this.version++;
  }

  #replace(storage: Storage): void {
    const before = this.#storage;
    this.#storage = storage.retain();
    before.release();
  }

  /** Its numbers and their version, to be restored later. @internal */
  remember(): Before {
    const numbers = new Tensor(this.device, this.#storage, this.shape, this.dtype);
    numbers.kept = true;
    return { numbers, version: this.version };
  }

  /** Puts remembered numbers back, as if nothing had been assigned since. @internal */
  restore({ numbers, version }: Before): void {
    this.#replace(numbers.#storage);
    this.version = version;
  }

  /** Lets go of the buffer now instead of leaving it to the garbage collector: this tensor cannot be read any more, and
   * the buffer is released once no view of it (`detach`, `reshape`) is left. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#storage.release();
  }
  #disposed = false;

  /** One line: dtype, shape, device, and where it stands on the tape. */
  toString(): string {
    const origin = this.node !== null ? `, made by ${this.node.op}` : this.#requiresGrad ? ", requires grad" : "";
    return `Tensor(${formatShape(this.shape)} ${this.dtype} on ${this.device.name}${origin})`;
  }

  #checkAlive(): void {
    if (this.#disposed) throw disposedError();
  }

  #checkSingle(): void {
    if (this.size !== 1) {
      throw new ShapeError("item", `the tensor must have one element, got shape ${formatShape(this.shape)}`);
    }
  }
}

function nest(data: DataArray, shape: Shape): NestedArray {
  let level: NestedArray[] = Array.from(data);
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const n = shape[axis] as number;
    level = Array.from({ length: level.length / n }, (_, i) => level.slice(i * n, (i + 1) * n));
  }
  return shape.length === 0 ? (level[0] as number) : level;
}
