/** `npm run package-check [-- PATTERN]`: installs the packed package in an empty project and uses it there with every tool of the
 * matrix, or those whose row matches a pattern. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeConsumer } from "./consumer.js";
import { runMatrix } from "./matrix.js";
import { rowsFor } from "./rows.js";

const project = mkdtempSync(join(tmpdir(), "livegrad-package-"));
try {
  const archive = makeConsumer(project);
  const pattern = new RegExp(process.argv[2] ?? "");
  const rows = rowsFor(project, archive).filter(({ tool, how }) => pattern.test(`${tool}, ${how}`));
  if (await runMatrix(rows)) console.log("package check: passed");
  else process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}
