/** The check of what a net is given. */
import type { Tensor } from "../autograd/tensor.js";
import { ShapeError } from "../errors.js";
import { checkTensors } from "../ops/arguments.js";
import { formatShape } from "../shape.js";

/** @param channels of the images that the net takes
 * @param smallest rows and columns that it needs at least, so that none of its windows is larger than what it looks at
 * @throws ShapeError unless these are images `[N, channels, H, W]` of at least that size */
export function checkImages(net: string, x: Tensor, channels: number, smallest: number): void {
  checkTensors(net, x);
  const [, given, height = 0, width = 0] = x.shape;
  if (x.rank === 4 && given === channels && height >= smallest && width >= smallest) return;
  const expected = `[N, ${channels}, H, W] with H and W of at least ${smallest}`;
  throw new ShapeError(net, `images must be ${expected}, got ${formatShape(x.shape)}`, { expected, actual: x.shape });
}
