/** What theory says of a network at its initialisation: by which factor a layer multiplies ‖∂L/∂h‖ on its way back. */
import type { Configuration } from "./configurations.js";

/** A prediction with its source.
 * @category Gradient flow */
export interface Theory {
  /** What each weighted layer multiplies the norm by, going backwards. */
  readonly factorPerLayer: number;
  /** The factor as it is derived, a sentence. */
  readonly words: string;
  /** Paper and equation. */
  readonly source: string;
}

const XAVIER: Theory = {
  factorPerLayer: Math.SQRT1_2,
  words:
    "Xavier's variance 2 / (fan in + fan out) keeps the gradient of linear layers of one width; a ReLU passes half of its " +
    "square, so that the norm falls by 1/√2 = 0.71 a layer",
  source: "Glorot & Bengio (2010), eq. 12; He et al. (2015b), section 2.2",
};

const KAIMING: Theory = {
  factorPerLayer: 1,
  words: "the variance 2 / fan in makes up for the half that a ReLU stops, so that the norm stays",
  source: "He et al. (2015b), eq. 14",
};

const BATCH_NORM: Theory = {
  factorPerLayer: Math.sqrt(Math.PI / (Math.PI - 1)),
  words:
    "batch norm divides by the deviation of what it normalises, and behind a ReLU the norm of the gradient grows by " +
    "√(π / (π − 1)) = 1.21 a layer, whatever the initialisation, in wide layers",
  source: "Yang et al. (2019), A Mean Field Theory of Batch Normalization",
};

const BY_INIT: Readonly<Record<string, Theory>> = {
  xavier: XAVIER,
  xavierUniform: XAVIER,
  kaiming: KAIMING,
  kaimingUniform: KAIMING,
};

/** What theory says of a network that was not trained yet; `null` where there is none. */
export function theoryOf({ cifar }: Configuration): Theory | null {
  if (cifar === null || cifar.shortcut !== "none") return null;
  const { norm, init } = cifar;
  return norm === "batch" ? BATCH_NORM : (BY_INIT[init] ?? null);
}
