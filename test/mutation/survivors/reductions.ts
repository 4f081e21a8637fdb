/** Mutants of reductions that change no result. */
import type { Explanation } from "./explanation.js";

export const reductionsSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/reduce/cum-sum.ts",
    reason: "A pass further than the axis is long adds nothing, nor do terms before its first element.",
    changes: [
      [
        "for (let distance = 1; distance < size; distance *= width) {",
        "for (let distance = 1; distance <= size; distance *= width) {",
      ],
      ["const terms = Math.min(width, Math.ceil(size / distance));", "const terms = width;"],
      ["const terms = Math.min(width, Math.ceil(size / distance));", "const terms = Math.min(width, size / distance);"],
      [
        "const terms = Math.min(width, Math.ceil(size / distance));",
        "const terms = Math.min(width, Math.ceil(size * distance));",
      ],
      ["const terms = Math.min(width, Math.ceil(size / distance));", "const terms = Math.min(width, Math.ceil(size));"],
    ],
  },
  {
    file: "src/ops/reduce/norm.ts",
    reason: "The general formula holds for 1 and 2 as well; sums, squares and roots take less time than powers.",
    changes: [
      ["if (p === 1) return sum(abs(x), over);", "if (false) return sum(abs(x), over);"],
      [
        "if (p === 2) return mul(scale, sqrt(sum(square(ratio), over)));",
        "if (false) return mul(scale, sqrt(sum(square(ratio), over)));",
      ],
      [
        "if (p === 2) return mul(scale, sqrt(sum(square(ratio), over)));",
        "if (p === 1) return mul(scale, sqrt(sum(square(ratio), over)));",
      ],
    ],
  },
  {
    file: "src/ops/reduce/norm.ts",
    reason: "The norm of order 0 is a count, which is not scaled.",
    changes: [
      ["const extreme = p > 0 ? max(x, over) : min(x, over);", "const extreme = p >= 0 ? max(x, over) : min(x, over);"],
    ],
  },
  {
    file: "src/ops/reduce/norm.ts",
    reason: "Where there is nothing to scale by, any number does that is not tiny or huge.",
    changes: [["const scale = where(usable, extreme, 1);", "const scale = where(usable, extreme, 2);"]],
  },
  {
    file: "src/ops/reduce/norm.ts",
    reason: "What stands on the side that is not taken counts for nothing, in the gradient either.",
    changes: [
      ["return where(zero, 0, div(x, where(zero, 1, y)));", "return where(zero, 0, div(x, where(zero, 2, y)));"],
      [
        "return where(zero, 0, pow(where(zero, 1, ratio), exponent));",
        "return where(zero, 0, pow(where(zero, 2, ratio), exponent));",
      ],
      [
        "return where(zero, 0, pow(where(zero, 1, ratio), exponent));",
        "return where(zero, 0, pow(where(zero, 0, ratio), exponent));",
      ],
    ],
  },
  {
    file: "src/ops/reduce/product.ts",
    reason: "A factor of 1 may stand before the others or behind them.",
    changes: [
      [
        "factors = mul(partOf(factors, 0, 0, half), rest < half ? pad(second, [[0, 1]], { value: 1 }) : second);",
        "factors = mul(partOf(factors, 0, 0, half), rest < half ? pad(second, [[1, 0]], { value: 1 }) : second);",
      ],
    ],
  },
  {
    file: "src/ops/reduce/product.ts",
    reason: "A pass as far as the axis is long multiplies by the ones of the padding.",
    changes: [
      [
        "for (let distance = 1; distance < size; distance *= 2) {",
        "for (let distance = 1; distance <= size; distance *= 2) {",
      ],
    ],
  },
  {
    file: "src/ops/reduce/reduce.ts",
    reason: "A shift by any finite number leaves an infinite maximum, or NaN, what it is.",
    changes: [
      [
        "return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 0);",
        "return where(less(abs(largest), Number.POSITIVE_INFINITY), largest, 1);",
      ],
    ],
  },
  {
    file: "src/ops/reduce/reduce.ts",
    reason: "Zeros are zeros by whatever they are divided.",
    changes: [
      ["const scale = where(equal(largest, 0), 1, largest);", "const scale = where(equal(largest, 0), 2, largest);"],
    ],
  },
  {
    file: "src/ops/reduce/reduce.ts",
    reason: "Parts of a single element have the same sum, of more terms.",
    changes: [["const parts = partsOf(x.size);", "const parts = x.size;"]],
  },
  {
    file: "src/ops/reduce/reduction.ts",
    reason: "Before the first axis `at` finds the last one, which never stands one below it.",
    changes: [
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (at(axes, first - 1) === at(axes, first) - 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first >= 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
      ],
    ],
  },
  {
    file: "src/ops/reduce/reduction.ts",
    reason: "Neighbouring axes may be reduced one after the other; together they take fewer passes.",
    changes: [
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, 1 - first) === at(axes, first) - 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first) === at(axes, first) - 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 2) === at(axes, first) - 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 0) === at(axes, first) - 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 1) === at(axes, first) + 1) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 1) === 1 - at(axes, first)) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 1) === at(axes, first)) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 0) first--;",
      ],
      [
        "while (first > 0 && at(axes, first - 1) === at(axes, first) - 1) first--;",
        "while (first > 1 && at(axes, first - 1) === at(axes, first) - 1) first--;",
      ],
    ],
  },
  {
    file: "src/ops/reduce/reduction.ts",
    reason: "Rows of a single part may be counted by either thread; along x their results are neighbours in memory.",
    changes: [
      ["const row = parts === 1 ? [outer, 1] : [parts, outer];", "const row = false ? [outer, 1] : [parts, outer];"],
      [
        "const row = parts === 1 ? [outer, 1] : [parts, outer];",
        "const row = parts === 0 ? [outer, 1] : [parts, outer];",
      ],
      [
        "const row = parts === 1 ? [outer, 1] : [parts, outer];",
        "const row = parts === 1 ? [1, outer] : [parts, outer];",
      ],
    ],
  },
  {
    file: "src/ops/reduce/reduction.ts",
    reason: "What is reduced further, or given another shape by the caller, need only have the size.",
    changes: [
      ["shape: [outer, parts, inner],", "shape: [parts, outer, inner],"],
      ["shape: [outer, parts, inner],", "shape: [outer, inner, parts],"],
    ],
  },
  {
    file: "src/ops/reduce/reduction.ts",
    reason: "It is multiplied by thread.z, of which there is one.",
    changes: [
      [
        "return { whole, rest, step, baseX: parts === 1 ? size : 1, baseY: size, baseZ: 0, placeX: 1, placeY: 0 };",
        "return { whole, rest, step, baseX: parts === 1 ? size : 1, baseY: size, baseZ: 1, placeX: 1, placeY: 0 };",
      ],
    ],
  },
  {
    file: "src/ops/reduce/sum.ts",
    reason: "A sum over no axes, and a view of the same shape, are the tensor itself.",
    changes: [
      ["if (sameShape(x.shape, shape)) return x;", "if (false) return x;"],
      [
        "return sameShape(x.shape, shape) ? x : reshapeOp(x, { shape });",
        "return false ? x : reshapeOp(x, { shape });",
      ],
    ],
  },
  {
    file: "src/ops/reduce/sum.ts",
    reason: "The shape is set afterwards; axes that are kept spare a view.",
    changes: [
      [
        "return reshapeTo(sumOp(x, { axes, keepDims: true }), shape);",
        "return reshapeTo(sumOp(x, { axes, keepDims: false }), shape);",
      ],
    ],
  },
];
