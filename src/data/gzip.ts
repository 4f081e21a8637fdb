/** Unpacking gzip with what Node and browsers have of their own. */
import { joined } from "../io/bytes.js";
import { refuse } from "../io/format-error.js";
import { formatBytes, MOST_IMAGE_BYTES } from "./memory.js";

/** Whether bytes begin as a gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a gzip holds, as a file of a data set: refused once it is more than is held at once, whatever its header claims. */
export async function gunzipped(bytes: Uint8Array, most: number = MOST_IMAGE_BYTES): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) break;
      chunks.push(value);
    }
  } catch (error) {
    refuse("truncated", `its gzip is cut off or damaged (${error instanceof Error ? error.message : String(error)})`);
  }
  if (size > most) refuse("limit", `it unpacks to more than ${formatBytes(most)}, which is not read at once`);
  return joined(chunks);
}
