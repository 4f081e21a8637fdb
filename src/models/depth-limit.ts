/** How deep a net may be. */
import { ValueError } from "../errors.js";

/** Blocks of a net; a ResNet of 1,202 layers has 600. */
const MOST_BLOCKS = 10_000;

/** Throws if a net would have more blocks than anybody means.
 * @param depth what was asked for, for the error */
export function checkBlockCount(model: string, blocks: number, depth: unknown): void {
  if (blocks <= MOST_BLOCKS) return;
  const rule = `it has at most ${MOST_BLOCKS} blocks in a row`;
  throw new ValueError(model, `${rule}, and ${String(depth)} asks for ${blocks}`, {
    expected: MOST_BLOCKS,
    actual: blocks,
  });
}
