/** The figures of the degradation experiment: plain nets beside residual ones, on the same axes. */
import type { OptionPart, PageTable } from "../../page/figure-html.js";
import type { TabledFigure } from "../report/figure-page.js";
import { axisName, lineWithBand } from "../report/lines.js";
import { pageLayouts } from "../report/page-layout.js";
import { FIGURE_WIDTH, LEGEND_TOP, layOutPanels, legendOf, titleOf } from "../report/panels.js";
import { styleAt, TEXT } from "../report/style.js";
import { type Curve, type CurveQuantity, curvesOf } from "./curves.js";
import { checkResult } from "./files.js";
import type { DegradationResult } from "./records.js";
import { KINDS, type NetKind } from "./settings.js";

/** The figures of a result: errors over training as He et al. (2015) draw them in figure 4, and losses.
 * @throws ValueError if the result lacks a field
 * @category Degradation */
export function degradationFigures(result: DegradationResult): TabledFigure[] {
  checkResult("degradationFigures", result);
  if (result.networks.length === 0) return [];
  return [figure(result, errors(result)), figure(result, losses(result))];
}

const PANELS: Readonly<Record<NetKind, string>> = { plain: "plain", residual: "residual, identity shortcuts" };
const LINES = [
  { of: "training", width: 1.25 },
  { of: "test", width: 3.5 },
] as const;

/** What a figure shows. */
interface Shown {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly axis: string;
  /** `error` or `loss`, in the names of lines and of the record. */
  readonly what: "Error" | "Loss";
  /** What a value of the record is multiplied by. */
  readonly scale: number;
  /** Upper end of the vertical axis. */
  readonly top: number;
  /** What somebody reaches who guesses. */
  readonly guess: number;
}

const HOW_TO_READ =
  "Means over the seeds, in a band from the least to the largest. Thin lines: the training images since the point before, as they " +
  "were trained on. Bold lines: test images. Dotted: where the learning rate changes, and what guessing gives.";

function errors(result: DegradationResult): Shown {
  const guess = 100 * (1 - 1 / result.classes);
  const highest = highestOf(result, "Error") * 100;
  return {
    id: "errors",
    title: "Training and test error, plain and residual nets",
    caption: `${HOW_TO_READ} As figure 4 of He et al. (2015).`,
    axis: "error, %",
    what: "Error",
    scale: 100,
    top: Math.min(100, 10 * Math.ceil(highest / 10)),
    guess,
  };
}

function losses(result: DegradationResult): Shown {
  const guess = Math.log(result.classes);
  const highest = highestOf(result, "Loss");
  return {
    id: "losses",
    title: "Training and test loss, plain and residual nets",
    caption: `${HOW_TO_READ} A loss beyond the axis is in the table.`,
    axis: "cross entropy, nats",
    what: "Loss",
    scale: 1,
    top: Math.ceil(2 * Math.min(highest, 1.5 * guess)) / 2,
    guess,
  };
}

function highestOf(result: DegradationResult, what: Shown["what"]): number {
  const points = curvesOf(result).flatMap((curve) => LINES.flatMap(({ of }) => curve.of(`${of}${what}`)));
  return Math.max(1e-3, ...points.map(({ max }) => max).filter(Number.isFinite));
}

