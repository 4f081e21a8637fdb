/** Tests that the page of every elementwise op and loss says what holds at NaN and infinities. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as elementwise from "../../src/ops/elementwise/index.js";
import * as losses from "../../src/ops/loss/index.js";
import { withoutSpecialValues } from "./special-values/table.js";

/** Draws are of no number. */
const others = [...withoutSpecialValues, "dropout", "dropout2d"];

const text = ["elementwise", "loss"]
  .map((room) => new URL(`../../src/ops/${room}/`, import.meta.url))
  .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")))
  .join("\n");

/** The comment right before an export; of overloads, the first. */
function docOf(name: string): string {
  const [before = ""] = text.split(new RegExp(`\\*/\\nexport (?:function|const) ${name}\\b`));
  return before.slice(before.lastIndexOf("/**"));
}

it.each(Object.keys({ ...elementwise, ...losses }).filter((name) => !others.includes(name)))(
  "the page of %s says it",
  (name) => expect(docOf(name)).toMatch(/NaN|infinit|∞/),
);
