/** Mutants of the arguments of ops, of making tensors and of broadcasting that change no result. */
import type { Explanation } from "./explanation.js";

export const ofArgumentsSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/arguments.ts",
    reason: "Nothing else is thrown there.",
    changes: [
      [
        "if (error instanceof DeviceError) throw new DeviceError(op, error.message, { actual: name, cause: error });",
        "if (true) throw new DeviceError(op, error.message, { actual: name, cause: error });",
      ],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "Equal shapes, a single number and a shape that is there already need no plan: time, not results.",
    changes: [
      [
        "if (sameShape(a.shape, b.shape)) return run(kernel, [a, b], { constants: sideBySide, dtype });",
        "if (false) return run(kernel, [a, b], { constants: sideBySide, dtype });",
      ],
      [
        "if (b.size === 1 && b.rank <= a.rank) return run(kernel, [a, b], { constants: secondRepeats, dtype });",
        "if (b.size === 0 && b.rank <= a.rank) return run(kernel, [a, b], { constants: secondRepeats, dtype });",
      ],
      [
        "if (b.size === 1 && b.rank <= a.rank) return run(kernel, [a, b], { constants: secondRepeats, dtype });",
        "if (b.size === 1 && b.rank < a.rank) return run(kernel, [a, b], { constants: secondRepeats, dtype });",
      ],
      ["if (sameShape(x.shape, shape)) return x;", "if (false) return x;"],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "Axes collapse to one at least, so the last always has a size and steps.",
    changes: [
      ["const [x = 1, y = 1, z = 1] = sizes.toReversed();", "const [x = 2, y = 1, z = 1] = sizes.toReversed();"],
      ["const [x = 1, y = 1, z = 1] = sizes.toReversed();", "const [x = 0, y = 1, z = 1] = sizes.toReversed();"],
      [
        "const [a0 = 0, a1 = 0, a2 = 0] = at(strides, 0).toReversed();",
        "const [a0 = 1, a1 = 0, a2 = 0] = at(strides, 0).toReversed();",
      ],
      [
        "const [b0 = 0, b1 = 0, b2 = 0] = at(strides, 1).toReversed();",
        "const [b0 = 1, b1 = 0, b2 = 0] = at(strides, 1).toReversed();",
      ],
      [
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
        "const [n0 = 2, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
      ],
      [
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
        "const [n0 = 0, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 1, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
      ],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "More axes than the kernel walks are repeated first, and fewer may be: work, not results.",
    changes: [
      [
        "if (sizes.length > 3) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
        "if (true) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
      ],
      [
        "if (sizes.length > 3) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
        "if (sizes.length >= 3) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
      ],
      [
        "if (sizes.length > 3) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
        "if (sizes.length > 2) return runBinary(op, kernel, repeatTo(a, shape), repeatTo(b, shape), dtype);",
      ],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "The kernel for more than three axes has a fourth.",
    changes: [
      [
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 2, n4 = 1, n5 = 1] = sizes;",
      ],
      [
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 1, n4 = 1, n5 = 1] = sizes;",
        "const [n0 = 1, n1 = 1, n2 = 1, n3 = 0, n4 = 1, n5 = 1] = sizes;",
      ],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "The kernel for six axes gives what the one for three gives, slower.",
    changes: [
      ["if (sizes.length <= 3) {", "if (sizes.length < 3) {"],
      ["if (sizes.length <= 3) {", "if (false) {"],
      ["if (sizes.length <= 3) {", "if (sizes.length <= 2) {"],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "The ops that run kernels have refused tensors of two devices before.",
    changes: [
      ["checkTensors(op, a, b);", ";"],
      ["checkTensors(op, a, b);", "checkTensors(op, b, a);"],
    ],
  },
  {
    file: "src/ops/broadcast.ts",
    reason: "The step along an axis of size 1 is multiplied by 0.",
    changes: [
      [
        "const [a0 = 0, a1 = 0, a2 = 0] = at(strides, 0).toReversed();",
        "const [a0 = 0, a1 = 1, a2 = 0] = at(strides, 0).toReversed();",
      ],
      [
        "const [a0 = 0, a1 = 0, a2 = 0] = at(strides, 0).toReversed();",
        "const [a0 = 0, a1 = 0, a2 = 1] = at(strides, 0).toReversed();",
      ],
      [
        "const [b0 = 0, b1 = 0, b2 = 0] = at(strides, 1).toReversed();",
        "const [b0 = 0, b1 = 1, b2 = 0] = at(strides, 1).toReversed();",
      ],
      [
        "const [b0 = 0, b1 = 0, b2 = 0] = at(strides, 1).toReversed();",
        "const [b0 = 0, b1 = 0, b2 = 1] = at(strides, 1).toReversed();",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 0, s1 = 1, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 0, s1 = 0, s2 = 1, s3 = 0, s4 = 0, s5 = 0] = steps;",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 1, s4 = 0, s5 = 0] = steps;",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 1, s5 = 0] = steps;",
      ],
      [
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0] = steps;",
        "const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 1] = steps;",
      ],
    ],
  },
  {
    file: "src/ops/create.ts",
    reason: "The difference is finite whichever is subtracted from the other.",
    changes: [
      ["if (!(low < high && Number.isFinite(high - low))) {", "if (!(low < high && Number.isFinite(low - high))) {"],
    ],
  },
  {
    file: "src/ops/rows.ts",
    reason: "Rows whose elements are neighbours are walked along the other axis of threads: work, not results.",
    changes: [
      ["if (inner === 1) {", "if (false) {"],
      ["if (inner === 1) {", "if (inner === 0) {"],
    ],
  },
  {
    file: "src/ops/rows.ts",
    reason: "There is a single layer of threads, so its stride is multiplied by 0.",
    changes: [
      [
        "const constants = { rowX: 0, rowY: size, rowZ: 0, placeX: 1, placeY: 0, stride: 1, size };",
        "const constants = { rowX: 0, rowY: size, rowZ: 1, placeX: 1, placeY: 0, stride: 1, size };",
      ],
    ],
  },
];
