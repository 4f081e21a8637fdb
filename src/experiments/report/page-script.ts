/** The script of the report page: draws the figures, and makes them answer to pointer, finger and keys. */

import { LAYOUT_BELOW } from "./page-layout.js";
import { PAGE_NUMBERS } from "./page-numbers.js";

/** JavaScript text. It reads the JSON of the element `livegrad-data` and needs the global `echarts`; it is text,
 * because tooltip functions cannot be carried by the JSON of an ECharts option. */
export const PAGE_SCRIPT: string = `
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("livegrad-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
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
    return table(caption, names, lines);
  }

  // Below the figure, for keys, screen readers and phones.
  function tellBelow(figure, place) {
    part(figure, "numbers").innerHTML = upright(numbersAt(figure, place));
  }

  // Beside the pointer where there is room.
  function tip(figure, place) {
    const room = roomOf(figure);
    const numbers = numbersAt(figure, place);
    if (room !== "narrow") return '<div class="tip">' + (room === "wide" ? table(...numbers) : upright(numbers)) + "</div>";
    tellBelow(figure, place);
    return "";
  }

  function placeOf(figure, items) {
    const first = Array.isArray(items) ? items[0] : items;
    if (figure.kind === "cells") return { panel: first.seriesIndex, x: first.value[0], y: first.value[1] };
    const x = figure.kind === "steps" ? data.steps.indexOf(Number(first.axisValue)) : first.dataIndex;
    return { panel: first.axisIndex, x, y: 0 };
  }

  // The options hold log10 of the norms; the band is its lower edge and, stacked on it, its height.
  function toLinear(option) {
    const lows = new Map();
    for (const line of option.series) if (line.id.endsWith(" low")) lows.set(line.stack, line.data);
    const power = (value) => (value === null ? null : 10 ** value);
    for (const line of option.series) {
      const low = line.id.endsWith(" range") ? lows.get(line.stack) : undefined;
      line.data = low
        ? line.data.map((height, at) => (height === null ? null : 10 ** (low[at] + height) - 10 ** low[at]))
        : line.data.map(power);
    }
    for (const axis of option.yAxis) {
      axis.min = 0;
      delete axis.max; // So that the axis fits the lines that are not hidden.
      delete axis.interval;
      axis.axisLabel = { fontSize: axis.axisLabel.fontSize, 
        formatter: (value) => (value === 0 ? "0" : Math.abs(value) < 0.01 || value >= 1e4 ? norm(value) : String(+value.toPrecision(6))) };
    }
  }

  function optionOf(figure) {
    const text = figure.options[Math.min(state.step, figure.options.length - 1)];
    const option = JSON.parse(JSON.stringify(text));
    if (option === null) return null;
    if (state.linear && figure.logarithmic) toLinear(option);
    const room = roomOf(figure);
    const { grid, title } = figure.layouts[room];
    Object.assign(option, { grid, title, backgroundColor: "transparent", animationDuration: 300 });
    if (option.legend) {
      const names = option.legend.data;
      option.legend = { show: false, data: names, selected: Object.fromEntries(names.map((name) => [name, !isHidden(name)])) };
    }
    if (room !== "wide") {
      for (const axis of [...option.xAxis, ...option.yAxis]) axis.nameTextStyle = { fontSize: 11 };
    }
    if (room === "narrow" && option.visualMap) Object.assign(option.visualMap, { right: 0, itemWidth: 12, itemHeight: 120 });
    option.tooltip = { ...option.tooltip, confine: true, appendTo: "body", axisPointer: { type: "line" },
      formatter: (items) => tip(figure, placeOf(figure, items)),
      backgroundColor: dark.matches ? "#2a2a30" : "#ffffff", borderColor: dark.matches ? "#55555e" : "#c9c9d0",
      textStyle: { color: dark.matches ? "#ececf0" : "#1c1c1e" } };
    return option;
  }

  function draw(figure) {
    const element = part(figure, "chart");
    element.style.height = figure.layouts[roomOf(figure)].height + "px";
    charts.get(figure.id)?.dispose();
    const chart = echarts.init(element, dark.matches ? "dark" : null, { renderer: "svg" });
    charts.set(figure.id, chart);
    const shown = figure.options[Math.min(state.step, figure.options.length - 1)];
    if (shown) part(figure, "subtitle").textContent = shown.title[0].subtext ?? "";
    const option = optionOf(figure);
    if (option !== null) chart.setOption(option);
    drawLegend(figure, option);
    part(figure, "tables").innerHTML = tablesOf(figure);
  }

  // A name of the legend stands for its lines in every figure, the two paths of a residual net included.
  const isHidden = (name) => [...state.hidden].some((hidden) => name === hidden || name.startsWith(hidden + " · "));

  function drawLegend(figure, option) {
    const legend = part(figure, "legend");
    legend.textContent = "";
    for (const name of option?.legend?.data ?? []) {
      const line = option.series.find((one) => one.name === name);
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!isHidden(name)));
      const sample = document.createElement("span");
      sample.className = "sample";
      sample.style.borderTop = "3px " + line.lineStyle.type + " " + line.color;
      button.append(sample, name);
      button.addEventListener("click", () => toggle(name));
      legend.append(button);
    }
  }

  function toggle(name) {
    if (state.hidden.has(name)) state.hidden.delete(name);
    else if (!isHidden(name)) state.hidden.add(name);
    else for (const hidden of [...state.hidden]) if (name.startsWith(hidden + " · ")) state.hidden.delete(hidden);
    for (const chart of charts.values()) {
      for (const other of chart.getOption()?.legend?.[0]?.data ?? []) {
        chart.dispatchAction({ type: isHidden(other) ? "legendUnSelect" : "legendSelect", name: other });
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
      const start = place ?? { panel: 0, x: across === 1 ? -1 : 0, y: 0 };
      const byPanel = panels ?? (figure.kind === "cells" ? 0 : -(along ?? 0));
      const panel = within(start.panel + byPanel, figure.panels.length);
      const most = extent(figure, panel);
      place = { panel, x: within(start.x + (across ?? 0), most.x), y: within(start.y + (figure.kind === "cells" ? (along ?? 0) : 0), most.y) };
      tellBelow(figure, place);
      point(figure, place);
    });
  }

  function point(figure, { panel, x, y }) {
    const chart = charts.get(figure.id);
    const series = chart.getOption()?.series ?? [];
    const seriesIndex = series.findIndex((one) => one.xAxisIndex === panel && (figure.kind === "cells" || one.data[x] !== null));
    if (seriesIndex < 0) return;
    const dataIndex = figure.kind === "cells" ? series[seriesIndex].data.findIndex((cell) => cell[0] === x && cell[1] === y) : x;
    if (dataIndex >= 0) chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
  }

  const drawAll = () => data.figures.forEach(draw);
  drawAll();
  data.figures.forEach(listenToKeys);
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
  document.getElementById("step")?.addEventListener("change", (event) => {
    state.step = Number(event.target.value);
    drawAll();
  });
})();
`;
