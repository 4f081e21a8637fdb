/** Mutants of windows, normalisation, products, indexing and shapes that change no result. */
import type { Explanation } from "./explanation.js";

export const ofShapeSurvivors: readonly Explanation[] = [
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
    file: "src/ops/window/conv-transpose2d.ts",
    reason: "A kernel of a single row takes no step from row to row, and reads no row after the first.",
    changes: [
      ["stride: rowsAndColumns(stride, 1),", "stride: rowsAndColumns(stride, 2),"],
      ["dilation: rowsAndColumns(dilation, 1),", "dilation: rowsAndColumns(dilation, 2),"],
    ],
  },
  {
    file: "src/ops/window/conv2d.ts",
    reason: "A kernel of a single row takes no step from row to row, and reads no row after the first.",
    changes: [
      ["stride: rowsAndColumns(steps.stride, 1),", "stride: rowsAndColumns(steps.stride, 2),"],
      ["padded: rowsAndColumns(padded, 1),", "padded: rowsAndColumns(padded, 2),"],
      ["dilation: rowsAndColumns(steps.dilation, 1),", "dilation: rowsAndColumns(steps.dilation, 2),"],
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
    reason: "A second layer of threads writes behind the end of the buffer, where the reference device keeps nothing.",
    changes: [
      ["threads: [size[0] * size[1], batch * channels, 1],", "threads: [size[0] * size[1], batch * channels, 2],"],
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
        "count: Math.floor((at(input, axis + 2) - 1 + pad) * s) - first + 1,",
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
        "let images = Math.min(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth)));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(2, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
      ],
      [
        "let images = Math.max(1, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
        "let images = Math.max(0, Math.min(batch, Math.floor(weightGradTerms / (outHeight * outWidth))));",
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
      ["while (batch % images !== 0) images--;", "while (false) images--;"],
      ["while (batch % images !== 0) images--;", "while (batch % images !== 0) ;"],
      ["while (batch % images !== 0) images--;", "while (batch % images !== 0) images++;"],
    ],
  },
  {
    file: "src/ops/window/convolution.ts",
    reason: "The shape of a tensor that is read through its buffer alone, with the sizes given beside it.",
    changes: [
      ["shape: [batch / images, ...weight],", "shape: [...weight, batch / images],"],
      ["shape: [batch / images, ...weight],", "shape: [images / batch, ...weight],"],
      ["shape: [batch / images, ...weight],", "shape: [batch * images, ...weight],"],
      ["shape: [batch / images, ...weight],", "shape: [batch, ...weight],"],
    ],
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
    file: "src/ops/window/interpolate.ts",
    reason: "A row of the matrix is looked up by column, so the order of its entries is no matter.",
    changes: [
      ["[ [first, 1 - lambda], [first + 1, lambda], ],", "[[first + 1, lambda], [first, 1 - lambda]],"],
      [
        "[ [first - 1, far(1 + t)], [first, near(t)], [first + 1, near(1 - t)], [first + 2, far(2 - t)], ],",
        "[[first, near(t)], [first - 1, far(1 + t)], [first + 1, near(1 - t)], [first + 2, far(2 - t)]],",
      ],
      [
        "[ [first - 1, far(1 + t)], [first, near(t)], [first + 1, near(1 - t)], [first + 2, far(2 - t)], ],",
        "[[first - 1, far(1 + t)], [first + 1, near(1 - t)], [first, near(t)], [first + 2, far(2 - t)]],",
      ],
      [
        "[ [first - 1, far(1 + t)], [first, near(t)], [first + 1, near(1 - t)], [first + 2, far(2 - t)], ],",
        "[[first - 1, far(1 + t)], [first, near(t)], [first + 2, far(2 - t)], [first + 1, near(1 - t)]],",
      ],
    ],
  },
  {
    file: "src/ops/window/map-axis.ts",
    reason: "The kernel reads the weights through their buffer alone.",
    changes: [
      [
        "const output = run(mapBand, [x, hostTensor(x, [rows.length], first), hostTensor(x, [rows.length, taps], weights)], {",
        "const output = run(mapBand, [x, hostTensor(x, [rows.length], first), hostTensor(x, [taps, rows.length], weights)], {",
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
        "Math.max(...adaptiveRanges(n, windows).map(([start, end]) => end + start));",
      ],
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
