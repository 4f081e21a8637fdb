/** Pages of figures with their numbers as tables, each one file that needs nothing else and works offline. */
import { escapeHtml } from "../../page/escape.js";
import { figureHtml, type OptionPart, type PageTable } from "../../page/figure-html.js";
import { pageHtml, provenanceHtml } from "../../page/page-html.js";
import { LAYOUT_BELOW, type PageLayout } from "./page-layout.js";

/** A figure, and the same numbers as a table.
 * @category Degradation */
export interface TabledFigure {
  /** File name without ending, and anchor in the page. */
  readonly id: string;
  /** What it shows. */
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  /** As ECharts takes it; plain JSON. */
  readonly option: OptionPart;
  /** The numbers that it draws. */
  readonly table: PageTable;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** How its panels lie in the page: side by side where there is room. */
  readonly layouts: Readonly<Record<"wide" | "medium" | "narrow", PageLayout>>;
  /** What a colour becomes on a dark ground. */
  readonly dark: Readonly<Record<string, string>>;
}

/** What a page holds. */
export interface FigurePage {
  readonly title: string;
  /** HTML above the first figure. */
  readonly lead: string;
  readonly figures: readonly TabledFigure[];
  /** HTML between the first figure and the others. */
  readonly numbers: string;
  /** Where the numbers come from: names and values. */
  readonly provenance: readonly (readonly [name: string, value: string])[];
  /** Text of `echarts/dist/echarts.min.js`, which is inlined. */
  readonly echartsSource: string;
}

/** The text of the page: the first figure with a sentence, numbers, the other figures, and where the numbers come from. */
export function figurePage({ title, lead, figures, numbers, provenance, echartsSource }: FigurePage): string {
  const [first, ...others] = figures.map((figure) =>
    figureHtml(figure, { before: `<div class="legend" id="legend-${figure.id}"></div>\n` }),
  );
  return pageHtml({
    title,
    body: `<main><h1>${escapeHtml(title)}</h1>
${lead}
${first ?? ""}
${numbers}
${others.join("\n")}
${provenanceHtml(provenance)}</main>`,
    echartsSource,
    data: { id: "options", value: figures.map(({ id, option, layouts, dark }) => ({ id, option, layouts, dark })) },
    script: SCRIPT,
  });
}

/** Draws every figure in the colours of the page, light or dark, and again when its width changes. */
const SCRIPT = `
const figures = JSON.parse(document.getElementById("options").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();
const safe = (text) => String(text).replace(/[&<>]/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
const node = (name, { id }) => document.getElementById(name + "-" + id);
const roomOf = (width) => (width < ${LAYOUT_BELOW.narrow} ? "narrow" : width < ${LAYOUT_BELOW.medium} ? "medium" : "wide");
function laidOut(option, { grid, title }, room, map) {
  const inDark = (line) => !dark.matches || !map[line.color] ? line :
    { ...line, color: map[line.color], ...(line.areaStyle && { areaStyle: { ...line.areaStyle, color: map[line.color] } }) };
  const small = (axis) => (room === "wide" ? axis : { ...axis, nameTextStyle: { fontSize: 11 } });
  return { grid, title, legend: { show: false }, series: option.series.map(inDark), xAxis: option.xAxis.map(small), yAxis: option.yAxis.map(small) };
}
function draw(figure) {
  const { id, option, layouts, dark: map } = figure;
  const element = node("chart", figure);
  const room = roomOf(element.clientWidth);
  element.style.height = layouts[room].height + "px";
  charts.get(id)?.dispose();
  const chart = echarts.init(element, dark.matches ? "dark" : null, { renderer: "svg" });
  const tooltip = { ...option.tooltip, confine: true, formatter: tip };
  chart.setOption({ backgroundColor: "transparent", animation: false, ...option, ...laidOut(option, layouts[room], room, map), tooltip });
  charts.set(id, chart);
  drawLegend(figure);
}
// The lines at one place; the edges of a band are none.
function tip(items) {
  const lines = items.filter(({ seriesId }) => !/ (low|range)$/.test(seriesId));
  return told(lines[0]?.value[0] ?? "", lines.map(({ seriesName, value }) => [seriesName, value[1] === null ? "–" : +value[1].toPrecision(4)]));
}
const told = (head, rows) => "<b>" + safe(head) + "</b><br>" + rows.map(([name, value]) => safe(name) + ": " + safe(value)).join("<br>");
function drawLegend(figure) {
  const lines = new Map(figure.option.series.filter(({ symbol }) => symbol !== "none").map((line) => [line.name, line]));
  node("legend", figure).innerHTML = [...lines].map(([name, { color, lineStyle, symbol }]) =>
    '<span><svg class="sample" style="--light:' + color + ";--dark:" + (figure.dark[color] ?? color) + '" viewBox="0 0 36 15" aria-hidden="true">' +
    '<path class="line" d="M0 7.5H36" stroke-width="' + lineStyle.width + '"' +
    (Array.isArray(lineStyle.type) ? ' stroke-dasharray="' + lineStyle.type.join(" ") + '"' : "") + "/>" +
    '<path d="' + symbol.slice("path://".length) + '" transform="translate(13 2.5) scale(0.5)"/></svg>' + safe(name) + "</span>").join("");
}
const drawAll = () => figures.forEach(draw);
drawAll();
dark.addEventListener("change", drawAll);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) drawAll(); // on a phone the height changes whenever its bars come and go
  width = innerWidth;
});
`;
