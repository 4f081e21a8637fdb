/** The nets made of ResNet's blocks as models of the zoo. */
import {
  plain18,
  plain34,
  plain50,
  plain101,
  plain152,
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
import type { ZooModel } from "./zoo-model.js";

const common = { year: 2015, input: [3, 224, 224] } as const;
const paper = "He, Zhang, Ren & Sun, Deep Residual Learning for Image Recognition, CVPR 2016";
const wide = {
  ...common,
  family: "Wide ResNet",
  year: 2016,
  paper: "Zagoruyko & Komodakis, Wide Residual Networks, BMVC 2016",
} as const;
const resnext = {
  ...common,
  family: "ResNeXt",
  year: 2017,
  paper: "Xie, Girshick, Dollár, Tu & He, Aggregated Residual Transformations for Deep Neural Networks, CVPR 2017",
} as const;

/** ResNets. */
export const resNets: readonly ZooModel[] = Object.entries({
  18: resnet18,
  34: resnet34,
  50: resnet50,
  101: resnet101,
  152: resnet152,
}).map(([depth, make]) => ({
  name: `resnet${depth}`,
  title: `ResNet-${depth}`,
  family: "ResNet",
  ...common,
  paper,
  make,
}));

/** Their plain counterparts. */
export const plainNets: readonly ZooModel[] = Object.entries({
  18: plain18,
  34: plain34,
  50: plain50,
  101: plain101,
  152: plain152,
}).map(([depth, make]) => ({
  name: `plain${depth}`,
  title: `plain-${depth}`,
  family: "plain",
  ...common,
  paper,
  make,
}));

/** The wide ones. */
export const wideResNets: readonly ZooModel[] = [
  { name: "wideResnet50_2", title: "Wide ResNet-50-2", ...wide, make: wideResnet50_2 },
  { name: "wideResnet101_2", title: "Wide ResNet-101-2", ...wide, make: wideResnet101_2 },
];

/** ResNeXts. */
export const resNeXts: readonly ZooModel[] = [
  { name: "resnext50_32x4d", title: "ResNeXt-50 (32×4d)", ...resnext, make: resnext50_32x4d },
  { name: "resnext101_32x8d", title: "ResNeXt-101 (32×8d)", ...resnext, make: resnext101_32x8d },
];
