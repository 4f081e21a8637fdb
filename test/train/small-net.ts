/** A net whose training needs all that a checkpoint holds of it. */
import * as lg from "../../src/index.js";

/** Convolution, batch norm and dropout, for images of three channels and ten classes.
 * @param weights draws its weights, and the choices of dropout */
export function smallNet(weights: lg.Generator): lg.Sequential {
  return new lg.Sequential(
    new lg.Conv2d(3, 4, 3, { generator: weights, padding: 1 }),
    new lg.BatchNorm2d(4),
    new lg.ReLU(),
    new lg.AdaptiveAvgPool2d(2),
    new lg.Flatten(),
    new lg.Dropout({ p: 0.3, generator: weights }),
    new lg.Linear(16, 10, { generator: weights }),
  );
}
