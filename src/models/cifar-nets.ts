/** The CIFAR nets of He et al. 2015 as models of the zoo: plain and residual, by depth. */
import { type CifarNetOptions, cifarNet } from "./cifar-net.js";
import type { ZooModel } from "./zoo-model.js";

const paper = "He, Zhang, Ren & Sun, Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2";
const common = { year: 2015, paper, input: [3, 32, 32] } as const;

function net(name: string, title: string, family: string, options: Omit<CifarNetOptions, "generator">): ZooModel {
  return { name, title, family, ...common, make: (given) => cifarNet({ ...options, ...given }) };
}

/** Plain nets, and those with identity shortcuts. */
export const cifarNets: readonly ZooModel[] = [
  ...[20, 32, 44, 56].map((depth) =>
    net(`cifarPlain${depth}`, `plain-${depth} (CIFAR)`, "plain", { depth, shortcut: "none" }),
  ),
  ...[20, 32, 44, 56, 110, 1202].map((depth) =>
    net(`cifarResnet${depth}`, `ResNet-${depth} (CIFAR)`, "ResNet", { depth }),
  ),
];

const stochasticDepth = {
  family: "stochastic depth",
  year: 2016,
  paper: "Huang, Sun, Liu, Sedra & Weinberger, Deep Networks with Stochastic Depth, ECCV 2016",
} as const;

/** The two of them that Huang et al. train with stochastic depth. */
export const stochasticDepthNets: readonly ZooModel[] = [110, 1202].map((depth) => ({
  ...net(`cifarStochasticDepth${depth}`, `ResNet-${depth}, stochastic depth (CIFAR)`, "ResNet", {
    depth,
    survival: 0.5,
  }),
  ...stochasticDepth,
}));
