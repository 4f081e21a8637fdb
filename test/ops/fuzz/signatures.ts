/** What each exported op takes, and the shape it promises for arguments that it accepts. */
import { creatorSignatures } from "./creators.js";
import { elementwiseSignatures } from "./elementwise.js";
import { lossSignatures } from "./loss.js";
import { matrixSignatures } from "./matrices.js";
import { tensorProductSignatures } from "./products.js";
import type { Signatures } from "./promise.js";
import { productSignatures, reduceSignatures } from "./reduce.js";
import { indexSignatures, shapeSignatures } from "./shape.js";
import { normSignatures, windowSignatures } from "./window.js";

/** All of them, by name. */
export const signatures: Signatures = {
  ...creatorSignatures,
  ...elementwiseSignatures,
  ...reduceSignatures,
  ...productSignatures,
  ...tensorProductSignatures,
  ...matrixSignatures,
  ...lossSignatures,
  ...shapeSignatures,
  ...indexSignatures,
  ...windowSignatures,
  ...normSignatures,
};
