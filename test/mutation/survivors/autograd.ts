/** Mutants of the engine that change no result. */
import type { Explanation } from "./explanation.js";

export const autogradSurvivors: readonly Explanation[] = [
  {
    file: "src/autograd/launches.ts",
    reason: "Without a listener nobody asks which op a kernel runs for: time, not results.",
    changes: [['if (listener === null || op !== "") return false;', 'if (op !== "") return false;']],
  },
  {
    file: "src/autograd/launches.ts",
    reason: "Calls are only told apart.",
    changes: [["call++;", "call--;"]],
  },
  {
    file: "src/autograd/launches.ts",
    reason: "To read a result waits for a GPU, of which these tests have none.",
    changes: [
      [
        "if (!device.hostMemory) device.readSync(output); // a GPU returns at once; what is read is done",
        "if (true) device.readSync(output); // a GPU returns at once; what is read is done",
      ],
      [
        "if (!device.hostMemory) device.readSync(output); // a GPU returns at once; what is read is done",
        "if (false) device.readSync(output); // a GPU returns at once; what is read is done",
      ],
      [
        "if (!device.hostMemory) device.readSync(output); // a GPU returns at once; what is read is done",
        "if (!device.hostMemory) ; // a GPU returns at once; what is read is done",
      ],
    ],
  },
  {
    file: "src/autograd/walk.ts",
    reason: "Lets go of a gradient that is not read again: memory, not results.",
    changes: [["pending.delete(node);", ";"]],
  },
  {
    file: "src/autograd/walk.ts",
    reason: "What needs a gradient is no null: the check is for the type checker.",
    changes: [
      [
        "return inputs.map((x, i) => needsGrad[i] === true && x !== null && needed.has(x.node ?? x));",
        "return inputs.map((x, i) => needsGrad[i] === true && needed.has(x.node ?? x));",
      ],
      [
        "if (input === null || !needsGrad[i] || result == null) continue;",
        "if (!needsGrad[i] || result == null) continue;",
      ],
    ],
  },
  {
    file: "src/autograd/walk.ts",
    reason: "There is no gradient beyond the last, and what is not there is passed over.",
    changes: [["for (let i = 0; i < results.length; i++) {", "for (let i = 0; i <= results.length; i++) {"]],
  },
  {
    file: "src/autograd/define-op.ts",
    reason:
      "Saves asking for regions, copying arguments and looking for tensors where there is no need: time, not results.",
    changes: [
      [
        "if (needsGrad !== null && hasRegionListener()) tellRegionsOf(definition, values, { inputs, options, output });",
        "if (needsGrad !== null) tellRegionsOf(definition, values, { inputs, options, output });",
      ],
      [
        "return values.every(isTensor) ? values : values.filter(isTensor);",
        "return false ? values : values.filter(isTensor);",
      ],
      [
        "return args.every(isTensor) ? args : args.map((x) => asInput(op, first, x));",
        "return false ? args : args.map((x) => asInput(op, first, x));",
      ],
    ],
  },
  {
    file: "src/autograd/regions.ts",
    reason: "Who tells asks first whether anybody listens.",
    changes: [["if (listener === null) return;", "if (false) return;"]],
  },
  {
    file: "src/autograd/run.ts",
    reason: "The shape of an input was checked when that was made: time, not results.",
    changes: [
      ["if (shape !== first.shape) checkSize(kernel.name, shape);", "if (true) checkSize(kernel.name, shape);"],
    ],
  },
  {
    file: "src/autograd/scope.ts",
    reason: "Beyond the last tensor stands none.",
    changes: [
      [
        "for (let i = start; i < count; i++) if (made[i] === tensor) return true;",
        "for (let i = start; i <= count; i++) if (made[i] === tensor) return true;",
      ],
    ],
  },
  {
    file: "src/autograd/tape.ts",
    reason: "Saves an empty list: memory, not results.",
    changes: [
      [
        "this.#versions = recorded.saved.length === 0 ? noVersions : recorded.saved.map(versionOf);",
        "this.#versions = false ? noVersions : recorded.saved.map(versionOf);",
      ],
    ],
  },
  {
    file: "src/autograd/tensor.ts",
    reason: "Saves the copy of a list that nobody can change: memory, not results.",
    changes: [
      [
        "this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape]);",
        "this.shape = false ? shape : Object.freeze([...shape]);",
      ],
    ],
  },
  {
    file: "src/autograd/storage.ts",
    reason: "How much one tensor may hold back is a rough number, and so is how many registrations are many.",
    changes: [
      [
        "return content.buffers < maxLotBuffers && content.bytes + size <= maxLotBytes;",
        "return content.buffers < maxLotBuffers && content.bytes + size < maxLotBytes;",
      ],
      ["const isPilingUp = () => unreported > manyLots;", "const isPilingUp = () => unreported >= manyLots;"],
      ["unreported = 0;", "unreported = 1;"],
      [
        "if (isPilingUp()) return content.buffers < unreported / 64;",
        "if (isPilingUp()) return content.buffers <= unreported / 64;",
      ],
      [
        "if (isPilingUp()) return content.buffers < unreported / 64;",
        "if (isPilingUp()) return content.buffers < unreported / 65;",
      ],
      [
        "if (isPilingUp()) return content.buffers < unreported / 64;",
        "if (isPilingUp()) return content.buffers < unreported / 63;",
      ],
    ],
  },
  {
    file: "src/autograd/tensor.ts",
    reason: "What is waited for at the same time may stand in any order.",
    changes: [
      [
        "const [values] = await Promise.all([this.device.read(this.buffer), settleChecks(this.device), breathe()]);",
        "const [values] = await Promise.all([this.device.read(this.buffer), breathe(), settleChecks(this.device)]);",
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
    file: "src/autograd/walk.ts",
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
      ["if (--this.#views > 0 || held === null) return;", "if (--this.#views > 0) return;"],
    ],
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
