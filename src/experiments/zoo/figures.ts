/** The plots that the lecture compares nets with, as Canziani, Paszke & Culurciello, "An analysis of deep neural network models for
 * practical applications" (2016) define them. */
import { byBatch, forwardTime, memory, power } from "./by-batch.js";
import {
  bars,
  byFamily,
  frame,
  giga,
  type Looks,
  legend,
  looksOf,
  mega,
  round,
  valueAxis,
  WIDTH,
  type ZooFigure,
} from "./parts.js";
import type { BatchRun, ZooRecord, ZooRow } from "./records.js";

/** Every plot that the numbers suffice for.
 * @category Zoo */
export function zooFigures(record: ZooRecord): ZooFigure[] {
  const looks = looksOf(record.rows);
  const figures = [
    accuracyByOperations(record, looks),
    accuracyBars(record, looks),
    byBatch(record, looks, forwardTime),
    byBatch(record, looks, power),
    byBatch(record, looks, memory),
    operationsByTime(record, looks),
    accuracyPerParameter(record, looks),
  ];
  return figures.filter((figure) => figure !== null);
}

/** The nets of the data set that most of them have published errors on: accuracies on two data sets do not compare. */
function comparable(record: ZooRecord): {
  readonly data: string;
  readonly rows: (ZooRow & { readonly accuracy: number })[];
} {
  const sets = record.rows.flatMap(({ published }) => (published === null ? [] : [published.data]));
  const data = sets.filter((one) => one === "ImageNet").length * 2 >= sets.length ? "ImageNet" : "CIFAR-10+";
  const rows = record.rows.flatMap((row) =>
    row.published?.data === data ? [{ ...row, accuracy: 100 - row.published.top1 }] : [],
  );
  return { data, rows };
}

function accuracyByOperations(record: ZooRecord, looks: Looks): ZooFigure | null {
  const { data, rows } = comparable(record);
  const shown = rows.filter(({ macs, parameters }) => macs !== null && parameters !== null);
  if (shown.length === 0) return null;
  const most = Math.max(...shown.map(({ parameters }) => parameters ?? 0));
  const point = (row: (typeof shown)[number]) => ({
    name: row.title,
    value: [round(2 * giga(row.macs)), round(row.accuracy), round(mega(row.parameters))],
    symbolSize: round(8 + 62 * Math.sqrt((row.parameters ?? 0) / most)),
  });
  return {
    id: "accuracy-by-operations",
    title: `Top-1 accuracy by operations; the area of a bubble is the number of parameters`,
    caption:
      `Operations (two for each multiply-accumulate) of one image and parameters are counted here; accuracies on ${data} are ` +
      "published, by the sources in the table. Up and to the left is better, and small bubbles are.",
    option: {
      ...frame(`Top-1 accuracy on ${data} by operations`, "bubbles: parameters"),
      legend: legend(shown),
      xAxis: valueAxis(
        "operations for one image, G-Ops",
        shown.map((row) => 2 * giga(row.macs)),
      ),
      yAxis: { ...valueAxis("top-1 accuracy, %"), ...tensAround(shown.map(({ accuracy }) => accuracy)) },
      tooltip: { trigger: "item", formatter: "{b}" },
      series: byFamily(shown, looks, (of, look) => ({
        type: "scatter",
        symbol: "circle",
        itemStyle: { color: look.color, opacity: 0.65, borderColor: look.color },
        label: { show: true, position: "right", formatter: "{b}", fontSize: 11 },
        labelLayout: { hideOverlap: true },
        dimensions: ["G-Ops", "top-1 accuracy, %", "parameters, millions"],
        data: of.map(point),
      })),
    },
    table: {
      head: ["net", "G-Ops", "top-1 accuracy, %", "parameters, millions", "source of the accuracy"],
      rows: shown.map((row) => [row.title, ...point(row).value.map(String), row.published?.source ?? ""]),
    },
    width: WIDTH,
    height: 640,
  };
}

/** Ends of an axis of percent, tens: left to itself an axis around a single value goes beyond 100. */
function tensAround(percents: readonly number[]): { readonly min: number; readonly max: number } {
  return {
    min: 10 * Math.max(0, Math.floor((Math.min(...percents) - 1) / 10)),
    max: 10 * Math.min(10, Math.ceil((Math.max(...percents) + 1) / 10)),
  };
}

