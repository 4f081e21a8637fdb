/** The weights and inputs of a zoo file, which it defines by a formula of key and index. */
import { type AnyModule, type Tensor, tensor } from "../../../src/index.js";

const utf8 = new TextEncoder();

/** FNV-1a, 32 bits. */
export function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of utf8.encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** MurmurHash3's finaliser. */
export function fmix32(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The finaliser of an index and a start value. */
export function hash(h0: number, i: number): number {
  return fmix32(Math.imul(i, 0x9e3779b1) ^ h0);
}

/** What a record says of its weights. */
export interface Formula {
  /** Comes before the key. */
  readonly salt: string;
  /** Scale of the weights of batch norms. */
  readonly bnScale: number;
}

/** The input of a record, `[batch, channels, ...size]`, as float32 numbers.
 * @param moved 0, or a seed: then each number is moved by up to the distance of two float32 numbers */
export function formulaInput({ salt }: Formula, shape: readonly number[], moved = 0): Tensor {
  const values = filled(salt, "input", shape, (u) => u);
  if (moved === 0) return tensor(values, { shape });
  const step = (i: number) => ((hash(moved, i) % 3) - 1) * 2 ** -23;
  return tensor(
    values.map((u, i) => u * (1 + step(i))),
    { shape },
  );
}

/** Gives every parameter and buffer of a model the numbers of the formula; groups of them at a time, for the largest models fill
 * memory. */
export function loadFormula(model: AnyModule, formula: Formula): void {
  const state = [...model.namedParameters(), ...model.namedBuffers()];
  const keys = new Set(state.map(([key]) => key));
  let group: Record<string, Tensor> = {};
  let size = 0;
  for (const [i, [key, { shape }]] of state.entries()) {
    const values = filled(formula.salt, key, shape, numberOf(key, shape, keys, formula));
    group[key] = tensor(values, { shape });
    size += values.length;
    if (size < largestGroup && i < state.length - 1) continue;
    model.loadStateDict(group, { strict: false });
    for (const loaded of Object.values(group)) loaded.dispose();
    [group, size] = [{}, 0];
  }
}

/** Numbers that are held beside those of the model. */
const largestGroup = 2 ** 22;

/** The number of an element from its u, by the kind of its key. */
function numberOf(key: string, shape: readonly number[], keys: ReadonlySet<string>, { bnScale }: Formula) {
  const [name, path] = [key.split(".").at(-1), key.slice(0, key.lastIndexOf(".") + 1)];
  switch (name) {
    case "bias":
    case "running_mean":
      return (u: number) => 0.1 * u;
    case "running_var":
      return (u: number) => 1 + 0.2 * Math.abs(u);
    case "num_batches_tracked":
      return () => 0;
    case "layer_scale": // of ConvNeXt, whose layer norms are like batch norms here: the files say nothing of either
      return (u: number) => bnScale * (1 + 0.1 * u);
    case "weight": {
      const [outputs = 1, ...inputs] = shape;
      const isNorm = inputs.length === 0 || keys.has(`${path}running_mean`);
      if (isNorm) return (u: number) => bnScale * (1 + 0.1 * u);
      if (outputs < 1) break;
      const scale = Math.sqrt(6 / inputs.reduce((product, n) => product * n, 1));
      return (u: number) => scale * u;
    }
  }
  throw new Error(`the formula says nothing of ${key} of shape [${shape.join(", ")}]`);
}

function filled(salt: string, key: string, shape: readonly number[], value: (u: number) => number): Float32Array {
  const h0 = fnv1a(salt === "" ? key : `${salt}:${key}`);
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (let i = 0; i < values.length; i++) values[i] = value(hash(h0, i) / 2147483648 - 1);
  return values;
}
