/** Mutants of the kernels that change no result. */
import type { Explanation } from "./explanation.js";

export const kernelsSurvivors: readonly Explanation[] = [
  {
    file: "src/kernels/batch-norm.ts",
    reason: "Both layouts that are normalised step by 1 along x.",
    changes: [
      [
        "this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;",
        "this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x / this.constants.baseX;",
      ],
      [
        "this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x * this.constants.baseX;",
        "this.thread.z * this.constants.baseZ + this.thread.y * this.constants.baseY + this.thread.x;",
      ],
    ],
  },
  {
    file: "src/kernels/cost.ts",
    reason: "The table is made when the module is loaded, before any mutant is on.",
    changes: [
      [
        "...Object.values(movement).map((kernel) => [kernel as KernelFunction, none] as const),",
        "...Object.values(movement).map((kernel) => [none, kernel as KernelFunction] as const),",
      ],
    ],
  },
  {
    file: "src/kernels/movement.ts",
    reason: "Both branches set it; a kernel must start it as a number.",
    changes: [["let result = 0;", "let result = 1;"]],
  },
  {
    file: "src/kernels/band.ts",
    reason: "Indices are whole numbers in float64, which need no rounding; they may be a little less on a GPU.",
    changes: [
      [
        "i = Math.floor(first[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]! + 0.5) | 0;",
        "i = Math.floor(first[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]!) | 0;",
      ],
      [
        "i = Math.floor(first[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]! + 0.5) | 0;",
        "i = Math.floor(first[this.thread.x * this.constants.placeX + this.thread.y * this.constants.placeY]! + 0.505) | 0;",
      ],
    ],
  },
  {
    file: "src/kernels/batch-norm.ts",
    reason: "The square has no sign.",
    changes: [["const d = x[k]! - centre;", "const d = centre - x[k]!;"]],
  },
  {
    file: "src/kernels/binary.ts",
    reason:
      "JavaScript's own functions and operators hand NaN on and know the limits at 0; the branch is for GPUs, where they do not.",
    changes: [["if (!(p > 0 || p <= 0)) return p;", "if (false) return p;"]],
  },
  {
    file: "src/kernels/binary.ts",
    reason: "At the bound both branches give the same number.",
    changes: [
      ["if (p > q) return p;", "if (p >= q) return p;"],
      ["if (p < q) return p;", "if (p <= q) return p;"],
    ],
  },
  {
    file: "src/kernels/binary.ts",
    reason: "One of the two is NaN, and so are sum and difference.",
    changes: [["return p + q;", "return p - q;"]],
  },
  {
    file: "src/kernels/binary.ts",
    reason:
      "The start of a sum that is multiplied by a small square as often as the loop runs, or a term more or less of a series that has converged: below the last digit of float64.",
    changes: [
      ["let sum = 0;", "let sum = 1;"],
      ["for (let n = 0; n < 20; n++) {", "for (let n = 1; n < 20; n++) {"],
    ],
  },
  {
    file: "src/kernels/binary.ts",
    reason: "Asks for the sign of a zero by that of its reciprocal, for which any numerator will do.",
    changes: [
      ["if (x < 0 || 1 / x < 0) angle = Math.PI - angle;", "if (x < 0 || 2 / x < 0) angle = Math.PI - angle;"],
      ["if (y < 0 || 1 / y < 0) return -angle;", "if (y < 0 || 2 / y < 0) return -angle;"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason:
      "JavaScript's own functions and operators hand NaN on and know the limits at 0; the branch is for GPUs, where they do not.",
    changes: [
      ["if (value > 0 || value <= 0) return Math.exp(value);", "if (true) return Math.exp(value);"],
      ["if (value > 0) return Math.log(value);", "if (value >= 0) return Math.log(value);"],
      ["if (value > 0) return Math.log(value);", "if (true) return Math.log(value);"],
      ["if (value < 0) return Math.sqrt(value);", "if (value <= 0) return Math.sqrt(value);"],
      ["if (value < 0) return Math.sqrt(value);", "if (true) return Math.sqrt(value);"],
      ["if (value < 0) return Math.sqrt(value);", "if (value < 1) return Math.sqrt(value);"],
      ["if (value >= 0) return 1 / (1 + e);", "if (true) return 1 / (1 + e);"],
      ["if (value <= 0) return tail;", "if (true) return tail;"],
      ["if (value >= 0) return -tail;", "if (true) return -tail;"],
      ["if (value >= 0) return result;", "if (true) return result;"],
      ["if (u > 0) return Math.log(u);", "if (u >= 0) return Math.log(u);"],
      ["if (u > 0) return Math.log(u);", "if (true) return Math.log(u);"],
      ["if (u < 0) return Math.sqrt(u);", "if (u <= 0) return Math.sqrt(u);"],
      ["if (u < 0) return Math.sqrt(u);", "if (true) return Math.sqrt(u);"],
      ["if (u < 0) return Math.sqrt(u);", "if (u < 1) return Math.sqrt(u);"],
      ["if (value > 0) return result;", "if (true) return result;"],
      [
        "if (value > 0 || value <= 0) return 0.5 * half * half + 0.5 / half / half;",
        "if (true) return 0.5 * half * half + 0.5 / half / half;",
      ],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "The infinity in question is the same for any numerator.",
    changes: [
      ["if (value === 0) return -1 / Math.abs(value);", "if (value === 0) return -2 / Math.abs(value);"],
      ["if (u === 0) return -1 / u;", "if (u === 0) return -2 / u;"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason:
      "Beyond the bound the device's own function is called, as float32 loses digits there; in float64 both are right.",
    changes: [
      ["if (Math.abs(value) > 8192) return Math.sin(value);", "if (Math.abs(value) >= 8192) return Math.sin(value);"],
      ["if (Math.abs(value) > 8192) return Math.sin(value);", "if (true) return Math.sin(value);"],
      ["if (Math.abs(value) > 8192) return Math.sin(value);", "if (Math.abs(value) > 8193) return Math.sin(value);"],
      ["if (Math.abs(value) > 8192) return Math.sin(value);", "if (Math.abs(value) > 8191) return Math.sin(value);"],
      ["if (Math.abs(value) > 8192) return Math.cos(value);", "if (Math.abs(value) >= 8192) return Math.cos(value);"],
      ["if (Math.abs(value) > 8192) return Math.cos(value);", "if (true) return Math.cos(value);"],
      ["if (Math.abs(value) > 8192) return Math.cos(value);", "if (Math.abs(value) > 8193) return Math.cos(value);"],
      ["if (Math.abs(value) > 8192) return Math.cos(value);", "if (Math.abs(value) > 8191) return Math.cos(value);"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "A multiple of π/2 that is nearly the nearest will do: the series is exact a little beyond π/4.",
    changes: [
      [
        "const k = Math.floor(value * 0.6366197723675814 + 0.5);",
        "const k = Math.floor(value * 0.6366197723675814 + 0.505);",
      ],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason:
      "The start of a sum that is multiplied by a small square as often as the loop runs, or a term more or less of a series that has converged: below the last digit of float64.",
    changes: [
      [
        "(s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))));",
        "(s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 211)))))));",
      ],
      [
        "(s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))));",
        "(s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 209)))))));",
      ],
      [
        "1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))));",
        "1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 183))))));",
      ],
      [
        "1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))));",
        "1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 181))))));",
      ],
      ["let sum = 0;", "let sum = 1;"],
      ["for (let n = 0; n < 18; n++) {", "for (let n = 1; n < 18; n++) {"],
      ["for (let n = 1; n < 60; n++) {", "for (let n = 1; n <= 60; n++) {"],
      ["for (let n = 1; n < 60; n++) {", "for (let n = 1; n < 61; n++) {"],
      ["for (let n = 1; n < 60; n++) {", "for (let n = 1; n < 59; n++) {"],
      ["for (let n = 0; n < 60; n++) {", "for (let n = 1; n < 60; n++) {"],
      ["for (let n = 2; n < 16; n++) {", "for (let n = 2; n <= 16; n++) {"],
      ["for (let n = 2; n < 16; n++) {", "for (let n = 2; n < 17; n++) {"],
      ["for (let n = 2; n < 16; n++) {", "for (let n = 2; n < 15; n++) {"],
      ["let sum = 1;", "let sum = 2;"],
      ["let sum = 1;", "let sum = 0;"],
      ["for (let n = 0; n < 9; n++) {", "for (let n = 1; n < 9; n++) {"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Beyond ±20 the hyperbolic tangent is 1 in float64, which JavaScript's own knows; some GPUs' is NaN.",
    changes: [
      ["if (value > 20) return 1;", "if (value >= 20) return 1;"],
      ["if (value > 20) return 1;", "if (false) return 1;"],
      ["if (value > 20) return 1;", "if (value > 21) return 1;"],
      ["if (value > 20) return 1;", "if (value > 19) return 1;"],
      ["if (value < -20) return -1;", "if (value <= -20) return -1;"],
      ["if (value < -20) return -1;", "if (false) return -1;"],
      ["if (value < -20) return -1;", "if (value < -21) return -1;"],
      ["if (value < -20) return -1;", "if (value < -19) return -1;"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "At the bound both branches give the same number.",
    changes: [
      ["if (value < 0) return e / (1 + e);", "if (value <= 0) return e / (1 + e);"],
      ["if (value > 0) return value + tail;", "if (value >= 0) return value + tail;"],
      ["if (value < 0) return value - tail;", "if (value <= 0) return value - tail;"],
      ["if (value < 0) return -result;", "if (value <= 0) return -result;"],
      ["if (value >= 0) return result;", "if (value > 0) return result;"],
      ["if (value < minimum[0]!) return minimum[0]!;", "if (value <= minimum[0]!) return minimum[0]!;"],
      ["if (value > maximum[0]!) return maximum[0]!;", "if (value >= maximum[0]!) return maximum[0]!;"],
      ["if (value < 0) return Math.ceil(value);", "if (value <= 0) return Math.ceil(value);"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Numbers above 0 have been answered before.",
    changes: [["if (value <= 0) return tail;", "if (value <= 1) return tail;"]],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "−0 and 0 are equal.",
    changes: [["if (value <= 0) return 0;", "if (value < 0) return 0;"]],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "From 6 on the function is 1 in float64; the bound only keeps infinities out of the fraction on GPUs.",
    changes: [
      ["if (a > 6) a = 6;", "if (a >= 6) a = 6;"],
      ["if (a > 6) a = 6;", "if (false) a = 6;"],
      ["if (a > 6) a = 6;", "if (a > 7) a = 6;"],
      ["if (a > 6) a = 6;", "if (a > 6) ;"],
      ["if (a > 6) a = 6;", "if (a > 6) a = 7;"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Near 3 both the series and the fraction are exact.",
    changes: [
      ["if (a < 3) {", "if (a <= 3) {"],
      ["if (a < 3) {", "if (a < 4) {"],
      ["if (a < 3) {", "if (a < 2) {"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Near the bound both formulas are exact.",
    changes: [
      [
        "if (Math.abs(value) > 0.5) return Math.exp(value) - 1;",
        "if (Math.abs(value) >= 0.5) return Math.exp(value) - 1;",
      ],
      [
        "if (Math.abs(value) > 0.5) return Math.exp(value) - 1;",
        "if (Math.abs(value) > 0.505) return Math.exp(value) - 1;",
      ],
      ["if (Math.abs(value) < 0.5) {", "if (Math.abs(value) <= 0.5) {"],
      ["if (Math.abs(value) < 0.5) {", "if (Math.abs(value) < 0.505) {"],
      ["if (Math.abs(value) < 1) {", "if (Math.abs(value) <= 1) {"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Numbers near 0 have been answered by the series.",
    changes: [
      ["if (value < 0) return -result;", "if (value <= 0) return -result;"],
      ["if (value < 0) return -result;", "if (value < 1) return -result;"],
      ["if (value > 0) return result;", "if (value >= 0) return result;"],
    ],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "The function is even.",
    changes: [["const half = Math.exp(0.5 * Math.abs(value));", "const half = Math.exp(0.5 * value);"]],
  },
  {
    file: "src/kernels/elementwise.ts",
    reason: "Asks whether a whole number is even: rounding up, or the opposite sign, answers that as well.",
    changes: [
      [
        "if (rest === 0.5 && below - 2 * Math.floor(below * 0.5) === 0) return below;",
        "if (rest === 0.5 && 2 * Math.floor(below * 0.5) - below === 0) return below;",
      ],
      [
        "if (rest === 0.5 && below - 2 * Math.floor(below * 0.5) === 0) return below;",
        "if (rest === 0.5 && below - 2 * Math.ceil(below * 0.5) === 0) return below;",
      ],
    ],
  },
  {
    file: "src/kernels/gather.ts",
    reason: "Any negative number has a root that is NaN; it depends on the index so that no compiler folds it.",
    changes: [
      ["return Math.sqrt(-1 - Math.abs(k));", "return Math.sqrt(-1);"],
      ["return Math.sqrt(-1 - Math.abs(k));", "return Math.sqrt(-2 - Math.abs(k));"],
      ["return Math.sqrt(-1 - Math.abs(k));", "return Math.sqrt(-0 - Math.abs(k));"],
    ],
  },
  {
    file: "src/kernels/gather.ts",
    reason: "A step of the bisection after its end changes nothing.",
    changes: [
      ["for (let i = 0; i < this.constants.steps; i++) {", "for (let i = 0; i <= this.constants.steps; i++) {"],
    ],
  },
  {
    file: "src/kernels/max-pool.ts",
    reason: "What comes first in a window replaces both: the index is below 0.",
    changes: [
      ["let best = 0;", "let best = 1;"],
      ["let index = -1;", "let index = -2;"],
    ],
  },
  {
    file: "src/kernels/max-pool.ts",
    reason: "A window beyond those that hold a cell has not picked it.",
    changes: [
      ["for (let i = 0; i < this.constants.kernelY; i++) {", "for (let i = 0; i <= this.constants.kernelY; i++) {"],
      ["for (let j = 0; j < this.constants.kernelX; j++) {", "for (let j = 0; j <= this.constants.kernelX; j++) {"],
      ["for (let i = 0; i < this.constants.windowsY; i++) {", "for (let i = 0; i <= this.constants.windowsY; i++) {"],
      ["for (let j = 0; j < this.constants.windowsX; j++) {", "for (let j = 0; j <= this.constants.windowsX; j++) {"],
    ],
  },
  {
    file: "src/kernels/max-pool.ts",
    reason: "What is beyond the window is left out by its end.",
    changes: [
      ["for (let i = 0; i < this.constants.kernelY; i++) {", "for (let i = 0; i <= this.constants.kernelY; i++) {"],
      ["for (let j = 0; j < this.constants.kernelX; j++) {", "for (let j = 0; j <= this.constants.kernelX; j++) {"],
    ],
  },
  {
    file: "src/kernels/max-pool.ts",
    reason:
      "Beyond the last window comes, in the flat buffer, one that does not hold the cell and has not picked it; only a device that clamps reads beyond the end would count its last window twice.",
    changes: [
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i < this.constants.outHeight) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (left + j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i <= this.constants.outHeight && left + j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top - i < this.constants.outHeight && left + j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top < this.constants.outHeight && left + j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (i < this.constants.outHeight && left + j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i < this.constants.outHeight && left + j <= this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i < this.constants.outHeight && left - j < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i < this.constants.outHeight && left < this.constants.outWidth) {",
      ],
      [
        "if (top + i < this.constants.outHeight && left + j < this.constants.outWidth) {",
        "if (top + i < this.constants.outHeight && j < this.constants.outWidth) {",
      ],
    ],
  },
  {
    file: "src/kernels/order.ts",
    reason: "Where the left run is short the right one is empty, and the end of the left is not asked for.",
    changes: [
      ["const left = Math.min(this.constants.run, this.constants.size - start);", "const left = this.constants.run;"],
      [
        "const left = Math.min(this.constants.run, this.constants.size - start);",
        "const left = Math.min(this.constants.run, this.constants.size + start);",
      ],
      [
        "const left = Math.min(this.constants.run, this.constants.size - start);",
        "const left = Math.min(this.constants.run, this.constants.size);",
      ],
    ],
  },
  {
    file: "src/kernels/order.ts",
    reason: "A value that is replaced before it is read; it is there to declare a number for gpu.js.",
    changes: [
      ["let first = 0;", "let first = 1;"],
      ["let second = 0;", "let second = 1;"],
      ["let p = 0;", "let p = 1;"],
      ["let q = 0;", "let q = 1;"],
    ],
  },
  {
    file: "src/kernels/order.ts",
    reason: "A step of the bisection after its end changes nothing.",
    changes: [
      ["for (let i = 0; i < this.constants.steps; i++) {", "for (let i = 0; i <= this.constants.steps; i++) {"],
    ],
  },
  {
    file: "src/kernels/reduce.ts",
    reason: "At the bound both branches give the same number.",
    changes: [["if (value > best) best = value;", "if (value >= best) best = value;"]],
  },
  {
    file: "src/kernels/reduce.ts",
    reason: "Zero is added to have a branch that does nothing, so that the last one is left to NaN.",
    changes: [
      ["else if (best >= value) best += 0;", "else if (best >= value) ;"],
      ["else if (best >= value) best += 0;", "else if (best >= value) best -= 0;"],
    ],
  },
  {
    file: "src/kernels/reduce.ts",
    reason: "One of the two is NaN, and so are sum and difference.",
    changes: [["else best = value + best;", "else best = value - best;"]],
  },
];
