/** Tests that the generated page of the docs names every op; its numbers are those of the run that wrote it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deviceNames } from "../src/index.js";
import { opTable } from "./ops/op-table.js";

const page = readFileSync(new URL("../docs/op-coverage.md", import.meta.url), "utf8");

describe("docs/op-coverage.md", () => {
  it("has a line for every op, and for nothing else: `npm run op-coverage` writes it anew", () => {
    const named = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);
    const ops = named.filter((name) => !(deviceNames as readonly string[]).includes(name));
    expect(ops.sort()).toEqual(opTable.map(({ op }) => op).sort());
  });
});
