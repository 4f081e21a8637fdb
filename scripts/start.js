/** `npm start`: builds the package if need be and runs the livegrad command; questions about it are answered at once. */
import { buildOrExit, isBuilt } from "./build.js";

const asksForWords = process.argv.some((word) => ["--help", "-h", "--version", "-V"].includes(word));

if (asksForWords && !isBuilt()) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../src/cli/main.js");
} else {
  if (!asksForWords) await buildOrExit();
  await import("../dist/cli/main.js");
}
