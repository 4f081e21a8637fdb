/** `npm run zoo-page [-- --only resnet,densenet] [--out DIR]`: counts and traces the lecture's architectures, or those with these names in
 * their pictures' files, and writes zoo.md with its pictures, into docs if nothing else is said. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { zooModel } from "../../src/index.js";
import { architectures } from "./architectures.js";
import { flowOf, isNormalised } from "./measure.js";
import { IMAGES, pageOf, picturesOf, slugOf, type Traced } from "./page.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const { values } = parseArgs({ options: { only: { type: "string" }, out: { type: "string", default: docs } } });
const only = values.only?.split(",") ?? architectures.map(slugOf);
const unknown = only.filter((slug) => !architectures.some((one) => slugOf(one) === slug));
if (unknown.length > 0) throw new Error(`no ${unknown.join(", ")}; there are ${architectures.map(slugOf).join(", ")}`);

const shown = architectures.filter((one) => only.includes(slugOf(one)));
const names = [...new Set(shown.flatMap(({ traced: { net, beside } }) => [net, beside ?? []].flat()))];
const traced = new Map<string, Traced>();
for (const [i, name] of names.entries()) {
  console.log(`${i + 1} of ${names.length}: ${name}`);
  const flow = await flowOf(name, true);
  const bare = isNormalised(name) ? await flowOf(name, false) : null;
  traced.set(name, { model: zooModel(name), flow, bare });
}
const pictures = await picturesOf(shown, traced);
const images = join(values.out, IMAGES);
rmSync(images, { recursive: true, force: true });
mkdirSync(images, { recursive: true });
for (const [file, svg] of pictures) writeFileSync(join(images, file), svg);
writeFileSync(join(values.out, "zoo.md"), pageOf(shown, traced));
console.log(`written: zoo.md and ${pictures.size} pictures, in ${values.out}`);
