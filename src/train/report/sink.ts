/** Writes the report of a run while it goes on, and when it ends. */
import { nodeModule } from "../../device/host.js";
import { callback, checkedOptions, type OptionKinds, text } from "../../options.js";
import { readEcharts } from "../../page/echarts.js";
import type { EventSink, FitEvent } from "../events.js";
import { parseJsonLines } from "../logs/json-lines.js";
import { openFor } from "../logs/log-file.js";
import { History } from "./history.js";
import { historyHtml, type TrainingReportOptions } from "./page.js";

/** Options of {@link logToReport}.
 * @category Training logs */
export interface ReportLogOptions extends Pick<TrainingReportOptions, "image"> {
  /** Path of the file of {@link logToJsonLines}, from which a run that goes on from a checkpoint takes what was told before. */
  readonly jsonLines?: string | undefined;
}

const logOptions: OptionKinds<ReportLogOptions> = { image: callback, jsonLines: text };

/** Writes {@link trainingReportHtml} of a run, a page that needs nothing else, when it ends, early or not, and until then at the end of
 * an epoch, every half minute. It remembers means of some hundred points, however long the run is. Needs a file system (Node.js) and the package ECharts, which the page holds.
 * @param path of the page, `report.html`
 * @throws DataError if the page cannot be written, now or later, or ECharts is not installed; ValueError if an argument is none
 * @category Training logs */
export function logToReport(path: string, options: ReportLogOptions = {}): EventSink {
  const { image, jsonLines } = checkedOptions("logToReport", options, logOptions);
  const file = openFor("logToReport", path);
  const echartsSource = readEcharts("logToReport");
  const history = new History();
  let written = Number.NEGATIVE_INFINITY;
  const write = () => {
    file.replace(new TextEncoder().encode(historyHtml(history, { echartsSource, image })));
    written = performance.now();
  };
  return (event) => {
    if (event.kind === "start" && event.step > 0 && jsonLines !== undefined) {
      for (const earlier of toldBefore(jsonLines, event.step)) history.add(earlier);
    }
    history.add(event);
    const isDue = event.kind === "epoch" && performance.now() - written > PAUSE;
    if (event.kind === "start" || event.kind === "end" || isDue) write();
    if (event.kind === "end") file.close();
  };
}

/** Milliseconds between two versions of the page. */
const PAUSE = 30_000;

/** The events of an earlier process that this one does not tell again. */
function toldBefore(path: string, step: number): FitEvent[] {
  const { existsSync, readFileSync } = nodeModule("fs");
  const events = existsSync(path) ? parseJsonLines(readFileSync(path, "utf8")) : [];
  return events.filter(({ kind, step: at }) => at <= step && kind !== "start" && kind !== "stop" && kind !== "end");
}
