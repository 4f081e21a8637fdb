/** `npm run zoo-page`: counts and traces the lecture's architectures, and writes docs/zoo.md with its pictures. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { zooModel } from "../../src/index.js";
import { architectures } from "./architectures.js";
import { flowOf, isNormalised } from "./measure.js";
import { IMAGES, pageOf, picturesOf, type Traced } from "./page.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const names = [...new Set(architectures.flatMap(({ traced: { net, beside } }) => [net, beside ?? []].flat()))];
const traced = new Map<string, Traced>();
for (const [i, name] of names.entries()) {
  console.log(`${i + 1} of ${names.length}: ${name}`);
  const flow = await flowOf(name, true);
  const bare = isNormalised(name) ? await flowOf(name, false) : null;
  traced.set(name, { model: zooModel(name), flow, bare });
}
const pictures = await picturesOf(traced);
rmSync(`${docs}${IMAGES}`, { recursive: true, force: true });
mkdirSync(`${docs}${IMAGES}`, { recursive: true });
for (const [file, svg] of pictures) writeFileSync(`${docs}${IMAGES}/${file}`, svg);
writeFileSync(`${docs}zoo.md`, pageOf(traced));
console.log(`written: docs/zoo.md and ${pictures.size} pictures`);