function figure(result: DegradationResult, shown: Shown): TabledFigure {
  const curves = curvesOf(result);
  const kinds = KINDS.filter((kind) => curves.some((curve) => curve.kind === kind));
  const names = kinds.map((kind) => PANELS[kind]);
  const depths = [...new Set(curves.map(({ depth }) => depth))];
  const { legend, height } = legendOf(depths.flatMap((depth) => LINES.map(({ of }) => lineName(depth, of, shown))));
  const layout = layOutPanels(names, { columns: names.length, panelHeight: 400, top: LEGEND_TOP + height + 10 });
  const { seeds } = result.settings;
  const subtext = `${seeds} ${seeds === 1 ? "seed" : "seeds"} · ${result.data}`;
  const option: OptionPart = {
    title: [titleOf(shown.title, subtext), ...layout.titles],
    legend,
    grid: layout.grids,
    tooltip: { trigger: "axis" },
    xAxis: kinds.map((_, gridIndex) => ({
      ...{ type: "value", gridIndex, min: 0, max: result.settings.steps, splitLine: { show: false } },
      axisLabel: { fontSize: TEXT.axisLabel, hideOverlap: true },
      ...axisName("optimiser step", 30),
    })),
    yAxis: kinds.map((_, gridIndex) => ({
      ...{ type: "value", gridIndex, min: 0, max: shown.top, axisLabel: { fontSize: TEXT.axisLabel } },
      ...axisName(shown.axis, 44),
    })),
    series: kinds.flatMap((kind, panel) =>
      seriesOf(curves, kind, panel, { shown, depths, steps: result.settings.steps }),
    ),
  };
  const colors = depths.map((_, place) => styleAt(place));
  return {
    ...{ id: shown.id, title: shown.title, caption: shown.caption, option, table: tableOf(curves, shown) },
    ...{ width: FIGURE_WIDTH, height: layout.height },
    layouts: pageLayouts({ kind: "steps", panels: names.map((name) => ({ name })) }),
    dark: Object.fromEntries(colors.map(({ color, dark }) => [color, dark])),
  };
}

function lineName(depth: number, of: "training" | "test", { what }: Shown): string {
  return `${depth} layers, ${of} ${what.toLowerCase()}`;
}

function seriesOf(
  curves: readonly Curve[],
  kind: NetKind,
  panel: number,
  { shown, depths, steps }: { readonly shown: Shown; readonly depths: readonly number[]; readonly steps: number },
): OptionPart[] {
  const lines = curves
    .filter((curve) => curve.kind === kind)
    .flatMap((curve) =>
      LINES.flatMap(({ of, width }) => {
        const points = curve.of(`${of}${shown.what}`).map(({ mean, min, max }) => ({
          mean: mean * shown.scale,
          min: min * shown.scale,
          max: max * shown.scale,
        }));
        const style = styleAt(depths.indexOf(curve.depth));
        return lineWithBand({ name: lineName(curve.depth, of, shown), style, panel, points, xs: curve.steps, width });
      }),
    );
  const [first, ...others] = lines;
  return first === undefined ? [] : [{ ...first, markLine: marks(shown, steps) }, ...others];
}

/** Right of the panel, where no curve is: within, the word lies on those of a net that guesses. */
const BESIDE = { position: "end", rotate: -90, align: "center", distance: 12 };

/** Where the learning rate changes, and what guessing gives. */
function marks({ guess }: Shown, steps: number): OptionPart {
  const label = { color: "#85858f", fontSize: 11 };
  const changes = [
    [0.1, "lr × 10"],
    [0.5, "lr ÷ 10"],
    [0.75, "lr ÷ 10"],
  ] as const;
  const rates = changes.map(([share, formatter]) => ({ xAxis: share * steps, label: { ...label, formatter } }));
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: "#85858f", type: "dotted", width: 1 },
    data: [...rates, { yAxis: guess, label: { ...label, ...BESIDE, formatter: "guessing" } }],
  };
}

function tableOf(curves: readonly Curve[], { what, scale }: Shown): PageTable {
  const digits = scale === 1 ? 3 : 1;
  const columns = curves.flatMap((curve) =>
    LINES.map(({ of }) => {
      const points = curve.of(`${of}${what}` satisfies CurveQuantity);
      const text = (step: number) => {
        const at = curve.steps.indexOf(step);
        const point = points[at];
        if (point === undefined) return "–";
        const [mean, min, max] = [point.mean, point.min, point.max].map((value) => (value * scale).toFixed(digits));
        return curve.seeds[at] === 1 ? String(mean) : `${mean} (${min}–${max})`;
      };
      return { name: `${curve.model} ${of}${scale === 1 ? "" : ", %"}`, text };
    }),
  );
  const steps = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
  return {
    head: ["step", ...columns.map(({ name }) => name)],
    rows: steps.map((step) => [String(step), ...columns.map(({ text }) => text(step))]),
  };
}
