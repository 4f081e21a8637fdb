/** The limit: hand-written WebAssembly SIMD on one thread, over memory that is reused. A problem of products is as many tiles
 * on hot caches as it has operations; what they compute is checked here. */
import { readFileSync } from "node:fs";
import wabt from "wabt";
import { type Framework, lacking, numbers, specOf, type Task } from "../framework.js";
import type { Problem, Tensors } from "../problem.js";
import { flopsOf } from "../work.js";
import { copyBytes, depth, memoryModule, repetitions, type Tile, tileFlops, tileModule, tiles } from "./limits-wat.js";

type Kernel = (...args: number[]) => void;
type Wabt = Awaited<ReturnType<typeof wabt>>;

/** WebAssembly out of its text. */
export async function start(): Promise<Framework> {
  const assembler = await wabt();
  const manifest = new URL("./package.json", import.meta.resolve("wabt"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return {
    version: `wabt ${version}`,
    detail: `128-bit SIMD, one thread${hasFused(assembler) ? "" : ", no fused multiply-add"}`,
    task: (problem, tensors) => task(assembler, problem, tensors),
  };
}

function assemble(assembler: Wabt, text: string): Uint8Array<ArrayBuffer> {
  const parsed = assembler.parseWat("limits.wat", text, { simd: true, bulk_memory: true, relaxed_simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return new Uint8Array(buffer);
}

function hasFused(assembler: Wabt): boolean {
  return WebAssembly.validate(assemble(assembler, tileModule(tiles.fusedProduct)));
}

/** A kernel of a module, over a memory of its own. */
function kernel(assembler: Wabt, text: string, name: string, bytes: number): [Kernel, ArrayBuffer] {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(assembler, text)), { host: { memory } });
  return [exports[name] as Kernel, memory.buffer];
}

function task(assembler: Wabt, problem: Problem, tensors: Tensors): Task {
  if (problem.kind === "add") return adding(assembler, tensors);
  if (problem.kind === "limit") {
    return problem.of === "copy" ? copying(assembler) : multiplying(assembler, tiles[problem.of], repetitions);
  }
  const flops = flopsOf(problem) ?? lacking("the limit is measured of copies, sums and products");
  const tile = hasFused(assembler) ? tiles.fusedProduct : tiles.product;
  return multiplying(assembler, tile, Math.ceil((repetitions * flops) / tileFlops(tile)));
}

/** Elements up to the next multiple of four are added along. */
function adding(assembler: Wabt, tensors: Tensors): Task {
  const length = specOf(tensors, "a").shape[0] as number;
  const bytes = 16 * Math.ceil(length / 4);
  const [add, memory] = kernel(assembler, memoryModule, "add", 3 * bytes);
  new Float32Array(memory).set(numbers(tensors, "a"));
  new Float32Array(memory, bytes).set(numbers(tensors, "b"));
  return {
    run: () => add(0, bytes, 2 * bytes, bytes),
    results: () => [new Float32Array(memory, 2 * bytes, length)],
  };
}

function copying(assembler: Wabt): Task {
  const [copy, memory] = kernel(assembler, memoryModule, "copy", 2 * copyBytes);
  const bytes = new Uint8Array(memory, 0, 2 * copyBytes);
  bytes.fill(1, 0, copyBytes);
  return {
    run: () => copy(copyBytes, 0, copyBytes),
    results: () => {
      if (bytes.includes(0)) throw new Error("not everything was copied");
      return [];
    },
  };
}

function multiplying(assembler: Wabt, tile: Tile, times: number): Task {
  if (tile.fused && !hasFused(assembler)) {
    lacking("no fused multiply-add here (in Node 20: --node-flags=--experimental-wasm-relaxed-simd)");
  }
  const columns = 4 * tile.vectors;
  const [lengthA, lengthB] = [tile.rows * depth, columns * depth];
  const [product, memory] = kernel(
    assembler,
    tileModule(tile),
    "product",
    4 * (lengthA + lengthB + tile.rows * columns),
  );
  const a = new Float32Array(memory, 0, lengthA).map((_, i) => ((i * 7) % 11) / 8);
  const b = new Float32Array(memory, 4 * lengthA, lengthB).map((_, i) => ((i * 5) % 13) / 8);
  new Float32Array(memory).set([...a, ...b]);
  const c = new Float32Array(memory, 4 * (lengthA + lengthB), tile.rows * columns);
  const multiply = (count: number) => product(0, 4 * lengthA, 4 * (lengthA + lengthB), count);
  return {
    run: () => multiply(times),
    results: () => {
      c.fill(0);
      multiply(2);
      c.forEach((value, place) => {
        const [i, j] = [Math.floor(place / columns), place % columns];
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += (a[k * tile.rows + i] as number) * (b[k * columns + j] as number);
        if (value !== 2 * sum) throw new Error(`the tile is wrong at ${i}, ${j}: ${value} instead of ${2 * sum}`);
      });
      return [];
    },
  };
}
