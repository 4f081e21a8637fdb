/** Mutants of elementwise ops that change no result. */
import type { Explanation } from "./explanation.js";

export const elementwiseSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/elementwise/activation.ts",
    reason: "A softplus of beta 1 is spared two products by 1.",
    changes: [
      [
        "return beta === 1 ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);",
        "return false ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);",
      ],
      [
        "return beta === 1 ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);",
        "return beta === 0 ? softplusOp(x, threshold) : mul(softplusOp(mul(x, beta), threshold), 1 / beta);",
      ],
    ],
  },
  {
    file: "src/ops/elementwise/compare.ts",
    reason: "Whether two numbers differ does not depend on their order.",
    changes: [
      [
        'if (dtype === "bool") return { output: runBinary("cast", kernels.notEqual, x, scalarLike(x, 0), "bool") };',
        'if (dtype === "bool") return { output: runBinary("cast", kernels.notEqual, scalarLike(x, 0), x, "bool") };',
      ],
    ],
  },
  {
    file: "src/ops/elementwise/logic.ts",
    reason: "And, or and exclusive or do not depend on the order of their operands.",
    changes: [
      [
        'return { output: runBinary(name, kernel, a, b, "bool") };',
        'return { output: runBinary(name, kernel, b, a, "bool") };',
      ],
    ],
  },
  {
    file: "src/ops/elementwise/round.ts",
    reason: "Without decimals it is spared a quotient and a product by 1.",
    changes: [["if (decimals === 0) return roundOp(x);", "if (false) return roundOp(x);"]],
  },
  {
    file: "src/ops/elementwise/round.ts",
    reason: "No decimals were dealt with in the line above.",
    changes: [
      [
        "return decimals > 0 ? div(roundOp(mul(x, scale)), scale) : mul(roundOp(div(x, scale)), scale);",
        "return decimals >= 0 ? div(roundOp(mul(x, scale)), scale) : mul(roundOp(div(x, scale)), scale);",
      ],
    ],
  },
];
