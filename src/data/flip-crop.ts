/** The augmentation that CIFAR nets are trained with: flip, pad and crop. */

import type { NdArray } from "ndarray";
import { describe, ValueError } from "../errors.js";
import { viewOf } from "../ndarray.js";
import { checkedRandom, generatorKind, number, type OptionKinds } from "../options.js";
import type { Generator } from "../random.js";

/**
 * Options of {@link flipCrop}.
 * @category Data
 */
export interface FlipCropOptions {
  /** Where the flips and crops come from. */
  readonly generator: Generator;
  /** Pixels of padding on each side; 4 by default. */
  readonly padding?: number | undefined;
}

const flipCropOptions: OptionKinds<FlipCropOptions> = { generator: generatorKind, padding: number };

/**
 * Flips each image left to right with probability 1/2, pads it with zeros on each side and crops it back to its size at
 * a random place. On normalised images zero is the mean colour. (He et al. 2015, "Deep residual learning for image
 * recognition", section 4.2.)
 * @param images shape `[N, C, H, W]`; not changed
 * @returns new images, shape `[N, C, H, W]`
 * @throws ValueError if `images` is not of rank 4 or `padding` is not an integer of 0 or more
 * @category Data
 */
export function flipCrop<A extends Float32Array | Float64Array>(
  images: NdArray<A>,
  options: FlipCropOptions,
): NdArray<A> {
  const { generator, padding = 4 } = checkedRandom("flipCrop", options, flipCropOptions);
  if (!Array.isArray(images?.shape) || !ArrayBuffer.isView(images.data) || typeof images.get !== "function") {
    throw new ValueError("flipCrop", `images must be those of a batch, an ndarray, got ${describe(images)}`);
  }
  if (images.shape.length !== 4) {
    const shape = `[${images.shape.join(", ")}]`;
    throw new ValueError("flipCrop", `images must have shape [N, C, H, W], got ${shape}`, {
      expected: "rank 4",
      actual: images.shape,
    });
  }
  if (!(Number.isSafeInteger(padding) && padding >= 0)) {
    throw new ValueError("flipCrop", `padding must be an integer of 0 or more, got ${padding}`, {
      expected: ">= 0",
      actual: padding,
    });
  }
  const values = images.data instanceof Float64Array ? new Float64Array(images.size) : new Float32Array(images.size);
  const count = images.shape[0] as number;
  for (let item = 0; item < count; item++) {
    const flip = generator.uniform() < 0.5;
    const down = generator.integer(-padding, padding + 1);
    const right = generator.integer(-padding, padding + 1);
    copyMoved(values, images, { item, flip, down, right });
  }
  return viewOf(values as A, images.shape);
}

interface Move {
  readonly item: number;
  readonly flip: boolean;
  /** The crop's first row in the image, negative in the padding. */
  readonly down: number;
  /** The crop's first column in the (flipped) image, negative in the padding. */
  readonly right: number;
}

function copyMoved(
  target: Float32Array | Float64Array,
  images: NdArray<Float32Array | Float64Array>,
  move: Move,
): void {
  const [, channels, height, width] = images.shape as [number, number, number, number];
  const [itemStride, channelStride, rowStride, columnStride] = images.stride as [number, number, number, number];
  const { data } = images;
  for (let channel = 0; channel < channels; channel++) {
    const plane = images.offset + move.item * itemStride + channel * channelStride;
    for (let y = Math.max(0, -move.down); y < Math.min(height, height - move.down); y++) {
      const source = plane + (y + move.down) * rowStride;
      const row = ((move.item * channels + channel) * height + y) * width;
      for (let x = Math.max(0, -move.right); x < Math.min(width, width - move.right); x++) {
        const column = move.flip ? width - 1 - (x + move.right) : x + move.right;
        target[row + x] = data[source + column * columnStride] as number;
      }
    }
  }
}
