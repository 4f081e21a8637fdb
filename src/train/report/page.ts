/** The report of a training run as one page that needs nothing else and works offline. */
import { describe, ValueError } from "../../errors.js";
import { callback, checkedOptions, type OptionKinds, text } from "../../options.js";
import { checkedEcharts } from "../../page/echarts.js";
import { escapeHtml } from "../../page/escape.js";
import { DRAWING_SCRIPT, figureHtml, type PageFigure } from "../../page/figure-html.js";
import { pageHtml, provenanceHtml } from "../../page/page-html.js";
import { version } from "../../version.js";
import type { FitEvent, MetricValues } from "../events.js";
import { duration } from "../logs/duration.js";
import type { ImageArray } from "../logs/png.js";
import { numberWords } from "../logs/terminal-view.js";
import { type Confusion, confusionFigure, confusionOf, sampleImages } from "./confusion.js";
import { metricNames, trainingFigures } from "./figures.js";
import { History } from "./history.js";

/** Options of {@link trainingReportHtml}.
 * @category Training logs */
export interface TrainingReportOptions {
  /** Text of `echarts/dist/echarts.min.js`, which is inlined. */
  readonly echartsSource: string;
  /** Gives the image of an example by its place in the validation data, such as `(index) => imageView(dataset, index)`; without it
   * mistakes are shown in numbers alone. */
  readonly image?: ((index: number) => ImageArray) | undefined;
}

const reportOptions: OptionKinds<TrainingReportOptions> = { echartsSource: text, image: callback };

/** The report of a run: loss and metrics with the learning rate, what classes were taken for, with images of mistakes, the gradient's
 * way back through the layers, where the time went, and how the run was set up.
 * @param events those that `fit` told, or as `parseJsonLines` reads them
 * @returns the text of an HTML file
 * @throws ValueError if there is no text of ECharts, or an option is none
 * @category Training logs */
export function trainingReportHtml(events: Iterable<FitEvent>, options: TrainingReportOptions): string {
  const { echartsSource, image } = checkedOptions("trainingReportHtml", options, reportOptions);
  const source = checkedEcharts("trainingReportHtml", echartsSource);
  const history = new History();
  for (const event of checkedEvents(events)) history.add(event);
  return historyHtml(history, { echartsSource: source, image });
}

function checkedEvents(events: Iterable<FitEvent>): readonly FitEvent[] {
  const list = typeof events?.[Symbol.iterator] === "function" ? [...events] : [undefined];
  const wrong = list.findIndex((event) => typeof event?.kind !== "string" || typeof event.step !== "number");
  if (wrong < 0) return list as FitEvent[];
  const rule = "it takes a list of events of a run, as fit tells them, each with kind and step";
  throw new ValueError("trainingReportHtml", `${rule}; got ${describe(events)}`, { actual: list[wrong] });
}

/** The page of what was gathered. */
export function historyHtml(history: History, { echartsSource, image }: TrainingReportOptions): string {
  const [course, ...others] = trainingFigures(history);
  const confusion = history.evaluation && confusionOf(history.evaluation, history.start?.classNames ?? null);
  const matrix = confusion && confusionFigure(confusion, history.evaluation?.step ?? 0);
  const figures = [course, matrix, ...others].filter((figure): figure is PageFigure => figure != null);
  const title = "A training run";
  return pageHtml({
    title,
    style: STYLE,
    body: `<header><h1>${title}</h1>
<p class="lead">${escapeHtml(headline(history))}</p></header>
<main>
${warnings(history)}
${figures.map((figure) => figureHtml(figure, figure === matrix ? { after: samples(history, confusion, image) } : {})).join("\n")}
${provenanceHtml(provenance(history))}
</main>`,
    echartsSource,
    data: { id: "options", value: figures.map(({ id, option }) => ({ id, option })) },
    script: DRAWING_SCRIPT,
  });
}

function samples({ evaluation }: History, confusion: Confusion | null, image: TrainingReportOptions["image"]): string {
  return confusion === null || evaluation === null || image === undefined
    ? ""
    : sampleImages(confusion, evaluation, image);
}

/** What the run came to, in one sentence. */
function headline({ steps, end, epochs, evaluation }: History): string {
  const last = steps.at(-1);
  if (last === undefined) return "No step was made.";
  const epoch = epochs.at(-1)?.epoch ?? 0;
  const made = `${last.step} steps${epoch > 0 ? `, ${epoch} ${epoch === 1 ? "epoch" : "epochs"}` : ""}`;
  const time = end === null ? "" : ` in ${duration(end.seconds)}`;
  const result =
    evaluation === null ? `training loss ${numberWords(last.loss)}` : `validation ${inWords(evaluation.metrics)}`;
  return `${made}${time}: ${result}.`;
}

function inWords(metrics: MetricValues): string {
  const single = Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return single.map(([name, value]) => `${name} ${numberWords(value)}`).join(", ");
}

function warnings({ stop, start, first }: History): string {
  const words = [
    ...(stop === null ? [] : [`The run ended early, after step ${stop.step}: ${stop.message}`]),
    ...(start !== null && start.step > 0 && first > start.step
      ? [`The run went on after step ${start.step}; what was before is not shown here.`]
      : []),
  ];
  return words.map((word) => `<p class="warning">${escapeHtml(word)}</p>`).join("\n");
}

function provenance(history: History): (readonly [string, string])[] {
  const { start, end } = history;
  const setting = Object.entries(start?.configuration ?? {}).map(
    ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return [
    ["livegrad", version],
    ...(end === null ? [] : [["device", end.device] as const, ["kernels", end.provenance] as const]),
    ["metrics", metricNames(history).join(", ")],
    ...setting,
  ];
}

const STYLE = `
.chart { width: 100%; }
#chart-confusion { max-width: 760px; }
.samples { list-style: none; padding: 0; margin: 12px 0; display: grid; gap: 12px 28px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); font-size: 15px; }
.samples div { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 4px; }
.samples img { width: 48px; height: 48px; object-fit: contain; image-rendering: pixelated; background: var(--card); }
@media (max-width: 767px) { figure { display: block; } dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 8px; } }
`;
