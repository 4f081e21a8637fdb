/** Tables and numbers of the generated pages. */

/** A table; a `|` inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableLine(head), `|${"---|".repeat(head.length)}`, ...rows.map(tableLine)].join("\n");
}

/** A line of a table. */
export function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A relative error, to one digit; 0 where nothing differs. */
export function relative(error: number): string {
  return error === 0 ? "0" : error.toExponential(0);
}

/** A number to six digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
  const text = Number(value.toPrecision(6)).toString();
  return Object.is(value, -0) ? "0" : text.replace("-", "−");
}

/** `1 sample`, `2 samples`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
