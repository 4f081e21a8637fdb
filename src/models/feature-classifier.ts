/** What EfficientNet and MobileNetV2 have in common: features, their global average, and a classifier. */
import type { Tensor } from "../autograd/tensor.js";
import { AdaptiveAvgPool2d } from "../nn/adaptive-avg-pool2d.js";
import { Flatten } from "../nn/flatten.js";
import { Module } from "../nn/module.js";
import type { Sequential } from "../nn/sequential.js";

/** Features, their global average, and a classifier: images `[N, C, H, W]` to logits `[N, numClasses]`.
 * @category Models */
export class FeatureClassifier extends Module {
  /** From the stem to the last convolution. */
  readonly features: Sequential;
  /** Global average. */
  readonly avgpool: AdaptiveAvgPool2d = new AdaptiveAvgPool2d(1);
  /** `[N, C, 1, 1]` to `[N, C]`. */
  readonly flatten: Flatten = new Flatten();
  /** Dropout and a linear layer. */
  readonly classifier: Sequential;

  constructor(features: Sequential, classifier: Sequential) {
    super();
    this.features = features;
    this.classifier = classifier;
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(this.flatten.forward(this.avgpool.forward(this.features.forward(x))));
  }
}
