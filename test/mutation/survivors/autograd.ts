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
    file: "src/autograd/backward.ts",
    reason: "The first node of a call is its argument, which saves nothing: freeing it frees no memory.",
    changes: [
      [
        "for (const node of reachable(outputs, since)) if (node.index >= since) node.free();",
        "for (const node of reachable(outputs, since)) if (node.index > since) node.free();",
      ],
    ],
  },
  {
    file: "src/autograd/backward.ts",
    reason: "Goes on through nodes that no gradient goes on through: time, not results.",
    changes: [["if (node.index < since) continue;", "if (false) continue;"]],
  },
  {
    file: "src/autograd/deferred-checks.ts",
    reason: "Forgets checks that found nothing before anybody waits for them: memory, not results.",
    changes: [
      ["void check.then((error) => { if (error === undefined) checks.delete(check); });", ";"],
      ["if (error === undefined) checks.delete(check);", "if (false) checks.delete(check);"],
      ["if (error === undefined) checks.delete(check);", "if (error === undefined) ;"],
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
    file: "src/autograd/transforms/checkpoint.ts",
    reason:
      "The joint node of several outputs takes its gradients from where they were left; the number sent to it says nothing.",
    changes: [
      ["const joint = scalarLike(first, 0);", "const joint = scalarLike(first, 1);"],
      ["return [scalarLike(gradOutput, 0)];", "return [scalarLike(gradOutput, 1)];"],
    ],
  },
  {
    file: "src/autograd/transforms/checkpoint.ts",
    reason: "What is saved is looked for in any order.",
    changes: [["saved: [...inputs, ...remembered],", "saved: [...remembered, ...inputs],"]],
  },
];
