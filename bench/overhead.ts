/** `npx tsx bench/overhead.ts [--device NAME,…] [--rounds N]`: microseconds per op on tensors of ten elements, where next to
 * nothing of it is arithmetic: on each device, and on one that computes nothing, which leaves what the engine itself takes.
 *
 * The garbage collector is included; nothing is disposed. Each number is the least of all rounds. */
import { parseArgs } from "node:util";
import { Tensor } from "../src/autograd/tensor.js";
import {
  add,
  type Device,
  type DeviceBuffer,
  type DeviceName,
  deviceNamed,
  type Launch,
  mul,
  noGrad,
  ones,
} from "../src/index.js";
import { sizeOf } from "../src/shape.js";

const { values } = parseArgs({
  options: { device: { type: "string", default: "cpu,webasm" }, rounds: { type: "string", default: "15" } },
});

/** Leaves what it returns to the garbage collector, as the devices do whose buffers are host memory. */
class EmptyBuffer implements DeviceBuffer {
  readonly collectable = true;
  constructor(readonly length: number) {}
}

/** Computes nothing. */
const nothing = {
  name: "cpu",
  floatType: "float32",
  synchronous: true,
  hostMemory: true,
  provenance: "none",
  upload: ({ length }: ArrayLike<number>) => new EmptyBuffer(length),
  run: ({ threads }: Launch) => new EmptyBuffer(sizeOf(threads)),
  free() {},
} as unknown as Device;

/** What is timed, and how many ops it runs forward. */
type Task = readonly [run: () => void, ops: number];

const chainLength = 20;

function tasksOn(device: Device): Readonly<Record<string, Task>> {
  const made = (requiresGrad: boolean) => {
    const x = new Tensor(device, device.upload(new Float32Array(10).fill(1)), [10], "float32");
    x.requiresGrad = requiresGrad;
    return x;
  };
  const [a, b, one] = [made(true), made(true), made(false)];
  const chain = (op: typeof add) => () => {
    let y = a;
    for (let i = 0; i < chainLength; i++) y = op(y, b);
    y.backward({ gradOutput: one });
    a.grad = null;
    b.grad = null;
  };
  return {
    "add, recorded": [() => void add(a, b), 1],
    "add, unrecorded": [() => noGrad(() => void add(a, b)), 1],
    "add, of a number": [() => void add(a, 1), 1],
    "add, forward and backward in a chain": [chain(add), chainLength],
    "mul, forward and backward in a chain": [chain(mul), chainLength],
  };
}

/** Microseconds of one op, over some 10 ms. */
async function time([run, ops]: Task): Promise<number> {
  let runs = 0;
  const start = performance.now();
  let end = start;
  while (end - start < 10) {
    for (let i = 0; i < 100; i += ops) {
      run();
      runs++;
    }
    end = performance.now();
  }
  await new Promise((resolve) => setImmediate(resolve)); // finalisers run between jobs
  return ((end - start) * 1000) / (runs * ops);
}

ones([1], { device: "cpu" }); // hands the ops to the engine
const names = values.device.split(",") as DeviceName[];
const columns = [tasksOn(nothing), ...names.map((name) => tasksOn(deviceNamed(name)))];
const titles = Object.keys(columns[0] as object);
const least = new Map(titles.map((title) => [title, columns.map(() => Number.POSITIVE_INFINITY)]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [title, times] of least) {
    for (const [i, tasks] of columns.entries()) {
      times[i] = Math.min(times[i] as number, await time(tasks[title] as Task));
    }
  }
}
const cell = (text: string) => text.padStart(10);
console.log(`${"µs per op".padEnd(38)}${["nothing", ...names].map(cell).join("")}`);
for (const [title, times] of least) console.log(`${title.padEnd(38)}${times.map((t) => cell(t.toFixed(2))).join("")}`);
