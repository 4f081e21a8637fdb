/** Mutants of normalisations that change no result. */
import type { Explanation } from "./explanation.js";

export const normsSurvivors: readonly Explanation[] = [
  {
    file: "src/ops/norm/standardize.ts",
    reason: "More parts and more passes give the same sums.",
    changes: [["const parts = partsOf(size);", "const parts = size;"]],
  },
  {
    file: "src/ops/norm/standardize.ts",
    reason: "The sums of a pass are a flat list for the next one, whatever their shape.",
    changes: [
      [
        "shape: plane === 1 ? [1, parts, channels] : [batch, channels, parts],",
        "shape: plane === 1 ? [parts, 1, channels] : [batch, channels, parts],",
      ],
      [
        "shape: plane === 1 ? [1, parts, channels] : [batch, channels, parts],",
        "shape: plane === 1 ? [1, channels, parts] : [batch, channels, parts],",
      ],
      [
        "shape: plane === 1 ? [1, parts, channels] : [batch, channels, parts],",
        "shape: plane === 1 ? [1, parts, channels] : [channels, batch, parts],",
      ],
      [
        "shape: plane === 1 ? [1, parts, channels] : [batch, channels, parts],",
        "shape: plane === 1 ? [1, parts, channels] : [batch, parts, channels],",
      ],
    ],
  },
  {
    file: "src/ops/norm/standardize.ts",
    reason: "There is one plane of threads.",
    changes: [
      [
        "? { baseX: 1, baseY: channels, baseZ: 0, placeX: 0, placeY: 1, channelX: 1, channelY: 0 }",
        "? { baseX: 1, baseY: channels, baseZ: 1, placeX: 0, placeY: 1, channelX: 1, channelY: 0 }",
      ],
    ],
  },
  {
    file: "src/ops/norm/standardize.ts",
    reason: "Sums more than is looked at: work, not results.",
    changes: [
      [
        "return reduceMiddle(sumChunk, rows, [1, plane === 1 ? parts : batch, channels]).view([channels]);",
        "return reduceMiddle(sumChunk, rows, [2, plane === 1 ? parts : batch, channels]).view([channels]);",
      ],
    ],
  },
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
