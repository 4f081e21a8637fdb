/** The script of the zoo's page: it draws the plots in the colours and for the width of the reader's screen. */

/** Plain JavaScript for browsers; `echarts` and the element `options` are there before it runs. */
export const PAGE_SCRIPT = `
const figures = JSON.parse(document.getElementById("options").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const phone = matchMedia("(max-width: 767px)");
const charts = new Map();
function draw() {
  for (const { id, option, height } of figures) {
    const node = document.getElementById("chart-" + id);
    charts.get(id)?.dispose();
    const isLying = phone.matches && isBars(option);
    node.style.height = (isLying ? 70 + 20 * option.xAxis.data.length : phone.matches ? 440 : height) + "px";
    const chart = echarts.init(node, dark.matches ? "dark" : null);
    const laid = phone.matches ? forPhone(option, node.clientWidth) : forDesk(option);
    // The page has the title in a heading of its own.
    chart.setOption({ ...laid, title: { show: false }, backgroundColor: "transparent", animation: false,
      tooltip: { ...option.tooltip, confine: true, formatter: tip(option) } });
    charts.set(id, chart);
  }
}
function isBars(option) {
  return option.series[0].type === "bar";
}
/** The room of the title goes to the plot. */
function forDesk(option) {
  const up = (part) => (typeof part?.top === "number" && part.orient !== "vertical" ? { ...part, top: part.top - 50 } : part);
  return { ...option, grid: up(option.grid), ...(option.legend && { legend: up(option.legend) }) };
}
/** Bars lie, so that each has its name beside it; the names of the others are one line that can be leafed through. */
function forPhone(option, width) {
  const axis = (part, nameGap) => ({ ...part, nameGap, nameTextStyle: { fontSize: 12 }, axisLabel: { fontSize: 11, hideOverlap: true } });
  if (isBars(option)) {
    const widest = Math.max(...option.xAxis.data.map((name) => name.length));
    return { ...option, grid: { left: Math.min(170, 12 + 6 * widest), right: 40, top: 4, bottom: 44 },
      xAxis: axis(option.yAxis, 26), yAxis: { ...option.xAxis, axisLabel: { interval: 0, fontSize: 11, width: 160, overflow: "truncate" } },
      series: option.series.map((one) => ({ ...one, label: { ...one.label, position: "right" } })) };
  }
  const within = ({ rect, labelRect }) =>
    ({ hideOverlap: true, ...(labelRect.x + labelRect.width > width && { x: rect.x - 4, align: "right" }) });
  const smaller = (point) => (point?.symbolSize ? { ...point, symbolSize: 4 + point.symbolSize / 2 } : point);
  return { ...option, grid: { left: 56, right: 18, top: 40, bottom: 50 },
    legend: { type: "scroll", top: 2, left: 0, right: 0, textStyle: { fontSize: 12 } },
    xAxis: axis(option.xAxis, 28), yAxis: axis(option.yAxis, 40),
    series: option.series.map((one) => ({ ...one, labelLayout: within, data: one.data.map(smaller) })) };
}
function tip(option) {
  return (item) => {
    const of = option.series[item.seriesIndex];
    const values = Array.isArray(item.value) ? item.value : [item.value];
    const names = of.dimensions ?? [option.yAxis.name];
    const where = of.type === "line" ? [[option.xAxis.name, item.name]] : [];
    const rows = [...where, ...names.map((name, i) => [name, values[i]])];
    const head = of.type === "line" ? item.seriesName : item.name;
    const safe = (text) => String(text).replace(/[&<>]/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
    return "<b>" + safe(head) + "</b><br>" + rows.map(([name, value]) => safe(name) + ": " + safe(value)).join("<br>");
  };
}
draw();
for (const query of [dark, phone]) query.addEventListener("change", draw);
addEventListener("resize", () => { for (const chart of charts.values()) chart.resize(); });
`;
