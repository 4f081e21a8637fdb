/** What the page of the zoo says of each architecture: three sentences, its block, the net that stands for it and the plain net that
 * its gradients are shown beside. */

/** An architecture of the lecture. */
export interface Architecture {
  readonly title: string;
  /** The problem it met, its trick, and what came of it. */
  readonly words: string;
  /** The block in Graphviz's language: `in` at the bottom, `out` at the top. */
  readonly block: string;
  /** Nets of the zoo for the table. */
  readonly nets: readonly string[];
  /** The net that is traced, and a plain one as deep or about as deep; null where it is plain itself. */
  readonly traced: { readonly net: string; readonly beside: string | null };
}

const conv = (id: string, label: string) => `${id} [label="${label}"]`;
const chain = (...ids: readonly string[]) => `${ids.join(" -> ")};`;
const join = (id: string, label: string) => `${id} [label="${label}" shape=circle fixedsize=true width=0.42]`;
const inOut = `in [label="h" shape=plaintext]; out [label="" shape=plaintext height=0.1];`;

export const architectures: readonly Architecture[] = [
  {
    title: "AlexNet (2012)",
    words:
      "Features had been made by hand, and networks were thought to be too slow to learn them from a million photographs. AlexNet is a " +
      "LeNet made large: five convolutions and three fully connected layers with ReLUs, which do not saturate as tanh does, and with " +
      "dropout against overfitting. It won ImageNet 2012 by ten points; 59 of its 61 million parameters are in the fully " +
      "connected layers.",
    block: `${inOut} ${conv("c", "conv 11×11, 5×5 or 3×3")}; ${conv("r", "ReLU")}; ${conv("p", "max-pool 3×3 / 2")}; ${chain("in", "c", "r", "p", "out")}`,
    nets: ["alexnet"],
    traced: { net: "alexnet", beside: null },
  },
  {
    title: "Network in Network (2013)",
    words:
      "A convolution is linear in each window, and the fully connected layers at the end hold most parameters and overfit. NiN puts a " +
      "small perceptron into every window, which is a stack of 1×1 convolutions, and ends in a global average instead of fully connected " +
      "layers. Both ideas stayed: the 1×1 convolution in every bottleneck, the global average in nearly every later net.",
    block: `${inOut} ${conv("c", "conv k×k")}; ${conv("a", "ReLU")}; ${conv("d", "conv 1×1")}; ${conv("b", "ReLU")}; ${conv("e", "conv 1×1")}; ${conv("f", "ReLU")}; ${chain("in", "c", "a", "d", "b", "e", "f", "out")}`,
    nets: ["ninCifar10", "ninImagenet"],
    traced: { net: "ninCifar10", beside: null },
  },
  {
    title: "VGG (2014)",
    words:
      "How deep should a net be, and with what windows? VGG uses 3×3 convolutions alone: two in a row see what a 5×5 sees, with fewer " +
      "parameters and one more ReLU. At 16 and 19 layers it is about as deep as a plain net without normalisation could be trained, with " +
      "care for its initialisation, and 15 to 20 billion multiply-accumulates make it one of the costliest.",
    block: `${inOut} ${conv("a", "conv 3×3, ReLU")}; ${conv("b", "conv 3×3, ReLU")}; ${conv("p", "max-pool 2×2 / 2")}; ${chain("in", "a", "b", "p", "out")}`,
    nets: ["vgg11", "vgg13", "vgg16", "vgg19", "vgg16Bn"],
    traced: { net: "vgg19", beside: "vgg19Bn" },
  },
  {
    title: "GoogLeNet and Inception (2014–2016)",
    words:
      "What is to be seen has many sizes, and wide convolutions cost too much. An Inception module looks through windows of several sizes " +
      "at once, each behind a 1×1 convolution that makes it narrow, and concatenates what they found; auxiliary classifiers send gradients " +
      "into the middle of the net while it trains. GoogLeNet has a ninth of AlexNet's parameters (its auxiliary heads apart), and less error; v3 and v4 factor " +
      "the windows further (n×1 after 1×n) and add batch normalisation.",
    block:
      `${inOut} ${conv("a", "conv 1×1")}; ${conv("b1", "conv 1×1")}; ${conv("b2", "conv 3×3")}; ${conv("c1", "conv 1×1")}; ${conv("c2", "conv 5×5")}; ` +
      `${conv("d1", "max-pool 3×3")}; ${conv("d2", "conv 1×1")}; ${conv("cat", "concatenate")}; ` +
      `${chain("in", "a", "cat", "out")} ${chain("in", "b1", "b2", "cat")} ${chain("in", "c1", "c2", "cat")} ${chain("in", "d1", "d2", "cat")}`,
    nets: ["googlenet", "inceptionV3", "inceptionV4"],
    traced: { net: "googlenet", beside: "vgg19" },
  },
  {
    title: "ResNet (2015)",
    words:
      "Plain nets got worse, in training too, when layers were added: at 56 layers worse than at 20. A residual block learns what to add " +
      "to its input, h + F(h), so that the identity is there for nothing, and the gradient comes back through the addition unchanged " +
      "beside whatever comes through F. With it nets of 152 layers trained, and won ImageNet 2015.",
    block:
      `${inOut} ${conv("a", "conv 3×3, BN")}; ${conv("r", "ReLU")}; ${conv("b", "conv 3×3, BN")}; ${join("plus", "+")}; ${conv("s", "ReLU")}; ` +
      `${chain("in", "a", "r", "b", "plus", "s", "out")} in -> plus [label="identity" style=bold];`,
    nets: [
      "resnet18",
      "resnet34",
      "resnet50",
      "resnet101",
      "resnet152",
      "cifarResnet20",
      "cifarResnet56",
      "cifarResnet110",
    ],
    traced: { net: "cifarResnet56", beside: "cifarPlain56" },
  },
  {
    title: "Identity mappings (2016)",
    words:
      "In the first ResNet a ReLU stands after every addition, so the shortcut is not quite the identity. Moving batch norm and ReLU before " +
      "the convolutions leaves nothing at all on the way: the output of any block is its input plus a sum, and so is the gradient. That is " +
      "enough for 1001 layers.",
    block:
      `${inOut} ${conv("a", "BN, ReLU")}; ${conv("b", "conv 3×3")}; ${conv("c", "BN, ReLU")}; ${conv("d", "conv 3×3")}; ${join("plus", "+")}; ` +
      `${chain("in", "a", "b", "c", "d", "plus", "out")} in -> plus [label="identity" style=bold];`,
    nets: ["cifarPreact110", "cifarPreact164", "cifarPreact1001", "preactResnet18", "preactResnet50"],
    traced: { net: "cifarPreact110", beside: "cifarResnet110" },
  },
  {
    title: "Wide ResNet (2016)",
    words:
      "A thousand thin layers are slow, for they run one after the other, and many blocks learn little. A Wide ResNet has few blocks with " +
      "many channels, and dropout between its convolutions. WRN-28-10 does better than the pre-activation net of 1001 layers, in a " +
      "fraction of its time, with three and a half times its parameters.",
    block:
      `${inOut} ${conv("a", "BN, ReLU")}; ${conv("b", "conv 3×3, k times as wide")}; ${conv("x", "BN, ReLU, dropout")}; ${conv("d", "conv 3×3, k times as wide")}; ${join("plus", "+")}; ` +
      `${chain("in", "a", "b", "x", "d", "plus", "out")} in -> plus [label="identity" style=bold];`,
    nets: ["wrn16_8", "wrn28_10", "wrn40_4", "wideResnet50_2", "wideResnet101_2"],
    traced: { net: "wrn40_4", beside: "cifarPlain44" },
  },
  {
    title: "ResNeXt (2017)",
    words:
      "Inception modules work, but every one of their branches is a choice. ResNeXt splits the bottleneck into many branches that are all " +
      "alike, which is one grouped convolution: the number of branches, its cardinality, is a third dimension beside depth and width. At " +
      "the same cost more branches did better than more layers or channels.",
    block:
      `${inOut} ${conv("a", "conv 1×1")}; ${conv("b1", "3×3")}; ${conv("b2", "3×3")}; ${conv("b3", "… 32 groups")}; ${conv("c", "conv 1×1")}; ${join("plus", "+")}; ` +
      `${chain("in", "a", "b1", "c", "plus", "out")} ${chain("a", "b2", "c")} ${chain("a", "b3", "c")} in -> plus [label="identity" style=bold];`,
    nets: ["resnext50_32x4d", "resnext101_32x8d", "resnext29_8x64d", "resnext29_16x64d"],
    traced: { net: "resnext29_8x64d", beside: "cifarPlain32" },
  },
  {
    title: "Stochastic depth (2016)",
    words:
      "Deep residual nets train slowly, and their gradients still have far to go. In training whole blocks are left out at random, the later " +
      "ones more often, and only the identity remains of them: what trains is a short net, what predicts is a deep one whose branches are " +
      "scaled by their chance to survive. It trains faster and generalises better, even with 1202 layers.",
    block:
      `${inOut} ${conv("a", "conv 3×3, BN, ReLU")}; ${conv("b", "conv 3×3, BN")}; ${conv("gate", "× 1 or 0, at random")}; ${join("plus", "+")}; ${conv("s", "ReLU")}; ` +
      `${chain("in", "a", "b", "gate", "plus", "s", "out")} in -> plus [label="identity" style=bold];`,
    nets: ["cifarStochasticDepth110", "cifarStochasticDepth1202"],
    traced: { net: "cifarStochasticDepth110", beside: "cifarResnet110" },
  },
  {
    title: "FractalNet (2017)",
    words:
      "Is it the residual that matters, or that short ways through the net exist? A fractal block joins columns of 1, 2, 4, … convolutions " +
      "by their mean, with no identity anywhere; drop-path trains every column to work alone. It keeps up with ResNets of its time, so " +
      "short ways are enough.",
    block:
      `${inOut} ${conv("a", "conv")}; ${conv("b1", "conv")}; ${conv("b2", "conv")}; ${conv("c1", "conv")}; ${conv("c2", "conv")}; ${conv("c3", "conv")}; ${conv("c4", "conv")}; ` +
      `${conv("m1", "mean")}; ${conv("m2", "mean")}; ${chain("in", "c1", "c2", "m1", "c3", "c4", "m2", "out")} ${chain("in", "b1", "m1", "b2", "m2")} ${chain("in", "a", "m2")}`,
    nets: ["fractalnet20"],
    traced: { net: "fractalnet20", beside: "cifarPlain20" },
  },
  {
    title: "DenseNet (2017)",
    words:
      "An addition mixes what it adds, and later layers cannot tell it apart again. A dense layer concatenates: each one sees the outputs of " +
      "all before it in its block, and the loss is two or three steps from any of them. Layers can then be very narrow (12 to 48 new channels), " +
      "so DenseNets need few parameters for their error, and much memory, unless the concatenations are made again on the way back.",
    block: `${inOut} ${conv("a", "BN, ReLU, conv 1×1")}; ${conv("b", "BN, ReLU, conv 3×3")}; ${conv("cat", "concatenate")}; ${chain("in", "a", "b", "cat", "out")} in -> cat [style=bold];`,
    nets: ["densenet121", "densenet161", "densenet169", "densenet201", "cifarDensenet40_12", "cifarDensenetBc100_12"],
    traced: { net: "cifarDensenet40_12", beside: "cifarPlain44" },
  },
  {
    title: "SqueezeNet (2016)",
    words:
      "Nets had to fit into phones and chips. A fire module squeezes its input through a few 1×1 channels and expands it again, half of it by " +
      "1×1 and half by 3×3 windows; bypasses around every second module are residual ones. AlexNet's accuracy with a fiftieth of its parameters.",
    block: `${inOut} ${conv("s", "squeeze 1×1")}; ${conv("e1", "expand 1×1")}; ${conv("e3", "expand 3×3")}; ${conv("cat", "concatenate")}; ${chain("in", "s", "e1", "cat", "out")} ${chain("s", "e3", "cat")}`,
    nets: ["squeezenet1_0", "squeezenet1_1"],
    traced: { net: "squeezenet1_0", beside: "vgg19" },
  },
  {
    title: "What came after (2018–2022)",
    words:
      "MobileNetV2, ShuffleNetV2 and EfficientNet make the convolutions themselves cheap: depthwise ones, one window a channel, between 1×1 " +
      "ones, with shortcuts between the narrow ends. ConvNeXt takes what transformers brought (large windows, layer norm, GELU, few " +
      "activations) back into a ResNet. The identity shortcut is in all of them.",
    block:
      `${inOut} ${conv("a", "conv 1×1, wide")}; ${conv("b", "depthwise 3×3")}; ${conv("c", "conv 1×1, narrow")}; ${join("plus", "+")}; ` +
      `${chain("in", "a", "b", "c", "plus", "out")} in -> plus [label="identity" style=bold];`,
    nets: ["mobilenetV2", "shufflenetV2_x1_0", "efficientnetB0", "convnextTiny"],
    traced: { net: "mobilenetV2", beside: "cifarPlain56" },
  },
];
