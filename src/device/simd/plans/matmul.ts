/** The matrix product. */
import type { Launch } from "../../device.js";
import type { Task } from "../pool.js";
import { packedSize, packedTogether } from "./panels.js";
import { type Call, grainOf, type Plan } from "./plan.js";

type Sizes = Record<"whole" | "block" | "rest" | "batchA" | "rowA" | "colA" | "batchB" | "rowB" | "colB", number>;

/** Rows and columns of a unit: what is packed of a for it fits the caches next to the core. */
const unitRows = 48;
const unitColumns = 120;

/** Multiply-adds below which one thread does all. */
const alone = 65_536;

/** Floats of a thread's scratch. */
const scratchFloats = 2 ** 18;

/** Packs both operands, then multiplies panels; a vector is multiplied as it is. */
export const matmul: Plan = (launch, call) =>
  launch.threads[0] === 1 || launch.threads[1] === 1 ? vector(launch, call) : matrix(launch, call);

function matrix({ threads: [columns, rows, batch], constants }: Launch, call: Call): Task {
  const { words, inputs } = call;
  const { whole, block, rest, batchA, rowA, colA, batchB, rowB, colB } = constants as Sizes;
  const terms = whole * block + rest;
  const [sizeA, sizeB] = [packedSize(rows, terms), packedSize(columns, terms)];
  const [countA, countB] = [batchA === 0 ? 1 : batch, batchB === 0 ? 1 : batch];
  const packUnitsA = countA * Math.ceil(rows / packedTogether);
  const packUnits = packUnitsA + countB * Math.ceil(columns / packedTogether);
  const work = rows * columns * batch * terms;
  const packed = countA * sizeA + countB * sizeB;
  const isSmall = work < alone && packed < scratchFloats;
  const height = work < 8 * alone ? 24 : unitRows;
  const width = work < 64 * alone ? 48 : unitColumns;
  words.set([call.out, inputs[0] as number, inputs[1] as number, 0, 0, rows, columns, terms]);
  words.set([batchA, rowA, colA, batchB, rowB, colB, packUnitsA, height, width, sizeA, sizeB], 8);
  words.set([countA * sizeA, packUnits], 19);
  const units = Math.ceil(rows / height) * Math.ceil(columns / width) * batch;
  if (isSmall) return { name: "matmulAlone", units, grain: units };
  words[3] = call.temporary(packed);
  words[4] = (words[3] as number) + 4 * countA * sizeA;
  return {
    name: "matmul",
    units,
    grain: grainOf(units, work),
    first: { name: "matmulPack", units: packUnits, grain: grainOf(packUnits, packed) },
  };
}

/** A row times a matrix; a matrix times a column is the same, the matrix transposed. */
function vector({ threads: [x, y, batch], constants }: Launch, { out, inputs, words }: Call): Task {
  const { whole, block, rest, batchA, rowA, colA, batchB, rowB, colB } = constants as Sizes;
  const terms = whole * block + rest;
  const columns = Math.max(x, y);
  const [a, b] = inputs as readonly [number, number];
  const work = columns * terms * batch;
  const width = Math.max(16, 16 * Math.ceil(Math.min(columns, 8192 / terms) / 16));
  words.set([out]);
  if (y === 1) words.set([a, b, columns, terms, batchA, colA, batchB, rowB, colB, width], 1);
  else words.set([b, a, columns, terms, batchB, rowB, batchA, colA, rowA, width], 1);
  const units = Math.ceil(columns / width) * batch;
  return { name: "vectorMatrix", units, grain: grainOf(units, work) };
}
