/** Mutants of products and of picking by index that change no result. */
import type { Explanation } from "./explanation.js";

export const ofProductsSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/indexing/gather-op.ts",
    reason: "A bisection that has found its place stays there: more steps are work, not results.",
    changes: [
      [
        "constants: { ...constants, steps: Math.floor(Math.log2(count)) + 1 },",
        "constants: { ...constants, steps: Math.ceil(Math.log2(count)) + 1 },",
      ],
      [
        "constants: { ...constants, steps: Math.floor(Math.log2(count)) + 1 },",
        "constants: { ...constants, steps: Math.log2(count) + 1 },",
      ],
      [
        "constants: { ...constants, steps: Math.floor(Math.log2(count)) + 1 },",
        "constants: { ...constants, steps: Math.floor(count) + 1 },",
      ],
      [
        "constants: { ...constants, steps: Math.floor(Math.log2(count)) + 1 },",
        "constants: { ...constants, steps: Math.floor(Math.log2(count)) + 2 },",
      ],
    ],
  },
  {
    file: "src/ops/indexing/gather-op.ts",
    reason: "A pass that reaches no other element changes nothing.",
    changes: [
      [
        "for (let distance = 1; distance < count; distance *= width) {",
        "for (let distance = 1; distance <= count; distance *= width) {",
      ],
    ],
  },
  {
    file: "src/ops/indexing/gather-op.ts",
    reason: "Both ways give the same sums; how many indices there are decides which is faster.",
    changes: [
      ["const few = at(g.shape, axis) <= fewIndices;", "const few = at(g.shape, axis) < fewIndices;"],
      [
        "const output = (few ? addedDirectly : addedInOrder)(g, index, { axis, shared }, size);",
        "const output = (true ? addedDirectly : addedInOrder)(g, index, { axis, shared }, size);",
      ],
      [
        "const output = (few ? addedDirectly : addedInOrder)(g, index, { axis, shared }, size);",
        "const output = (false ? addedDirectly : addedInOrder)(g, index, { axis, shared }, size);",
      ],
    ],
  },
  {
    file: "src/ops/indexing/gather.ts",
    reason: "The corner that is all of it is a copy.",
    changes: [
      [
        "return sameShape(x.shape, shape) ? x : sliceOp(x, { ranges: shape.map((count) => ({ from: 0, by: 1, count })) });",
        "return false ? x : sliceOp(x, { ranges: shape.map((count) => ({ from: 0, by: 1, count })) });",
      ],
    ],
  },
  {
    file: "src/ops/indexing/places.ts",
    reason: "A bisection that has found its place stays there: more steps are work, not results.",
    changes: [
      [
        "constants: { ...constants, run: length, steps: Math.log2(length) + 1, descending: descending ? 1 : 0 },",
        "constants: { ...constants, run: length, steps: Math.log2(length) + 2, descending: descending ? 1 : 0 },",
      ],
    ],
  },
  {
    file: "src/ops/indexing/places.ts",
    reason: "A pass over rows that are merged already changes nothing.",
    changes: [
      ["for (let length = 1; length < size; length *= 2) {", "for (let length = 1; length <= size; length *= 2) {"],
    ],
  },
  {
    file: "src/ops/linalg/attention.ts",
    reason: "A generator is there where there is dropout, which the type does not say.",
    changes: [
      [
        "if (dropoutP > 0 && generator !== undefined) weights = dropped(weights, dropoutP, generator);",
        "if (dropoutP > 0) weights = dropped(weights, dropoutP, generator);",
      ],
    ],
  },
  {
    file: "src/ops/linalg/attention.ts",
    reason: "The triangle of each member of the batch in the place of one for all: memory, not results.",
    changes: [
      ["const shape = scores.shape.slice(-2);", "const shape = scores.shape;"],
      ["const shape = scores.shape.slice(-2);", "const shape = scores.shape.slice(-3);"],
    ],
  },
  {
    file: "src/ops/linalg/attention.ts",
    reason: "What stands in a row without keys is thrown away; it only has to be finite.",
    changes: [
      [
        "return where(nothing, 0, softmax(where(nothing, 0, scores)));",
        "return where(nothing, 0, softmax(where(nothing, 1, scores)));",
      ],
    ],
  },
  {
    file: "src/ops/linalg/attention.ts",
    reason: "Where all is dropped nothing grows; the factor only has to be finite.",
    changes: [
      [
        "return where(greaterEqual(draws, p), mul(weights, p === 1 ? 0 : 1 / (1 - p)), 0);",
        "return where(greaterEqual(draws, p), mul(weights, p === 1 ? 1 : 1 / (1 - p)), 0);",
      ],
    ],
  },
  {
    file: "src/ops/linalg/einsum.ts",
    reason: "A sum over no axes is a copy.",
    changes: [["if (axis.length === 0) return { x, labels };", "if (false) return { x, labels };"]],
  },
  {
    file: "src/ops/linalg/einsum.ts",
    reason: "Products may be taken in either order: axes are known by their labels.",
    changes: [
      [
        "result = result === undefined ? summed(next, later) : contracted(result, next, later);",
        "result = result === undefined ? summed(next, later) : contracted(next, result, later);",
      ],
    ],
  },
  {
    file: "src/ops/linalg/matmul.ts",
    reason: "A matrix that serves all members of the batch is copied for each: memory, not results.",
    changes: [
      [
        "return x.size === sizeOf(matrix) ? x : repeatTo(x, [...batch, ...matrix]);",
        "return false ? x : repeatTo(x, [...batch, ...matrix]);",
      ],
      [
        "return x.size === sizeOf(matrix) ? x : repeatTo(x, [...batch, ...matrix]);",
        "return x.size === matrix ? x : repeatTo(x, [...batch, ...matrix]);",
      ],
    ],
  },
  {
    file: "src/ops/linalg/vectors.ts",
    reason: "The inner product is symmetric.",
    changes: [["return matmul(a, b);", "return matmul(b, a);"]],
  },
];
