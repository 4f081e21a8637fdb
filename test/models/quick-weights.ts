/** Weights for nets whose numbers do not matter. */
import { type Initializer, tensor } from "../../src/index.js";

/** Weights of both signs and Kaiming's size, fan out, that cost less than normal ones to draw. */
export const quickWeights: Initializer = (shape) => {
  const size = shape.reduce((product, n) => product * n, 1);
  const fanOut = size / (shape[1] as number);
  const bound = Math.sqrt(6 / fanOut) / 498;
  return tensor(
    Float32Array.from({ length: size }, (_, i) => (((i * 313) % 997) - 498) * bound),
    { shape },
  );
};
