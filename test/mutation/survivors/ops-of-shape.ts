/** Mutants of windows, normalisation, products, indexing and shapes that change no result. */
import type { Explanation } from "./explanation.js";

export const ofShapeSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/shape/border.ts",
    reason: "An axis without a border is copied instead of handed on.",
    changes: [["if (before + after === 0) return result;", "if (false) return result;"]],
  },
  {
    file: "src/ops/shape/reshape.ts",
    reason: "A size of 0 makes a product of 0, which no tensor has, so that it is refused anyway.",
    changes: [
      [
        "if (!sizes.every((n) => Number.isInteger(n) && n > 0) || sizeOf(sizes) !== x.size) {",
        "if (!sizes.every((n) => Number.isInteger(n) && n >= 0) || sizeOf(sizes) !== x.size) {",
      ],
    ],
  },
  {
    file: "src/ops/shape/reshape.ts",
    reason: "Axes in their own order are copied instead of handed on.",
    changes: [
      [
        "return axes.every((axis, i) => axis === i) ? x : permuteOp(x, { order: axes });",
        "return false ? x : permuteOp(x, { order: axes });",
      ],
    ],
  },
  {
    file: "src/ops/shape/slice.ts",
    reason: "An axis that is whole is copied, and two axes are set into place one after the other: work, not results.",
    changes: [
      ["if (whole(last)) {", "if (false) {"],
      ["const pairs = last > 0 && last === x.rank - 1;", "const pairs = last > 1 && last === x.rank - 1;"],
      ["const pairs = last > 0 && last === x.rank - 1;", "const pairs = last > 0 && last === x.rank + 1;"],
      ["const pairs = last > 0 && last === x.rank - 1;", "const pairs = last > 0 && last === 1 - x.rank;"],
      ["const pairs = last > 0 && last === x.rank - 1;", "const pairs = last > 0 && last === x.rank;"],
      ["const pairs = last > 0 && last === x.rank - 1;", "const pairs = last > 0 && last === x.rank - 0;"],
    ],
  },
  {
    file: "src/ops/window/avg-pool2d.ts",
    reason: "The divisor divides along either axis.",
    changes: [
      [
        "const divisor = divisorOverride === null ? null : i === 0 ? divisorOverride : 1;",
        "const divisor = divisorOverride === null ? null : i === 1 ? divisorOverride : 1;",
      ],
    ],
  },
  {
    file: "src/ops/window/conv-operands.ts",
    reason: "A remainder of a division by 0 is NaN, so that 0 groups are refused anyway.",
    changes: [
      [
        "if (Number.isInteger(groups) && groups >= 1 && inChannels % groups === 0 && outChannels % groups === 0) return;",
        "if (Number.isInteger(groups) && groups >= 0 && inChannels % groups === 0 && outChannels % groups === 0) return;",
      ],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason:
      "Planes that need no padding are copied instead of handed on, and no call cuts columns off that starts at the first.",
    changes: [
      [
        "if (sameShape([height, width], size) && sameShape(from, [0, 0])) return x;",
        "if (sameShape([width, height], size) && sameShape(from, [0, 0])) return x;",
      ],
      [
        "if (sameShape([height, width], size) && sameShape(from, [0, 0])) return x;",
        "if (sameShape([height, width], size) && sameShape(from, [1, 0])) return x;",
      ],
      [
        "if (sameShape([height, width], size) && sameShape(from, [0, 0])) return x;",
        "if (sameShape([height, width], size) && sameShape(from, [0, 1])) return x;",
      ],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "A single phase, interleaved, is a copy.",
    changes: [
      ["if (y.stride === 1 && x.stride === 1) return phases;", "if (y.stride === 0 && x.stride === 1) return phases;"],
      ["if (y.stride === 1 && x.stride === 1) return phases;", "if (y.stride === 1 && x.stride === 0) return phases;"],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "More taps and more phases than the kernel reaches have the weight 0: work, not results.",
    changes: [
      ["const reach = (kernel - 1) * dilation[axis] + 1;", "const reach = (kernel + 1) * dilation[axis] + 1;"],
      ["const reach = (kernel - 1) * dilation[axis] + 1;", "const reach = (kernel) * dilation[axis] + 1;"],
      ["const reach = (kernel - 1) * dilation[axis] + 1;", "const reach = (kernel - 0) * dilation[axis] + 1;"],
      ["const reach = (kernel - 1) * dilation[axis] + 1;", "const reach = (kernel - 1) * dilation[axis] + 2;"],
      ["phases: Math.min(s, reach),", "phases: s,"],
      ["taps: s === 1 ? kernel : Math.ceil(reach / s),", "taps: false ? kernel : Math.ceil(reach / s),"],
      ["taps: s === 1 ? kernel : Math.ceil(reach / s),", "taps: s === 0 ? kernel : Math.ceil(reach / s),"],
      ["taps: s === 1 ? kernel : Math.ceil(reach / s),", "taps: s === 1 ? kernel : Math.ceil(reach * s),"],
      ["taps: s === 1 ? kernel : Math.ceil(reach / s),", "taps: s === 1 ? kernel : Math.ceil(reach),"],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "Rows and columns that are computed, but not read.",
    changes: [
      [
        "count: Math.floor((at(input, axis + 2) - 1 + pad) / s) - first + 1,",
        "count: Math.ceil((at(input, axis + 2) - 1 + pad) / s) - first + 1,",
      ],
      [
        "count: Math.floor((at(input, axis + 2) - 1 + pad) / s) - first + 1,",
        "count: Math.floor((at(input, axis + 2) - 1 + pad)) - first + 1,",
      ],
      [
        "count: Math.floor((at(input, axis + 2) - 1 + pad) / s) - first + 1,",
        "count: Math.floor((at(input, axis - 2) - 1 + pad) / s) - first + 1,",
      ],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "The kernel for a width of 3 gives what the one for every width gives, faster.",
    changes: [
      [
        "return run(kernelX === 3 ? conv2dWidth3 : conv2dKernel, [x, weight], {",
        "return run(false ? conv2dWidth3 : conv2dKernel, [x, weight], {",
      ],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "How many images one cell adds up decides in which order they are added: work, not results.",
    changes: [
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.max(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.floor(weightGradTerms / (outHeight * outWidth)));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(2, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, batch);",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.ceil(weightGradTerms / (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor((outHeight * outWidth) / weightGradTerms)));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms * (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms)));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight / outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outWidth))));",
      ],
      ["while (batch % images !== 0) images--;", "while (batch % images !== 0) images++;"],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "The shape of a tensor that is read through its buffer alone, with the sizes given beside it.",
    changes: [["shape: [batch / images, ...weight],", "shape: [...weight, batch / images],"]],
  },
  {
    file: "src/ops/window/interpolate.ts",
    reason: "An index rounds up to the size only in outputs of more than 2^24 cells.",
    changes: [
      [
        "return Math.min(Math.floor(Math.fround(place * step)), size - 1);",
        "return Math.floor(Math.fround(place * step));",
      ],
      [
        "return Math.min(Math.floor(Math.fround(place * step)), size - 1);",
        "return Math.min(Math.floor(Math.fround(place * step)), size + 1);",
      ],
      [
        "return Math.min(Math.floor(Math.fround(place * step)), size - 1);",
        "return Math.min(Math.floor(Math.fround(place * step)), size);",
      ],
      [
        "return Math.min(Math.floor(Math.fround(place * step)), size - 1);",
        "return Math.min(Math.floor(Math.fround(place * step)), size - 0);",
      ],
    ],
  },
  {
    file: "src/ops/window/map-axis.ts",
    reason: "There is a single layer of threads, so its stride is multiplied by 0.",
    changes: [
      [
        "? { taps, step: 1, placeX: 1, placeY: 0, baseX: 0, baseY: size, baseZ: 0 }",
        "? { taps, step: 1, placeX: 1, placeY: 0, baseX: 0, baseY: size, baseZ: 1 }",
      ],
    ],
  },
  {
    file: "src/ops/window/map-axis.ts",
    reason: "A wider band holds zeros, and one that holds nothing but zeros may begin anywhere: work, not results.",
    changes: [
      [
        "const first = rows.map((row) => (row.size === 0 ? 0 : Math.min(...row.keys())));",
        "const first = rows.map((row) => (true ? 0 : Math.min(...row.keys())));",
      ],
      [
        "const first = rows.map((row) => (row.size === 0 ? 0 : Math.min(...row.keys())));",
        "const first = rows.map((row) => (false ? 0 : Math.min(...row.keys())));",
      ],
      [
        "const first = rows.map((row) => (row.size === 0 ? 0 : Math.min(...row.keys())));",
        "const first = rows.map((row) => (row.size === 1 ? 0 : Math.min(...row.keys())));",
      ],
      [
        "const first = rows.map((row) => (row.size === 0 ? 0 : Math.min(...row.keys())));",
        "const first = rows.map((row) => (row.size === 0 ? 1 : Math.min(...row.keys())));",
      ],
      [
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) - at(first, k) + 1));",
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) + at(first, k) + 1));",
      ],
      [
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) - at(first, k) + 1));",
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) + 1));",
      ],
      [
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) - at(first, k) + 1));",
        "const taps = Math.max(...rows.map((row, k) => Math.max(...row.keys()) - at(first, k) + 2));",
      ],
    ],
  },
  {
    file: "src/ops/window/max-pool2d.ts",
    reason: "Bounds of loops, which end before where a window does: work, not results.",
    changes: [
      [
        "Math.max(...adaptiveRanges(n, windows).map(([start, end]) => end - start));",
        "Math.max(...adaptiveRanges(n, windows).map(([start, end]) => end));",
      ],
      [
        "...{ height, width, outHeight, outWidth, kernelY: longest(height, outHeight), kernelX: longest(width, outWidth) },",
        "...{ height, width, outHeight, outWidth, kernelY: height, kernelX: longest(width, outWidth) },",
      ],
      [
        "...{ height, width, outHeight, outWidth, kernelY: longest(height, outHeight), kernelX: longest(width, outWidth) },",
        "...{ height, width, outHeight, outWidth, kernelY: longest(height, outHeight), kernelX: width },",
      ],
      [
        "...{ windowsY: longest(outHeight, height), windowsX: longest(outWidth, width) },",
        "...{ windowsY: outHeight, windowsX: longest(outWidth, width) },",
      ],
      [
        "...{ windowsY: longest(outHeight, height), windowsX: longest(outWidth, width) },",
        "...{ windowsY: longest(outHeight, height), windowsX: outWidth },",
      ],
    ],
  },
];
