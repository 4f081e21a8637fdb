/** What the model took each class for, and examples of it. */

import { HEAT_COLORS } from "../../page/colors.js";
import { escapeHtml } from "../../page/escape.js";
import type { PageFigure } from "../../page/figure-html.js";
import type { EvaluationEvent, MetricValue } from "../events.js";
import { encodePng, type ImageArray } from "../logs/png.js";

/** Gives the image of an example by its place in the validation data. */
export type ImageOf = (index: number) => ImageArray;

/** How often each class was taken for each. */
export interface Confusion {
  /** `counts[label][predicted]`. */
  readonly counts: readonly (readonly number[])[];
  readonly names: readonly string[];
}

/** That of the evaluation: from its predictions, or the first metric that is a square matrix; null where it has neither.
 * @param classNames numbers stand in their place where there are none */
export function confusionOf(evaluation: EvaluationEvent, classNames: readonly string[] | null): Confusion | null {
  const counts = countsOf(evaluation);
  return counts && { counts, names: counts.map((_, index) => classNames?.[index] ?? String(index)) };
}

function countsOf({ predictions, metrics }: EvaluationEvent): number[][] | readonly (readonly number[])[] | null {
  if (predictions === null) return Object.values(metrics).find(isMatrix) ?? null;
  const { labels, predicted } = predictions;
  const classes = 1 + Math.max(...labels, ...predicted);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [i, label] of labels.entries()) {
    const row = counts[label] as number[];
    const column = predicted[i] as number;
    row[column] = (row[column] as number) + 1;
  }
  return counts;
}

function isMatrix(value: MetricValue): value is readonly (readonly number[])[] {
  return Array.isArray(value) && value.every((row: unknown) => Array.isArray(row) && row.length === value.length);
}

/** The matrix: how many percent of each class were taken for each. */
export function confusionFigure({ counts, names }: Confusion, step: number): PageFigure {
  const total = (row: readonly number[]) => row.reduce((sum, count) => sum + count, 0);
  const share = (row: readonly number[], count: number) => Math.round((100 * count) / (total(row) || 1));
  const right = counts.reduce((sum, row, label) => sum + (row[label] as number), 0);
  const all = counts.reduce((sum, row) => sum + total(row), 0);
  const [worst] = mistakes(counts);
  const often =
    worst && `; most often ${names[worst.label]} was taken for ${names[worst.predicted]} (${times(worst.count)})`;
  const cells = counts.flatMap((row, label) => row.map((count, predicted) => [predicted, label, share(row, count)]));
  const axis = { type: "category", data: names, axisLabel: { fontSize: 11, hideOverlap: true } };
  const isSmall = names.length <= 12;
  return {
    id: "confusion",
    title: "What each class was taken for",
    caption: `After step ${step}, ${right} of ${all} validation examples were recognised${often ?? ""}.`,
    option: {
      visualMap: {
        ...{
          type: "continuous",
          dimension: 2,
          min: 0,
          max: 100,
          calculable: false,
          orient: "horizontal",
          left: 0,
          top: 0,
        },
        ...{ itemHeight: 140, text: ["all of the class", "none"], inRange: { color: HEAT_COLORS } },
      },
      grid: { left: 84, right: 12, top: 44, bottom: isSmall ? 84 : 48 },
      tooltip: { trigger: "item" },
      xAxis: {
        ...axis,
        axisLabel: { ...axis.axisLabel, rotate: isSmall ? 45 : 0, interval: isSmall ? 0 : "auto" },
        name: "taken for",
        nameLocation: "middle",
        nameGap: isSmall ? 64 : 28,
      },
      yAxis: { ...axis, inverse: true, axisLabel: { ...axis.axisLabel, width: 76, overflow: "truncate" } },
      series: [
        {
          type: "heatmap",
          name: "% of the class",
          data: cells,
          label: {
            show: isSmall,
            formatter: "{@[2]}",
            fontSize: 10,
            color: "#fff",
            textBorderColor: "#000",
            textBorderWidth: 2,
          },
        },
      ],
    },
    table: {
      head: ["class \\ taken for", ...names],
      rows: counts.map((row, label) => [names[label] as string, ...row.map(String)]),
    },
    height: Math.min(760, 150 + 26 * Math.max(names.length, 6)),
  };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

interface Mistake {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** The mistakes, the most frequent first. */
function mistakes(counts: Confusion["counts"]): Mistake[] {
  const all = counts.flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })));
  return all
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}

const MOST_MISTAKES = 6;
const MOST_IMAGES = 6;

/** Images of the most frequent mistakes, as HTML; empty where there are none to show. */
export function sampleImages({ counts, names }: Confusion, { predictions }: EvaluationEvent, imageOf: ImageOf): string {
  if (predictions === null || predictions.indices === null) return "";
  const { indices, labels, predicted } = predictions;
  const rows = mistakes(counts)
    .slice(0, MOST_MISTAKES)
    .map((mistake) => {
      const places = Array.from(indices.keys()).filter(
        (i) => labels[i] === mistake.label && predicted[i] === mistake.predicted,
      );
      const words = `${names[mistake.label]} taken for ${names[mistake.predicted]}`;
      const images = places.slice(0, MOST_IMAGES).map((i) => imageHtml(imageOf(indices[i] as number), words));
      return `<li><span>${escapeHtml(words)}, ${times(mistake.count)}</span><div>${images.join("")}</div></li>`;
    });
  return rows.length === 0
    ? ""
    : `<ul class="samples" aria-label="Images of the most frequent mistakes">${rows.join("\n")}</ul>\n`;
}

function imageHtml(image: ImageArray, words: string): string {
  const { png } = encodePng("trainingReportHtml", image);
  const base64 = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
  return `<img src="data:image/png;base64,${base64}" alt="${escapeHtml(words)}">`;
}
