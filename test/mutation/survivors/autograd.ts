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
];
