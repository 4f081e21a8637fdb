/** The frame of every report: one file that needs nothing else and works offline. */
import { escapeHtml, inlineScript, scriptJson } from "./escape.js";
import { PAGE_STYLE } from "./page-style.js";

/** What is in a page. */
export interface Page {
  readonly title: string;
  /** CSS beyond that of all pages. */
  readonly style?: string;
  /** HTML of the header and of what follows it. */
  readonly body: string;
  /** Text of `echarts/dist/echarts.min.js`, which is inlined. */
  readonly echartsSource: string;
  /** What the script draws, and the element in which it finds it. */
  readonly data: { readonly id: string; readonly value: unknown };
  /** JavaScript that runs last. */
  readonly script: string;
}

/** The text of the file. */
export function pageHtml({ title, style = "", body, echartsSource, data, script }: Page): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${PAGE_STYLE}${style}</style></head><body>
${body}
<script type="application/json" id="${data.id}">${scriptJson(data.value)}</script>
<script>${inlineScript(echartsSource)}</script>
<script>${inlineScript(script)}</script></body></html>
`;
}

/** Where the numbers of a page come from: names and what they are. */
export function provenanceHtml(entries: readonly (readonly [name: string, value: string])[]): string {
  const terms = entries.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<h2>Where the numbers come from</h2>\n<dl>${terms.join("")}</dl>`;
}
