/** What the convolution layers share: their options and parameters, the check of their groups, and how they are printed. */
import { ValueError } from "../errors.js";
import { callback, checkedRandom, flag, type Given, generatorKind, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";
import { perAxis } from "../shape.js";
import { biasFrom, checkCounts, defaultWeight, weightFrom } from "./default-init.js";
import type { Initializer } from "./init.js";
import type { Parameter } from "./parameter.js";

/** What every convolution layer takes beside the options of its function. */
interface LayerOptions {
  readonly generator: Generator;
  readonly bias?: boolean | undefined;
  readonly init?: Initializer | undefined;
  readonly biasInit?: Initializer | undefined;
}

/** Their kinds. */
export const layerOptions: OptionKinds<LayerOptions> = {
  generator: generatorKind,
  bias: flag,
  init: callback,
  biasInit: callback,
};

/** What a convolution layer is given by position. */
interface Sizes {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number | readonly number[];
}

/** The weight `[outChannels, inChannels / groups, ...kernel]` and the bias of a convolution over `axes` axes, drawn in this
 * order, and the options of its function.
 * @throws ValueError if an option or a size is none, or the groups do not divide the channels */
export function convolutionParts<Options extends { readonly groups?: number | undefined }>(
  layer: string,
  axes: number,
  { inChannels, outChannels, kernelSize }: Sizes,
  options: Options & LayerOptions,
  kinds: OptionKinds<Options & LayerOptions>,
): { weight: Parameter; bias: Parameter | null; convolution: Omit<Given<Options & LayerOptions>, keyof LayerOptions> } {
  const {
    generator,
    bias = true,
    init = defaultWeight,
    biasInit,
    ...convolution
  } = checkedRandom(layer, options, kinds);
  checkCounts(layer, { inChannels, outChannels });
  const groups = checkGroups(layer, convolution.groups ?? 1, inChannels, outChannels);
  const shape = [outChannels, inChannels / groups, ...perAxis(layer, "kernelSize", kernelSize, axes, 1)];
  const weight = weightFrom(layer, init, shape, generator);
  return { weight, bias: bias ? biasFrom(layer, biasInit, shape, generator) : null, convolution };
}

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
