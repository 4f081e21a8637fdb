/** What the convolution layers share: the check of their groups, and how they are printed. */
import { ValueError } from "../errors.js";

/** `groups`, where it divides both numbers of channels. */
export function checkGroups(layer: string, groups: number, inChannels: number, outChannels: number): number {
  if (Number.isInteger(groups) && groups >= 1 && inChannels % groups === 0 && outChannels % groups === 0) return groups;
  throw new ValueError(
    layer,
    `groups must divide ${inChannels} input and ${outChannels} output channels, got ${groups}`,
  );
}

/** Channels, kernel and options of a convolution layer, in words. */
export function describeConvolution(
  layer: {
    readonly inChannels: number;
    readonly outChannels: number;
    readonly kernelSize: number | readonly number[];
    readonly bias: object | null;
  },
  options: object,
): string {
  const given = Object.entries(options).map(([name, value]) => `, ${name}: ${String(value)}`);
  const bias = layer.bias === null ? ", bias: false" : "";
  return `${layer.inChannels}, ${layer.outChannels}, kernelSize: ${String(layer.kernelSize)}${given.join("")}${bias}`;
}
