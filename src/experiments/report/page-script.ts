/** The script of the report page: draws the figures, and makes them answer to pointer, finger and keys. */

import { LAYOUT_BELOW } from "./page-layout.js";
import { PAGE_NUMBERS } from "./page-numbers.js";
import { PAGE_PLAYER } from "./page-player.js";

/** JavaScript text. It reads the JSON of the element `livegrad-data` and needs the global `echarts`; it is text,
 * because tooltip functions cannot be carried by the JSON of an ECharts option. */
export const PAGE_SCRIPT: string = `
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("livegrad-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { linear: false, step: 0, hidden: new Set() };
  const charts = new Map();
  const part = (figure, name) => document.getElementById(name + "-" + figure.id);
${PAGE_NUMBERS}
  const roomOf = (figure) => {
    const width = part(figure, "chart").clientWidth;
    return width < ${LAYOUT_BELOW.narrow} ? "narrow" : width < ${LAYOUT_BELOW.medium} ? "medium" : "wide";
  };

  // A network a column.
  function upright([caption, head, rows]) {
    const [names, ...lines] = turned([head, ...rows]);
    return table([caption, names, lines]);
  }

  // Below the figure, for keys, screen readers and phones.
  function tellBelow(figure, place) {
    part(figure, "numbers").innerHTML = upright(numbersAt(figure, place));
  }

  // Beside the pointer where there is room.
  function tip(figure, place) {
    const room = roomOf(figure);
    const numbers = numbersAt(figure, place);
    if (room !== "narrow") return '<div class="tip">' + (room === "wide" ? table(numbers) : upright(numbers)) + "</div>";
    tellBelow(figure, place);
    return "";
  }

  function placeOf(figure, items) {
    const first = Array.isArray(items) ? items[0] : items;
    if (figure.kind === "cells") return { panel: first.seriesIndex, x: first.value[0], y: first.value[1] };
    return { panel: first.axisIndex, x: first.value[0], y: 0 };
  }

  // The options hold log10 of the norms; the band is its lower edge and, stacked on it, its height.
  function toLinear(series) {
    const lows = new Map();
    for (const line of series) if (line.id.endsWith(" low")) lows.set(line.stack, line.data);
    const power = (value) => (value === null ? null : 10 ** value);
    return series.map((line) => {
      const low = line.id.endsWith(" range") ? lows.get(line.stack) : undefined;
      const value = (y, at) => (low && y !== null ? 10 ** (low[at][1] + y) - 10 ** low[at][1] : power(y));
      return { ...line, data: line.data.map(([x, y], at) => [x, value(y, at)]) };
    });
  }

  // An axis from 0 that fits the lines that are not hidden.
  function linearAxis({ min, max, interval, axisLabel, ...axis }) {
    const formatter = (value) =>
      value === 0 ? "0" : Math.abs(value) < 0.01 || value >= 1e4 ? norm(value) : String(+value.toPrecision(6));
    return { ...axis, min: 0, axisLabel: { fontSize: axisLabel.fontSize, formatter } };
  }

  const darkOf = new Map(data.networks.map((one) => [one.color, one.dark]));
  function seriesOf(figure) {
    const series = figure.series[Math.min(state.step, figure.series.length - 1)];
    const shown = state.linear && figure.logarithmic ? toLinear(series) : series;
    if (!dark.matches) return shown;
    return shown.map((line) => {
      const color = darkOf.get(line.color);
      if (color === undefined) return line;
      return { ...line, color, ...(line.areaStyle ? { areaStyle: { ...line.areaStyle, color } } : {}) };
    });
  }

  function optionOf(figure) {
    const option = JSON.parse(JSON.stringify(figure.option));
    const isLinear = state.linear && figure.logarithmic;
    const room = roomOf(figure);
    const { grid, title } = figure.layouts[room];
    Object.assign(option, { grid, title, series: seriesOf(figure), backgroundColor: "transparent" });
    Object.assign(option, { animation: !calm.matches, animationDuration: 300, animationDurationUpdate: 250 });
    if (isLinear) option.yAxis = option.yAxis.map(linearAxis);
    if (option.legend) {
      const names = namesOf(figure);
      option.legend = { show: false, data: names, selected: Object.fromEntries(names.map((name) => [name, !isHidden(name)])) };
    }
    if (room !== "wide") {
      for (const axis of [...option.xAxis, ...option.yAxis]) axis.nameTextStyle = { fontSize: 11 };
    }
    if (room === "narrow") for (const axis of option.xAxis) axis.name = axis.name.replace(" (the gradient travels ←)", " (gradient: ←)");
    if (room === "narrow" && option.visualMap) Object.assign(option.visualMap, { right: 0, itemWidth: 12, itemHeight: 120 });
    option.tooltip = { ...option.tooltip, confine: true, appendTo: "body", axisPointer: { type: "line", snap: true },
      formatter: (items) => tip(figure, placeOf(figure, items)),
      backgroundColor: dark.matches ? "#2a2a30" : "#ffffff", borderColor: dark.matches ? "#55555e" : "#c9c9d0",
      textStyle: { color: dark.matches ? "#ececf0" : "#1c1c1e" } };
    return option;
  }

  const namesOf = (figure) => [...new Set(figure.series.flat().map(({ name }) => name))];

  function draw(figure) {
    const element = part(figure, "chart");
    element.style.height = figure.layouts[roomOf(figure)].height + "px";
    charts.get(figure.id)?.dispose();
    const chart = echarts.init(element, dark.matches ? "dark" : null, { renderer: "svg" });
    charts.set(figure.id, chart);
    chart.setOption(optionOf(figure));
    drawLegend(figure);
    writeWords(figure);
  }

  // Another step: only the lines move.
  function redraw(figure) {
    if (figure.series.length < 2) return;
    charts.get(figure.id).setOption({ series: seriesOf(figure) }, { replaceMerge: ["series"] });
    writeWords(figure);
  }

  function writeWords(figure) {
    part(figure, "subtitle").textContent = figure.subtitles[Math.min(state.step, figure.subtitles.length - 1)];
    part(figure, "chart").setAttribute("aria-label", altOf(figure));
    const tables = part(figure, "tables");
    tables.innerHTML = tables.parentElement.open ? tablesOf(figure) : "";
  }

  // A name of the legend stands for its lines in every figure: what theory says and the two paths of a residual net, too.
  const isHidden = (name) => [...state.hidden].some((hidden) => name === hidden || name.startsWith(hidden + " · "));

  function drawLegend(figure) {
    const legend = part(figure, "legend");
    legend.textContent = "";
    if (figure.kind === "cells") return;
    for (const name of namesOf(figure)) {
      const line = figure.series.flat().find((one) => one.name === name);
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!isHidden(name)));
      button.innerHTML = sample(line) + escape(name);
      button.addEventListener("click", () => toggle(name));
      legend.append(button);
    }
  }

  // The line as it is drawn, with its dashes and its symbol.
  function sample({ color, lineStyle, symbol }) {
    const style = "--light:" + color + ";--dark:" + (darkOf.get(color) ?? color);
    const dashes = Array.isArray(lineStyle.type) ? ' stroke-dasharray="' + lineStyle.type.join(" ") + '"' : "";
    const point = symbol === "none" ? "" : '<path d="' + symbol.slice("path://".length) + '" transform="translate(13 2.5) scale(0.5)"/>';
    return '<svg class="sample" style="' + style + '" viewBox="0 0 36 15" aria-hidden="true"><path class="line" d="M0 7.5H36" stroke-width="' +
      lineStyle.width + '"' + dashes + "/>" + point + "</svg>";
  }

  function toggle(name) {
    if (state.hidden.has(name)) state.hidden.delete(name);
    else if (!isHidden(name)) state.hidden.add(name);
    else for (const hidden of [...state.hidden]) if (name.startsWith(hidden + " · ")) state.hidden.delete(hidden);
    for (const figure of data.figures) {
      for (const other of figure.kind === "cells" ? [] : namesOf(figure)) {
        charts.get(figure.id).dispatchAction({ type: isHidden(other) ? "legendUnSelect" : "legendSelect", name: other });
      }
    }
    for (const button of document.querySelectorAll(".legend button")) {
      button.setAttribute("aria-pressed", String(!isHidden(button.textContent)));
    }
  }

  // Arrow keys go from place to place: along the layers or steps, up and down a heat map, and to the next panel.
  function listenToKeys(figure) {
    const element = part(figure, "chart");
    let place = null;
    element.addEventListener("keydown", (event) => {
      const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const along = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const panels = { PageUp: -1, PageDown: 1 }[event.key];
      if (across === undefined && along === undefined && panels === undefined) return;
      event.preventDefault();
      const within = (value, count) => Math.min(Math.max(value, 0), count - 1);
      const start = place ?? { panel: 0, at: across === 1 ? -1 : 0, y: 0 };
      const isMap = figure.kind === "cells";
      const panel = within(start.panel + (panels ?? (isMap ? 0 : -(along ?? 0))), figure.panels.length);
      const { xs, rows } = placesOf(figure, panel);
      const at = within(start.at + (across ?? 0), xs.length);
      place = { panel, at, x: xs[at], y: within(start.y + (isMap ? (along ?? 0) : 0), rows) };
      tellBelow(figure, place);
      point(figure, place);
    });
  }

  function point(figure, { panel, x, y }) {
    const series = charts.get(figure.id).getOption()?.series ?? [];
    const isHere = (value) => value[0] === x && value[1] !== null && (figure.kind !== "cells" || value[1] === y);
    const seriesIndex = series.findIndex((one) => one.xAxisIndex === panel && one.data.some(isHere));
    if (seriesIndex < 0) return;
    charts.get(figure.id).dispatchAction({ type: "showTip", seriesIndex, dataIndex: series[seriesIndex].data.findIndex(isHere) });
  }

  const drawAll = () => data.figures.forEach(draw);
  drawAll();
  for (const figure of data.figures) {
    listenToKeys(figure);
    part(figure, "tables").parentElement.addEventListener("toggle", () => writeWords(figure));
  }
  dark.addEventListener("change", drawAll);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) drawAll(); // on a phone the height changes whenever its bars come and go
    width = innerWidth;
  });
  const bar = document.querySelector(".controls");
  new ResizeObserver(() => {
    const sticks = getComputedStyle(bar).position === "sticky";
    document.documentElement.style.setProperty("--bar", (sticks ? bar.offsetHeight : 0) + "px");
  }).observe(bar);
  for (const input of document.querySelectorAll("input[name=axis]")) {
    input.addEventListener("change", () => { state.linear = input.value === "linear"; drawAll(); });
  }
${PAGE_PLAYER}
})();
`;
