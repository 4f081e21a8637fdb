/** Opens the folder of a run that ends in a report, and writes the report of a gradient-flow trace. */
import type { GradientFlowTrace } from "../experiments/records.js";
import { figuresOf, renderSvg } from "../experiments/report/figures.js";
import { traceCsv, traceJson } from "../experiments/report/files.js";
import { reportHtml } from "../experiments/report/html.js";
import type { OptionPart } from "../experiments/report/panels.js";
import { readEcharts } from "../page/echarts.js";
import { escapeHtml } from "../page/escape.js";
import { openRunFolder, type RunFile, type RunFolder, type WrittenFiles } from "./run-folder/index.js";

/** The file that holds a report on its own, figures and numbers. */
export const REPORT = "report.html";

/** A figure of any report. */
interface Drawable {
  readonly id: string;
  readonly option: OptionPart;
  readonly width: number;
  readonly height: number;
}

/** A run's folder, and all that its report needs besides what the run finds. */
export interface ReportFolder extends RunFolder {
  /** The text that the page holds. */
  readonly echartsSource: string;
}

/** Reads ECharts, creates the folder if needed and takes it for a report, before any work.
 * @param op whom errors name
 * @throws DataError naming the folder and the remedy if it cannot be written or another run has it, and the command that installs
 * ECharts if it is not there */
export async function openReportFolder(op: string, outDir: string): Promise<ReportFolder> {
  const echartsSource = readEcharts(op);
  return { ...(await openRunFolder(op, outDir, REPORT)), echartsSource };
}

/** Writes what a run found and the report of it in the place of those of an earlier run: all of them or none. Where the report cannot
 * be drawn, what was found is written all the same, with a page that says so.
 * @param found files of numbers, which cost the run's time
 * @param draw makes the figures and {@link REPORT}
 * @throws whatever `draw` throws, after the numbers are written; DataError if files cannot be written, the earlier ones are as they were */
export async function writeReport(
  folder: ReportFolder,
  found: readonly RunFile[],
  draw: () => Promise<readonly RunFile[]>,
): Promise<WrittenFiles> {
  let drawn: readonly RunFile[];
  try {
    drawn = await draw();
  } catch (cause) {
    printWritten(await folder.replace([...found, { name: REPORT, text: notDrawn(found, cause) }]));
    throw cause;
  }
  return folder.replace([...found, ...drawn]);
}

/** The page in the place of a report that could not be drawn. */
function notDrawn(found: readonly RunFile[], cause: unknown): string {
  const reason = escapeHtml(cause instanceof Error ? cause.message : String(cause));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>No report</title>
<h1>The report could not be drawn</h1>
<p>${reason}</p>
<p>All numbers of the run are in ${found.map(({ name }) => name).join(" and ")}.</p>
</html>
`;
}

/** Writes `trace.json`, `trace.csv`, one SVG per figure, `report.html` and a manifest of them.
 * @throws as {@link writeReport} */
export async function writeTraceReport(trace: GradientFlowTrace, folder: ReportFolder): Promise<WrittenFiles> {
  const found = [
    { name: "trace.json", text: traceJson(trace) },
    { name: "trace.csv", text: traceCsv(trace) },
  ];
  return writeReport(folder, found, async () => [
    ...(await svgFiles(figuresOf(trace))),
    { name: REPORT, text: reportHtml(trace, { echartsSource: folder.echartsSource }) },
  ]);
}

/** Says what was written, and what was kept. */
export function printWritten({ written, kept }: WrittenFiles): void {
  console.log(`\nWritten: ${written.join(", ")}`);
  if (kept.length > 0) console.log(`Moved out of the way, as livegrad had not written them: ${kept.join(", ")}`);
}

/** The SVG files of some figures. */
export function svgFiles(figures: readonly Drawable[]): Promise<RunFile[]> {
  return Promise.all(
    figures.map(async ({ id, option, width, height }) => {
      return { name: `${id}.svg`, text: await renderSvg(option, { width, height }) };
    }),
  );
}
