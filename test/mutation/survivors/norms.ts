/** Mutants of normalisations that change no result. */
import type { Explanation } from "./explanation.js";

export const normsSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/norm/group-norm.ts",
    reason: "0 groups are refused by the remainder, too, which is NaN.",
    changes: [
      [
        "if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {",
        "if (!Number.isInteger(numGroups) || numGroups < 0 || channels % numGroups !== 0) {",
      ],
    ],
  },
  {
    file: "src/ops/norm/standardize.ts",
    reason: "The recorded gradients are those of the kernels, only slower.",
    changes: [
      [
        "isRecording() ? recordedGradients(g, saved.x, saved.weight, eps) : fusedGradients(g, saved, needsGrad),",
        "true ? recordedGradients(g, saved.x, saved.weight, eps) : fusedGradients(g, saved, needsGrad),",
      ],
    ],
  },
  {
    file: "src/ops/norm/standardize.ts",
    reason: "It is multiplied by thread.z, of which there is one.",
    changes: [
      [
        "? { sliceSize: 0, rowSize: channels, channelX: 1, channelY: 0 }",
        "? { sliceSize: 1, rowSize: channels, channelX: 1, channelY: 0 }",
      ],
    ],
  },
];
