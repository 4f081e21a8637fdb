/** Architectures. */

export { type AlexNet, type AlexNetOptions, alexnet } from "./alexnet.js";
export { type CifarDensenetOptions, cifarDensenet } from "./cifar-densenet.js";
export {
  BasicBlock,
  type BlockOptions,
  CifarNet,
  type CifarNetOptions,
  cifarNet,
} from "./cifar-net.js";
export { type ConvNeXt, type ConvNeXtOptions, convnextTiny } from "./convnext.js";
export {
  type DenseNet,
  type DenseNetOptions,
  densenet121,
  densenet161,
  densenet169,
  densenet201,
} from "./densenet.js";
export type { Masks } from "./drop-path.js";
export { type EfficientNet, type EfficientNetOptions, efficientnetB0 } from "./efficientnet.js";
export type { FeatureClassifier } from "./feature-classifier.js";
export { type FractalBlock, type FractalConv, FractalNet, type FractalNetOptions, fractalNet } from "./fractalnet.js";
export { type GoogLeNet, type GoogLeNetOptions, googlenet } from "./googlenet.js";
export { type InceptionV3, type InceptionV3Options, inceptionV3 } from "./inception-v3.js";
export { type InceptionV4, type InceptionV4Options, inceptionV4 } from "./inception-v4.js";
export { type LeNet5, lenet5 } from "./lenet.js";
export { type MobileNetV2, type MobileNetV2Options, mobilenetV2 } from "./mobilenet-v2.js";
export { type NiN, type NiNOptions, ninCifar10, ninImagenet } from "./nin.js";
export {
  type PreActCifarOptions,
  PreActResNet,
  type PreActResNetOptions,
  type PreActResNetPlan,
  preactResnet,
  preactResnet18,
  preactResnet50,
} from "./preact-resnet.js";
export {
  type PlainNetOptions,
  plain18,
  plain34,
  plain50,
  plain101,
  plain152,
  ResNet,
  type ResNetOptions,
  type ResNetPlan,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  resnext101_32x8d,
  wideResnet50_2,
  wideResnet101_2,
} from "./resnet.js";
export {
  CifarResNeXt,
  type CifarResNeXtOptions,
  type CifarResNeXtPresetOptions,
  cifarResnext,
  resnext29_8x64d,
  resnext29_16x64d,
} from "./resnext.js";
export { type Normalization, PadShortcut, type Shortcut } from "./shortcut.js";
export { type ShuffleNetV2, shufflenetV2_x1_0 } from "./shufflenet-v2.js";
export {
  type Fire,
  type FireBypass,
  type SqueezeNet,
  type SqueezeNetOptions,
  squeezenet1_0,
  squeezenet1_1,
} from "./squeezenet.js";
export type { BlockSurvival, StochasticDepthOptions } from "./stochastic-depth.js";
export {
  type VGG,
  type VGGDepth,
  type VGGNetOptions,
  type VGGOptions,
  vgg11,
  vgg11Bn,
  vgg13,
  vgg13Bn,
  vgg16,
  vgg16Bn,
  vgg19,
  vgg19Bn,
} from "./vgg.js";
export {
  WideResNet,
  type WrnOptions,
  type WrnPresetOptions,
  wrn,
  wrn16_8,
  wrn28_10,
  wrn40_4,
} from "./wide-resnet.js";
export { createModel, zoo, zooModel } from "./zoo.js";
export type { ModelOptions, WithAuxiliary, ZooModel, ZooNet } from "./zoo-model.js";
