/** Which family an exported op belongs to: the folder of src/ops that exports it. */
import { readdirSync } from "node:fs";

const folder = new URL("../../src/ops/", import.meta.url);

/** The names that each family exports, families in alphabetical order. */
async function opsByFamily(): Promise<Map<string, readonly string[]>> {
  const families = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = new Map<string, readonly string[]>();
  for (const { name } of families.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    named.set(name, Object.keys(await import(new URL(`${name}/index.ts`, folder).href)));
  }
  return named;
}

/** The rows of each family that has some; throws where an op belongs to none. */
export async function byFamily<Row extends { readonly op: string }>(
  rows: readonly Row[],
): Promise<{ family: string; rows: Row[] }[]> {
  const families = [...(await opsByFamily())].map(([family, names]) => ({
    family,
    rows: rows.filter(({ op }) => names.includes(op)).sort((a, b) => (a.op < b.op ? -1 : 1)),
  }));
  const placed = families.flatMap((f) => f.rows.map(({ op }) => op));
  const lost = rows.filter(({ op }) => !placed.includes(op)).map(({ op }) => op);
  if (lost.length > 0) throw new Error(`no family in src/ops exports ${lost.join(", ")}`);
  return families.filter((f) => f.rows.length > 0);
}
