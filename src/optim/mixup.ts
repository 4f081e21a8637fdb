/** Batches mixed with themselves: mixup and CutMix, whose targets are shares of classes that `crossEntropy` takes. */
import { noGrad } from "../autograd/modes.js";
import { tidy } from "../autograd/scope.js";
import { Tensor } from "../autograd/tensor.js";
import { describe, ShapeError, ValueError } from "../errors.js";
import { tensor } from "../ops/create.js";
import { add, mul } from "../ops/elementwise/arithmetic.js";
import { cast, where } from "../ops/elementwise/compare.js";
import { indexSelect, oneHot } from "../ops/indexing/select.js";
import { checkedOptions, count, type OptionKind, type OptionKinds, ownCheck } from "../options.js";
import { formatShape } from "../shape.js";

/** Options of `mixup`.
 * @category Data augmentation */
export interface MixupOptions {
  /** λ, the share of an image itself, from 0 to 1; drawn from Beta(α, α) as a rule. */
  readonly lambda: number;
  /** Which image is mixed into each: the order of the batch, shuffled, as `generator.permutation(N)` gives it. */
  readonly permutation: readonly number[] | Int32Array;
  /** How many classes there are. */
  readonly numClasses: number;
}

/** Options of `cutmix`.
 * @category Data augmentation */
export interface CutmixOptions extends MixupOptions {
  /** The middle of the box that is cut out. */
  readonly centre: CutmixCentre;
}

/** A pixel of the images of `cutmix`.
 * @category Data augmentation */
export interface CutmixCentre {
  /** Rows from the top. */
  readonly y: number;
  /** Columns from the left. */
  readonly x: number;
}

/** A mixed batch.
 * @category Data augmentation */
export interface MixedBatch {
  /** Shape of the images. */
  readonly images: Tensor;
  /** Shape `[N, numClasses]`: the share of each class. */
  readonly targets: Tensor;
}

const fraction: OptionKind<number> = {
  means: "a number from 0 to 1",
  fits: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1,
};
const mixupOptions: OptionKinds<MixupOptions> = { lambda: fraction, permutation: ownCheck, numClasses: count };
const cutmixOptions: OptionKinds<CutmixOptions> = { ...mixupOptions, centre: ownCheck };

/** λx + (1 − λ)x[permutation], and the same of the labels as one-hot vectors (Zhang et al. 2017).
 * @param images shape `[N, …]`
 * @param labels int32 of shape `[N]`
 * @throws ValueError, ShapeError, DTypeError if an option or a shape does not fit
 * @category Data augmentation */
export function mixup(images: Tensor, labels: Tensor, options: MixupOptions): MixedBatch {
  const { lambda, permutation, numClasses } = checkedMix("mixup", images, options, mixupOptions);
  return noGrad(() =>
    tidy(() => {
      const order = tensor([...permutation], { dtype: "int32", device: images.device.name });
      const mixed = blend(images, indexSelect(images, order, { axis: 0 }), lambda);
      return { images: mixed, targets: targetsOf(labels, order, lambda, numClasses, images) };
    }),
  );
}

/** Images with a box of another one: its side is √(1 − λ) of the image's, and half of it, rounded down, lies to each side of the
 * centre, as far as the image goes; the labels are mixed by the area that is left (Yun et al. 2019).
 * @param images shape `[N, C, H, W]`
 * @param labels int32 of shape `[N]`
 * @throws ValueError, ShapeError, DTypeError if an option or a shape does not fit
 * @category Data augmentation */
export function cutmix(images: Tensor, labels: Tensor, options: CutmixOptions): MixedBatch {
  const { lambda, permutation, numClasses, centre } = checkedMix("cutmix", images, options, cutmixOptions);
  if (images.rank !== 4)
    throw new ShapeError("cutmix", `images must be [N, C, H, W], got ${formatShape(images.shape)}`);
  if (!(Number.isInteger(centre?.x) && Number.isInteger(centre.y)))
    throw new ValueError("cutmix", `centre must be { y, x }, integers, got ${describe(centre)}`);
  const [, , height = 0, width = 0] = images.shape;
  const [top, bottom] = sideOf(height, centre.y, lambda);
  const [left, right] = sideOf(width, centre.x, lambda);
  const inside = (i: number): boolean => {
    const [y, x] = [Math.floor(i / width), i % width];
    return y >= top && y < bottom && x >= left && x < right;
  };
  const device = images.device.name;
  return noGrad(() =>
    tidy(() => {
      const order = tensor([...permutation], { dtype: "int32", device });
      const box = Array.from({ length: height * width }, (_, i) => Number(inside(i)));
      const mask = tensor(box, { shape: [1, 1, height, width], dtype: "bool", device });
      const mixed = where(mask, indexSelect(images, order, { axis: 0 }), images);
      const kept = 1 - ((bottom - top) * (right - left)) / (height * width);
      return { images: mixed, targets: targetsOf(labels, order, kept, numClasses, images) };
    }),
  );
}

/** Where a box begins and ends along an axis. */
function sideOf(size: number, centre: number, lambda: number): readonly [from: number, to: number] {
  const half = Math.floor(Math.floor(size * Math.sqrt(1 - lambda)) / 2);
  return [Math.max(0, centre - half), Math.min(size, centre + half)];
}

function blend(a: Tensor, b: Tensor, lambda: number): Tensor {
  return add(mul(a, lambda), mul(b, 1 - lambda));
}

function targetsOf(labels: Tensor, order: Tensor, lambda: number, numClasses: number, like: Tensor): Tensor {
  const own = cast(oneHot(labels, { numClasses }), like.dtype);
  return blend(own, indexSelect(own, order, { axis: 0 }), lambda);
}

function checkedMix<Options extends MixupOptions>(
  op: string,
  images: Tensor,
  options: Options,
  kinds: OptionKinds<Options>,
): Options {
  if (!(images instanceof Tensor)) throw new ValueError(op, `images must be a tensor, got ${describe(images)}`);
  const given = checkedOptions(op, options, kinds) as Options;
  const { lambda, permutation, numClasses } = given;
  if (!fraction.fits(lambda)) throw new ValueError(op, `lambda must be ${fraction.means}, got ${describe(lambda)}`);
  if (!count.fits(numClasses))
    throw new ValueError(op, `numClasses must be ${count.means}, got ${describe(numClasses)}`);
  if (!isOrder(permutation, images.shape[0] ?? 0))
    throw new ValueError(
      op,
      `permutation must be an order of the ${images.shape[0]} images, got ${describe(permutation)}`,
    );
  return given;
}

/** Whether it has each of the numbers from 0 to below `count` once. */
function isOrder(permutation: unknown, count: number): boolean {
  if (!(Array.isArray(permutation) || permutation instanceof Int32Array) || permutation.length !== count) return false;
  const numbers = new Set<number>(permutation);
  return numbers.size === count && [...numbers].every((i) => Number.isInteger(i) && i >= 0 && i < count);
}
