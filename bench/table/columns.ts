/** Which frameworks stand side by side, and how each is started. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type DeviceName, deviceNames } from "../../src/index.js";
import type { Command } from "./peer.js";

/** One framework, in one way of running it. */
export interface Column {
  readonly id: string;
  readonly title: string;
  /** What it is compared as. */
  readonly family: "limit" | "livegrad" | "JavaScript" | "PyTorch";
  readonly command: Command;
  /** Made for a few rows alone; the table leaves it out elsewhere. */
  readonly partial?: true;
}

/** The column of what the machine can do. */
export const limitColumn = "limit";

/** What the columns depend on. */
export interface ColumnOptions {
  /** The bundle that `buildWorker` made. */
  readonly worker: string;
  readonly devices: readonly string[];
  /** Flags for Node. */
  readonly nodeFlags: readonly string[];
}

/** The devices that are measured unless others are asked for; the hand-tuned one where there is one. */
export const defaultDevices: readonly string[] = ["simd", "webasm", "cpu"].filter((name) =>
  deviceNames.includes(name as DeviceName),
);

/** Every column, and what is missing. */
export function allColumns(options: ColumnOptions): { columns: readonly Column[]; missing: readonly string[] } {
  const node = (id: string, title: string, module: string, pairs: readonly string[] = [], env = {}): Column => ({
    id,
    title,
    family: module === "limits" ? "limit" : module === "livegrad" ? "livegrad" : "JavaScript",
    command: { file: process.execPath, args: [...options.nodeFlags, options.worker, module, ...pairs], env },
  });
  const torch = python();
  const columns = [
    { ...node(limitColumn, "limit, 1 thread", "limits"), partial: true as const },
    ...options.devices.flatMap((device) => deviceColumns(device, node)),
    node("tfjs-wasm", "TensorFlow.js wasm", "tensorflow", ["backend=wasm"]),
    node("tfjs-cpu", "TensorFlow.js cpu", "tensorflow", ["backend=cpu"]),
    node("jax-js", "jax-js wasm", "jax"),
    node("js-pytorch", "js-pytorch", "js-pytorch"),
    node("convnetjs", "ConvNetJS", "convnetjs"),
    ...(torch === null ? [] : pytorchColumns(torch)),
  ];
  const missing =
    torch === null
      ? ["PyTorch: no Python with it (Debian: python3-torch; or set LIVEGRAD_PYTHON to one that has it)"]
      : [];
  return { columns, missing };
}

type NodeColumn = (id: string, title: string, module: string, pairs: readonly string[], env?: object) => Column;

/** The threaded device on one thread and on as many as there are cores. */
function deviceColumns(device: string, node: NodeColumn): Column[] {
  const pairs = [`device=${device}`];
  if (device !== "simd") return [node(device, `livegrad ${device}`, "livegrad", pairs)];
  return threadCounts().map((count) =>
    node(`${device}-${count}`, `livegrad ${device}, ${threads(count)}`, "livegrad", pairs, {
      LIVEGRAD_THREADS: String(count),
    }),
  );
}

/** One thread and two; more are not compared. */
function threadCounts(): number[] {
  return availableParallelism() > 1 ? [1, 2] : [1];
}

const threads = (count: number) => (count === 1 ? "1 thread" : `${count} threads`);
const script = fileURLToPath(new URL("./frameworks/pytorch.py", import.meta.url));

function pytorchColumns(file: string): Column[] {
  const column = (id: string, title: string, ...args: string[]): Column => ({
    id,
    title,
    family: "PyTorch",
    command: { file, args: [script, ...args], env: {} },
  });
  const counts = threadCounts();
  const most = counts.at(-1) as number;
  return [
    ...counts.map((count) => column(`pytorch-${count}`, `PyTorch, ${threads(count)}`, `threads=${count}`)),
    {
      ...column("pytorch-nhwc", `PyTorch NHWC, ${threads(most)}`, `threads=${most}`, "layout=channels_last"),
      partial: true,
    },
  ];
}

/** PyTorch in float64, which says what is right; null without PyTorch. */
export function oracle(): Command | null {
  const file = python();
  return file === null ? null : { file, args: [script, "expected=1", "threads=2"], env: {} };
}

let found: string | null | undefined;

/** A Python that has PyTorch. */
function python(): string | null {
  if (found === undefined) {
    const file = process.env["LIVEGRAD_PYTHON"] ?? "python3";
    found = spawnSync(file, ["-c", "import torch"], { stdio: "ignore" }).status === 0 ? file : null;
  }
  return found;
}
