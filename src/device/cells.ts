/** Kernels as the plain functions that they are, one cell after the other. */
import { mayGenerateCode } from "../code-generation.js";
import { DeviceError } from "../errors.js";
import type { KernelFunction, Thread } from "../kernels/kernel.js";
import type { FloatArray, Launch } from "./device.js";

/** What a kernel sees as `this`, and the kernel, as a method of it: engines inline methods, not what `call` is told. */
interface Cell {
  readonly cell: KernelFunction;
  readonly thread: { -readonly [K in keyof Thread]: number };
  readonly constants: Readonly<Record<string, number>>;
}

type Loops = typeof loops;

/** gpu.js takes seven array arguments at most on webgpu and GL, and a kernel is to run everywhere. */
const maxInputs = 7;

/** Computes every cell of a launch in float64, which is rounded where `result` holds less.
 * @param thread where it is told which cell is computed
 * @throws DeviceError if there are too many inputs */
export function computeCells(
  launch: Launch,
  inputs: readonly ArrayLike<number>[],
  result: FloatArray,
  thread: Cell["thread"] = { x: 0, y: 0, z: 0 },
): void {
  checkInputs(launch, inputs.length);
  const { prototype, run } = compiled(launch.kernel);
  const cell: Cell = Object.assign(Object.create(prototype), {
    thread,
    constants: { ...launch.constants, ...launch.floats },
  });
  run(cell, launch.threads, inputs, result);
}

/** @throws DeviceError if there are too many */
export function checkInputs({ kernel }: Launch, count: number): void {
  if (count <= maxInputs) return;
  throw new DeviceError(kernel.name, `a kernel takes at most ${maxInputs} buffers, got ${count}`);
}

function loops(cell: Cell, threads: Launch["threads"], inputs: readonly ArrayLike<number>[], result: FloatArray): void {
  const { thread } = cell;
  const [sizeX, sizeY, sizeZ] = threads;
  const [a, b, c, d, e, f, g] = inputs;
  let i = 0;
  for (let z = 0; z < sizeZ; z++) {
    thread.z = z;
    for (let y = 0; y < sizeY; y++) {
      thread.y = y;
      for (let x = 0; x < sizeX; x++) {
        thread.x = x;
        result[i++] = cell.cell(a, b, c, d, e, f, g);
      }
    }
  }
}

const known = new WeakMap<KernelFunction, { readonly prototype: Pick<Cell, "cell">; readonly run: Loops }>();

/** Loops that run one kernel only, which the engine then inlines: three to four times as fast as loops that all share. */
function compiled(kernel: KernelFunction) {
  let entry = known.get(kernel);
  if (entry === undefined) {
    entry = { prototype: { cell: kernel }, run: loopsOfItsOwn() };
    known.set(kernel, entry);
  }
  return entry;
}

/** The shared ones where no code may be made from text. */
function loopsOfItsOwn(): Loops {
  return mayGenerateCode() ? (new Function(`return ${loops}`)() as Loops) : loops;
}
