/** Multiply-accumulates of an op: the products of a convolution and of a matrix product, each with the addition that follows. */
import { at, type Shape, sizeOf } from "../shape.js";
import type { OpCall } from "./record.js";

/** Of which kind the products are: with a kernel, with a weight, or of activations among themselves (attention). */
export type ProductKind = "conv" | "linear" | "product";

/** The products of an op; null of one that has none. */
export function productsOf({ op, inputs, output, hasWeight }: OpCall): { kind: ProductKind; macs: number } | null {
  const [a, b] = inputs as [Shape, Shape];
  switch (op) {
    case "conv2d":
      return { kind: "conv", macs: sizeOf(output) * perChannel(b) };
    case "conv2dInputGrad": // the transposed convolution: every element of the input meets a kernel
      return { kind: "conv", macs: sizeOf(a) * perChannel(b) };
    case "matmul": {
      const inner = (at(a, -1) * at(a, -2)) / at(output, -2);
      return { kind: hasWeight ? "linear" : "product", macs: sizeOf(output) * inner };
    }
    default:
      return null;
  }
}

/** Elements of a kernel for one of the channels on its first axis. */
function perChannel(weight: Shape): number {
  return sizeOf(weight) / at(weight, 0);
}
