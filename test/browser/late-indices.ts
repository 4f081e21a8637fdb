/** Which ops let an index out of range pass on a device of the browser. */
import { type DeviceName, embedding, gather, oneHot, ones, tensor, ValueError, withDevice } from "../../src/index.js";

const calls: Readonly<Record<string, () => unknown>> = {
  gather: () => gather(ones([3]), tensor([0, 3], { dtype: "int32" })),
  embedding: () => embedding(tensor([-1], { dtype: "int32" }), ones([3, 2])),
  oneHot: () => oneHot(tensor([0, 5], { dtype: "int32" }), { numClasses: 5 }),
};

/** One line an op that neither throws nor makes the next read reject with a ValueError that names it, once. */
export async function lateIndices(device: DeviceName): Promise<string[]> {
  const lines: string[] = [];
  for (const [op, call] of Object.entries(calls)) {
    const other = withDevice(device, () => ones([2]));
    try {
      withDevice(device, call);
      await other.data();
      lines.push(`${op} took an index out of range`);
    } catch (error) {
      if (!(error instanceof ValueError && error.message.startsWith(`${op}: an index must be`)))
        lines.push(`${op}: ${error}`);
    }
    if ((await other.data()).join() !== "1,1") lines.push(`${op}: reading goes wrong after the error`);
  }
  return lines;
}
