/** The script of the report page: draws the figures, and makes them answer when hovered. */

/** JavaScript text. It reads the JSON of the element `livegrad-data` and needs the global `echarts`; it is text,
 * because tooltip functions cannot be carried by the JSON of an ECharts option. */
export const PAGE_SCRIPT = `
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("livegrad-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const state = { linear: false, step: 0 };
  const charts = new Map();

  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
  const norm = (value) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "string") return escape(value);
    if (value === 0) return "0";
    return value.toExponential(1).replace("e+", "e");
  };
  const plain = (value) => (typeof value === "number" ? value.toPrecision(3) : norm(value));
  const rows = (head, lines) =>
    "<table><tr>" + head.map((cell) => "<th>" + cell + "</th>").join("") + "</tr>" +
    lines.map((cells) => "<tr>" + cells.map((cell) => "<td>" + cell + "</td>").join("") + "</tr>").join("") + "</table>";
  const dot = (one) => '<span class="dot" style="background:' + escape(one.color) + '"></span>' + escape(one.label);

  function layerTip(depth, layer) {
    const here = data.configurations.filter((one) => one.depth === depth && one.steps[state.step]);
    const name = here.length ? here[0].layers[layer] : "";
    const lines = here.map((one) => {
      const v = one.steps[state.step][layer] || [];
      return [dot(one), norm(v[0]), norm(v[1]), norm(v[2]), norm(v[3]), plain(v[4]), norm(v[5]), plain(v[6]), norm(v[7]), norm(v[8])];
    });
    const head = ["", "‖∂L/∂h‖", "‖∂L/∂W‖", "identity", "branch", "mean h", "std h", "dead", "‖W‖", "‖ΔW‖/‖W‖"];
    return '<div class="tip"><b>' + escape(name) + "</b> · depth " + depth + rows(head, lines) + "</div>";
  }

  function stepTip(depth, step) {
    const lines = data.configurations
      .filter((one) => one.depth === depth && one.losses[step] !== undefined)
      .map((one) => [dot(one), plain(one.losses[step])]);
    return '<div class="tip"><b>step ' + step + "</b> · depth " + depth + rows(["", "loss (nats)"], lines) + "</div>";
  }

  function cellTip(figure, option, item) {
    const panel = figure.panels[item.seriesIndex];
    const [layer, row, power] = item.value;
    return '<div class="tip"><b>' + escape(option.xAxis[item.seriesIndex].data[layer]) + "</b> · step " +
      escape(option.yAxis[item.seriesIndex].data[row]) + "<br>depth " + panel.depth + " · " + escape(panel.label) +
      "<br>‖∂L/∂h‖ = " + norm(10 ** power) + "</div>";
  }

  function tipOf(figure, option) {
    return (items) => {
      if (figure.kind === "cells") return cellTip(figure, option, items);
      const first = Array.isArray(items) ? items[0] : items;
      const panel = figure.panels[first.axisIndex];
      return figure.kind === "layers" ? layerTip(panel.depth, first.dataIndex) : stepTip(panel.depth, first.axisValue);
    };
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
    option.backgroundColor = "transparent";
    option.aria = { enabled: true };
    option.animationDuration = 300;
    option.tooltip = { ...option.tooltip, confine: true, appendTo: "body", formatter: tipOf(figure, option), axisPointer: { type: "line" },
      backgroundColor: dark.matches ? "#2a2a30" : "#ffffff", borderColor: dark.matches ? "#55555e" : "#c9c9d0",
      textStyle: { color: dark.matches ? "#ececf0" : "#1c1c1e" } };
    return option;
  }

  function draw(figure) {
    const element = document.getElementById("chart-" + figure.id);
    const selected = charts.has(figure.id) ? charts.get(figure.id).getOption().legend?.[0]?.selected : undefined;
    charts.get(figure.id)?.dispose();
    const chart = echarts.init(element, dark.matches ? "dark" : null, { renderer: "svg" });
    charts.set(figure.id, chart);
    const option = optionOf(figure);
    if (option === null) return;
    if (selected && option.legend) option.legend.selected = selected;
    chart.setOption(option);
    chart.on("legendselectchanged", (event) => hideEverywhere(figure.id, event));
  }

  // What is hidden in one figure is hidden in all that draw the same name.
  function hideEverywhere(from, { name, selected }) {
    for (const [id, chart] of charts) {
      const names = id === from ? [] : (chart.getOption().legend?.[0]?.data ?? []);
      for (const other of names) {
        if (other !== name && !other.startsWith(name + " · ")) continue;
        chart.dispatchAction({ type: selected[name] ? "legendSelect" : "legendUnSelect", name: other });
      }
    }
  }

  const drawAll = () => data.figures.forEach(draw);
  drawAll();
  dark.addEventListener("change", drawAll);
  addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  for (const input of document.querySelectorAll("input[name=axis]")) {
    input.addEventListener("change", () => { state.linear = input.value === "linear"; drawAll(); });
  }
  document.getElementById("step")?.addEventListener("change", (event) => {
    state.step = Number(event.target.value);
    drawAll();
  });
})();
`;
