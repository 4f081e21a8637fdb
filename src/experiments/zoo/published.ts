/** Published errors of the zoo's nets, with their sources. Nothing here was measured by livegrad. */

/** What somebody published of a net.
 * @category Zoo */
export interface PublishedErrors {
  /** The data set: `+` is with the usual augmentation (shifts and flips). */
  readonly data: "ImageNet" | "CIFAR-10" | "CIFAR-10+";
  /** Share of test images whose class was not the likeliest, in percent. */
  readonly top1: number;
  /** Share of test images whose class was not among the five likeliest, in percent; null where nobody says. */
  readonly top5: number | null;
  /** Who says so, and of what. */
  readonly source: string;
}

const torchvision = "torchvision 0.14.1, weights IMAGENET1K_V1, one centre crop";

/** Top-1 and top-5 errors of torchvision's weights, in percent: 100 less the accuracies that it lists. */
const imageNet: Readonly<Record<string, readonly [top1: number, top5: number]>> = {
  alexnet: [43.478, 20.934],
  vgg11: [30.98, 11.372],
  vgg13: [30.072, 10.754],
  vgg16: [28.408, 9.618],
  vgg19: [27.624, 9.124],
  vgg11Bn: [29.63, 10.19],
  vgg13Bn: [28.414, 9.626],
  vgg16Bn: [26.64, 8.484],
  vgg19Bn: [25.782, 8.158],
  googlenet: [30.222, 10.47],
  inceptionV3: [22.706, 6.55],
  resnet18: [30.242, 10.922],
  resnet34: [26.686, 8.58],
  resnet50: [23.87, 7.138],
  resnet101: [22.626, 6.454],
  resnet152: [21.688, 5.954],
  resnext50_32x4d: [22.382, 6.302],
  resnext101_32x8d: [20.688, 5.474],
  wideResnet50_2: [21.532, 5.914],
  wideResnet101_2: [21.152, 5.716],
  densenet121: [25.566, 8.028],
  densenet161: [22.862, 6.44],
  densenet169: [24.4, 7.194],
  densenet201: [23.104, 6.63],
  squeezenet1_0: [41.908, 19.58],
  squeezenet1_1: [41.822, 19.376],
  mobilenetV2: [28.122, 9.714],
  shufflenetV2_x1_0: [30.638, 11.684],
  efficientnetB0: [22.308, 6.468],
  convnextTiny: [17.48, 3.854],
};

const heTable6 = "He et al. 2015, table 6";
const wrnTable = "Zagoruyko & Komodakis 2016, comparison table";

/** CIFAR-10 errors of the papers, in percent. */
const cifar10: Readonly<Record<string, readonly [top1: number, data: "CIFAR-10" | "CIFAR-10+", source: string]>> = {
  ninCifar10: [8.81, "CIFAR-10+", "Lin et al. 2013, table 1"],
  cifarResnet20: [8.75, "CIFAR-10+", heTable6],
  cifarResnet32: [7.51, "CIFAR-10+", heTable6],
  cifarResnet44: [7.17, "CIFAR-10+", heTable6],
  cifarResnet56: [6.97, "CIFAR-10+", heTable6],
  cifarResnet110: [6.43, "CIFAR-10+", heTable6],
  cifarResnet1202: [7.93, "CIFAR-10+", heTable6],
  cifarPreact110: [6.37, "CIFAR-10+", wrnTable],
  cifarPreact164: [5.46, "CIFAR-10+", wrnTable],
  cifarPreact1001: [4.62, "CIFAR-10+", "KaimingHe/resnet-1k-layers, the authors' README, batch 64"],
  cifarStochasticDepth110: [5.25, "CIFAR-10+", "yueatsprograms/Stochastic_Depth, the authors' README"],
  cifarStochasticDepth1202: [4.91, "CIFAR-10+", "Huang et al. 2016"],
  wrn40_4: [4.53, "CIFAR-10+", wrnTable],
  wrn16_8: [4.27, "CIFAR-10+", wrnTable],
  wrn28_10: [4.0, "CIFAR-10+", "szagoruyko/wide-residual-networks, the authors' README"],
  resnext29_8x64d: [3.65, "CIFAR-10+", "Xie et al. 2017"],
  resnext29_16x64d: [3.58, "CIFAR-10+", "Xie et al. 2017"],
  cifarDensenet40_12: [5.24, "CIFAR-10+", "liuzhuang13/DenseNet, the authors' README"],
  cifarDensenetBc100_12: [4.51, "CIFAR-10+", "liuzhuang13/DenseNet, the authors' README"],
  cifarDensenetBc190_40: [3.46, "CIFAR-10+", "liuzhuang13/DenseNet, the authors' README"],
  fractalnet20: [4.6, "CIFAR-10+", "Larsson et al. 2017, table 1, drop-path and dropout"],
};

/** What is published of a net of the zoo; null if nothing is known here.
 * @param name as in the zoo */
export function publishedErrors(name: string): PublishedErrors | null {
  const found = imageNet[name];
  if (found !== undefined) return { data: "ImageNet", top1: found[0], top5: found[1], source: torchvision };
  if (name === "inceptionV4") {
    return { data: "ImageNet", top1: 20, top5: 5, source: "Szegedy et al. 2016, table 2, one crop of 299 pixels" };
  }
  const small = cifar10[name];
  return small === undefined ? null : { data: small[1], top1: small[0], top5: null, source: small[2] };
}

/** The names that something is published of. */
export const publishedNames: readonly string[] = [...Object.keys(imageNet), "inceptionV4", ...Object.keys(cifar10)];
