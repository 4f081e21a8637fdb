/** Mean and standard deviation of the colours of a data set. */
import { ValueError } from "../errors.js";
import type { ImageDataset } from "./dataset.js";
import { checkedImage, isLabelledImage } from "./image-batch.js";
import { checkItems, type Dataset, itemsOf, type LabelledImage } from "./items.js";

/**
 * Mean and standard deviation of each channel.
 * @category Data
 */
export interface ChannelStatistics {
  /** Mean of `x / 255`, for each channel. */
  readonly mean: readonly number[];
  /** Standard deviation of `x / 255`, for each channel. */
  readonly std: readonly number[];
}

/**
 * Mean and standard deviation of `x / 255` over every pixel of every image, for each channel: what `normalize` wants.
 * @param dataset images of bytes, all with the same number of channels; they may differ in size
 * @throws ValueError if there are none, or one has floats or another number of channels
 * @example
 * ```ts
 * const { mean, std } = await channelStatistics(train);
 * ```
 * @category Data
 */
export async function channelStatistics(dataset: ImageDataset | Dataset<LabelledImage>): Promise<ChannelStatistics> {
  checkItems(OP, dataset);
  const items = itemsOf(dataset);
  if (items.length === 0) throw new ValueError(OP, "there are no images to compute it from");
  const counts: Float64Array[] = []; // of each byte, for each channel: exact, and independent of the order
  for (let index = 0; index < items.length; index++) {
    const item = await items.get(index);
    const { data, channels } = checkedImage(OP, isLabelledImage(item) ? item.image : item);
    if (!(data instanceof Uint8Array))
      throw new ValueError(OP, `images must be of bytes, and image ${index} has floats`);
    while (index === 0 && counts.length < channels) counts.push(new Float64Array(256));
    if (channels !== counts.length) {
      throw new ValueError(OP, `image ${index} has ${channels} channels where the first has ${counts.length}`);
    }
    count(data, counts);
  }
  const moments = counts.map(momentsOf);
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}

const OP = "channelStatistics";

function count(bytes: Uint8Array, counts: readonly Float64Array[]): void {
  const plane = bytes.length / counts.length;
  for (const [channel, own] of counts.entries()) {
    for (let place = channel * plane; place < (channel + 1) * plane; place++) {
      const byte = bytes[place] as number;
      own[byte] = (own[byte] as number) + 1;
    }
  }
}

function momentsOf(counts: Float64Array): { readonly mean: number; readonly std: number } {
  const total = counts.reduce((sum, one) => sum + one, 0);
  const mean = counts.reduce((sum, one, byte) => sum + one * byte, 0) / total;
  const variance = counts.reduce((sum, one, byte) => sum + one * (byte - mean) ** 2, 0) / total;
  return { mean: mean / 255, std: Math.sqrt(variance) / 255 };
}
