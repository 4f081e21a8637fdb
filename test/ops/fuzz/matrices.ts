/** Signatures of ops on matrices. */
import { flag, float, options, whole } from "./arguments.js";
import { aligned, dims, each, type Signatures } from "./promise.js";

const square = float("AA", "AA", "BAA");

export const matrixSignatures: Signatures = {
  ...each("inverse", { args: [square], shape: ([a]) => dims(a) }),
  ...each("det logdet", { args: [square], shape: ([a]) => dims(a).slice(0, -2) }),
  slogdet: { args: [square], shape: ([a]) => [dims(a).slice(0, -2), dims(a).slice(0, -2)] },
  matrixPower: { args: [square, whole(-3, 5)], shape: ([a]) => dims(a) },
  solve: {
    args: [float("AA", "BAA", "BAA"), float("AC", "BA", "BAC")],
    shape: ([a, b]) => {
      const [left, right] = [dims(a), dims(b)];
      const isVector = right.length === 1 || right.join() === left.slice(0, -1).join();
      if (isVector) return right.length === 1 ? left.slice(0, -1) : right;
      return [...aligned([left.slice(0, -2), right.slice(0, -2)]), ...right.slice(-2)];
    },
  },
  cholesky: { args: [float("11", "AA", "BAA"), options({ upper: flag })], shape: ([a]) => dims(a) },
  solveTriangular: {
    args: [
      float("AA", "AA", "BAA"),
      float("AA", "BAA", "BAA"),
      options({ upper: flag, unitriangular: flag, left: flag }, ["upper"]),
    ],
    shape: ([a, b]) => [...aligned([dims(a).slice(0, -2), dims(b).slice(0, -2)]), ...dims(b).slice(-2)],
  },
  qr: {
    args: [float("AB", "BA", "CAB")],
    shape: ([a]) => {
      const [rows, columns] = dims(a).slice(-2) as [number, number];
      const [batch, count] = [dims(a).slice(0, -2), Math.min(rows, columns)];
      return [
        [...batch, rows, count],
        [...batch, count, columns],
      ];
    },
  },
  eigvalsh: { args: [square], shape: ([a]) => dims(a).slice(0, -1) },
  eigh: { args: [square], shape: ([a]) => [dims(a).slice(0, -1), dims(a)] },
};
