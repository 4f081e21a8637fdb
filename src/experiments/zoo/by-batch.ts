/** The plots of a quantity against the batch size: time, power, memory. */
import { frame, type Look, type Looks, nameOfAxis, round, SYMBOLS, valueAxis, WIDTH, type ZooFigure } from "./parts.js";
import { type BatchRun, ENERGY_MODEL, type ZooRecord, type ZooRow } from "./records.js";
import { batchesOf } from "./table.js";

/** A quantity that is drawn against the batch size. */
interface ByBatch {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly caption: (record: ZooRecord) => string;
  readonly logarithmic: boolean;
  readonly of: (run: BatchRun) => number | null;
}

export const forwardTime: ByBatch = {
  id: "forward-time-by-batch",
  title: "Forward time for an image by batch size",
  axis: "milliseconds an image",
  logarithmic: true,
  caption: ({ provenance, processor }) =>
    `Measured here: ${processor}, ${provenance}. Where a line falls, larger batches use the processor better.`,
  of: ({ forward, batch }) => forward && forward.median / batch,
};

export const power: ByBatch = {
  id: "power-by-batch",
  title: "Power of a forward pass by batch size",
  axis: "watts",
  logarithmic: false,
  caption: ({ rows }) => {
    const kinds = new Set(
      rows.flatMap(({ runs }) => runs.flatMap(({ energy }) => (energy === null ? [] : [energy.kind]))),
    );
    const words = [
      ...(kinds.has("measured")
        ? ["Measured by the processor's energy counter (RAPL), the rest of the system's work included"]
        : []),
      ...(kinds.has("modelled") ? [`Energy ${ENERGY_MODEL}; divided by the time that was measured here`] : []),
    ];
    return `${words.join(". ")}.`;
  },
  of: ({ energy, forward, batch }) => energy && forward && (1000 * energy.joules * batch) / forward.median,
};

export const memory: ByBatch = {
  id: "memory-by-batch",
  title: "Memory by batch size",
  axis: "MiB",
  logarithmic: true,
  caption: () =>
    "Measured here: most memory that a process of its own has held for the forward passes, with Node and livegrad (some 100 MiB) in it.",
  of: ({ forwardMemory }) => forwardMemory && forwardMemory / 2 ** 20,
};

/** Draws a line for each net that has the quantity; null where none has. */
export function byBatch(record: ZooRecord, looks: Looks, what: ByBatch): ZooFigure | null {
  const shown = record.rows.filter(({ runs }) => runs.some((run) => what.of(run) !== null));
  if (shown.length === 0) return null;
  const batches = batchesOf(record.rows);
  const at = (row: ZooRow, batch: number): number | null => {
    const run = row.runs.find((one) => one.batch === batch);
    const value = run === undefined ? null : what.of(run);
    return value === null ? null : round(value);
  };
  const values = shown.flatMap((row) => batches.flatMap((batch) => at(row, batch) ?? []));
  const perFamily = new Map<string, number>();
  return {
    id: what.id,
    title: what.title,
    caption: what.caption(record),
    option: {
      ...frame(what.title, record.provenance),
      grid: { left: 80, right: 250, top: 70, bottom: 60 },
      legend: { type: "scroll", orient: "vertical", right: 8, top: 40, bottom: 20, textStyle: { fontSize: 12 } },
      tooltip: { trigger: "item" },
      xAxis: { ...nameOfAxis("batch size"), type: "category", data: batches.map(String) },
      yAxis: valueAxis(what.axis, what.logarithmic ? values : undefined),
      series: shown.map((row) => {
        const look = looks.get(row.family) as Look;
        const nth = perFamily.get(row.family) ?? 0;
        perFamily.set(row.family, nth + 1);
        return {
          type: "line",
          name: row.title,
          symbol: SYMBOLS[nth % SYMBOLS.length],
          symbolSize: 9,
          lineStyle: { type: (["solid", "dashed", "dotted"] as const)[Math.floor(nth / 5) % 3] },
          itemStyle: { color: look.color },
          data: batches.map((batch) => at(row, batch)),
        };
      }),
    },
    table: {
      head: ["net", ...batches.map((batch) => `${what.axis}, batch ${batch}`)],
      rows: shown.map((row) => [row.title, ...batches.map((batch) => String(at(row, batch) ?? "–"))]),
    },
    width: WIDTH,
    height: 640,
  };
}
