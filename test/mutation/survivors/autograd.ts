/** Mutants of the engine that change no result. */
import type { Explanation } from "./explanation.js";

export const autogradSurvivors: readonly Explanation[] = [
  {
    file: "src/autograd/backward.ts",
    reason: "Lets go of a gradient that is not read again: memory, not results.",
    changes: [["pending.delete(node);", ";"]],
  },
  {
    file: "src/autograd/backward.ts",
    reason: "What needs a gradient is no null: the check is for the type checker.",
    changes: [
      [
        "return needs && input != null && (needed === null || needed.has(input.node ?? input));",
        "return needs && (needed === null || needed.has(input.node ?? input));",
      ],
      [
        "if (input === null || !needsGrad[i] || result == null) return;",
        "if (!needsGrad[i] || result == null) return;",
      ],
    ],
  },
  {
    file: "src/autograd/storage.ts",
    reason: "A tensor is not read, and releases its storage once, after it was disposed: Tensor sees to it before.",
    changes: [
      ["if (this.#held === null) throw disposedError();", "if (false) throw disposedError();"],
      ["if (--this.#views > 0 || this.#held === null) return;", "if (--this.#views > 0) return;"],
    ],
  },
  {
    file: "src/autograd/storage.ts",
    reason:
      "Lets the garbage collector have the numbers of a disposed tensor that is still referred to: memory, not results.",
    changes: [["this.#held = null;", ";"]],
  },
  {
    file: "src/autograd/tensor.ts",
    reason: "Versions are only compared with each other for equality.",
    changes: [
      ["version = 0;", "version = 1;"],
      ["this.version++;", "this.version--;"],
    ],
  },
  {
    file: "src/autograd/transforms/tree.ts",
    reason: "The number of tensors is only compared with 0.",
    changes: [["if (isFloat(tree.dtype)) return 1;", "if (isFloat(tree.dtype)) return 2;"]],
  },
  {
    file: "src/autograd/transforms/checkpoint.ts",
    reason:
      "The joint node of several outputs takes its gradients from where they were left; the number sent to it says nothing.",
    changes: [
      ["const joint = scalarLike(outputs[0] as Tensor, 0);", "const joint = scalarLike(outputs[0] as Tensor, 1);"],
      ["return [scalarLike(gradOutput, 0)];", "return [scalarLike(gradOutput, 1)];"],
    ],
  },
  {
    file: "src/autograd/transforms/checkpoint.ts",
    reason: "What is saved, and what requires a gradient, is looked for in any order.",
    changes: [
      ["saved: [...inputs, ...remembered],", "saved: [...remembered, ...inputs],"],
      [
        "if ([...given, ...captured].some((t) => t.requiresGrad) && outputs.length > 0) attach(segment, outputs);",
        "if ([...captured, ...given].some((t) => t.requiresGrad) && outputs.length > 0) attach(segment, outputs);",
      ],
    ],
  },
];