function accuracyBars(record: ZooRecord, looks: Looks): ZooFigure | null {
  const { data, rows } = comparable(record);
  if (rows.length === 0) return null;
  const shown = rows.sort((a, b) => a.accuracy - b.accuracy);
  return {
    id: "accuracy",
    title: `Top-1 accuracy on ${data}`,
    caption: `Published; livegrad measured none of it. The sources stand in the table.`,
    option: bars(`Top-1 accuracy on ${data}`, "published", shown, looks, {
      axis: "top-1 accuracy, %",
      of: ({ accuracy }) => round(accuracy),
    }),
    table: {
      head: ["net", "year", "top-1 error, %", "top-5 error, %", "source"],
      rows: shown.map(({ title, year, published }) => [
        title,
        String(year),
        String(published?.top1),
        published?.top5 == null ? "–" : String(published.top5),
        published?.source ?? "",
      ]),
    },
    width: WIDTH,
    height: 560,
  };
}

function accuracyPerParameter(record: ZooRecord, looks: Looks): ZooFigure | null {
  const { data, rows } = comparable(record);
  const density = (row: (typeof rows)[number]) => round(row.accuracy / mega(row.parameters));
  const shown = rows.filter(({ parameters }) => parameters !== null).sort((a, b) => density(a) - density(b));
  if (shown.length === 0) return null;
  return {
    id: "accuracy-per-parameter",
    title: "Top-1 accuracy per million parameters",
    caption:
      `What a net makes of a parameter ("information density" with Canziani et al.): published accuracy on ${data}, divided by ` +
      "parameters that are counted here.",
    option: bars("Top-1 accuracy per million parameters", "published accuracy, parameters counted here", shown, looks, {
      axis: "% per million parameters",
      of: density,
    }),
    table: {
      head: ["net", "% per million parameters", "parameters, millions"],
      rows: shown.map((row) => [row.title, String(density(row)), String(round(mega(row.parameters)))]),
    },
    width: WIDTH,
    height: 560,
  };
}

function operationsByTime(record: ZooRecord, looks: Looks): ZooFigure | null {
  const largest = (row: ZooRow) => row.runs.filter(({ forward }) => forward !== null).at(-1);
  const shown = record.rows.filter((row) => row.macs !== null && largest(row) !== undefined);
  if (shown.length === 0) return null;
  const point = (row: ZooRow) => {
    const run = largest(row) as BatchRun;
    const time = (run.forward?.median ?? 0) / run.batch;
    return {
      name: row.title,
      value: [round(time), round(2 * giga(row.macs)), run.batch, round((2e3 * giga(row.macs)) / time)],
    };
  };
  return {
    id: "operations-by-time",
    title: "Operations by forward time",
    caption:
      "Operations counted, time measured here, at the largest batch that ran. Nets on one line through the origin use the processor " +
      "equally well; those to the right of it spend their time on something else than multiplying.",
    option: {
      ...frame("Operations by forward time", record.provenance),
      legend: legend(shown),
      xAxis: valueAxis(
        "milliseconds an image",
        shown.map((row) => point(row).value[0] as number),
      ),
      yAxis: valueAxis(
        "operations for one image, G-Ops",
        shown.map((row) => 2 * giga(row.macs)),
      ),
      tooltip: { trigger: "item", formatter: "{b}" },
      series: byFamily(shown, looks, (of, look) => ({
        type: "scatter",
        symbol: look.symbol,
        symbolSize: 13,
        itemStyle: { color: look.color },
        label: { show: true, position: "right", formatter: "{b}", fontSize: 11 },
        labelLayout: { hideOverlap: true },
        dimensions: ["milliseconds an image", "G-Ops", "batch", "G-Ops a second"],
        data: of.map(point),
      })),
    },
    table: {
      head: ["net", "milliseconds an image", "G-Ops", "batch", "G-Ops a second"],
      rows: shown.map((row) => [row.title, ...point(row).value.map(String)]),
    },
    width: WIDTH,
    height: 600,
  };
}
