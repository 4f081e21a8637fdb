/** `livegrad zoo`: counts and measures the nets of the zoo, and compares them in a table and in plots. */
import { cpus } from "node:os";
import Table from "cli-table3";
import { zooFigures } from "../../experiments/zoo/figures.js";
import { zooHtml } from "../../experiments/zoo/page.js";
import { publishedErrors } from "../../experiments/zoo/published.js";
import type { ZooRecord, ZooRow } from "../../experiments/zoo/records.js";
import { failuresOf, zooTable } from "../../experiments/zoo/table.js";
import type { ZooModel } from "../../models/zoo-model.js";
import { version } from "../../version.js";
import { listenForInterrupt } from "../interrupt.js";
import type { WrittenFiles } from "../run-folder/index.js";
import { openReportFolder, printWritten, REPORT, type ReportFolder, svgFiles, writeReport } from "../write-report.js";
import { type Counts, countNet } from "./counts.js";
import { measureNet } from "./measure.js";
import { Progress } from "./progress.js";
import { type ZooFlags, type ZooSettings, zooSettings } from "./settings.js";

/** Runs the comparison and reports it. Ctrl-C keeps what was measured. */
export async function zooCommand(flags: ZooFlags): Promise<void> {
  const settings = zooSettings(flags);
  const folder = await openReportFolder("zoo", flags.out);
  const interrupt = listenForInterrupt();
  try {
    const record = await compare(settings, interrupt.signal);
    if (record.rows.length === 0) {
      console.log("interrupted before the first net was done; nothing was written");
    } else {
      console.log(terminalTable(record)); // before any file is written, which may fail
      printWritten(await write(record, folder));
    }
    process.exitCode = interrupt.status() ?? 0;
  } finally {
    folder.close();
    interrupt.stop();
  }
}

function write(record: ZooRecord, folder: ReportFolder): Promise<WrittenFiles> {
  return writeReport(folder, [{ name: "zoo.json", text: `${JSON.stringify(record, null, 1)}\n` }], async () => [
    ...(await svgFiles(zooFigures(record))),
    { name: REPORT, text: zooHtml(record, { echartsSource: folder.echartsSource }) },
  ]);
}

async function compare(settings: ZooSettings, signal: AbortSignal): Promise<ZooRecord> {
  const { models, batches, training } = settings;
  const counted = models.map((model) => ({ model, counts: countNet(model, inputOf(model, settings)) }));
  const progress = new Progress(counted.map(({ counts }) => weightOf(counts, settings)));
  console.log(
    `${models.length} ${models.length === 1 ? "net" : "nets"}, batch ${batches.join(", ")}, ` +
      `${training ? "forward passes and training steps" : "forward passes"}; measured one after the other, so leave the machine alone`,
  );
  const rows: ZooRow[] = [];
  let ran: { readonly device: string; readonly provenance: string } | null = null;
  for (const { model, counts } of counted) {
    if (signal.aborted) break;
    progress.begin(model.title);
    const row = rowOf(model, counts, settings);
    if (counts.failure !== null) {
      rows.push(row);
    } else {
      const { seconds, device } = settings;
      const { macs, outputs } = counts;
      const task = { name: model.name, input: row.input, batches, training, device, seconds, macs, outputs };
      const {
        runs,
        failure,
        ran: here,
      } = await measureNet(task, signal, ({ batch }) => progress.note(`batch ${batch}`));
      if (runs.length > 0 || !signal.aborted) rows.push({ ...row, runs, failure });
      ran ??= here;
    }
    progress.end();
  }
  progress.stop();
  return {
    version,
    device: ran?.device ?? settings.device ?? "none",
    provenance: ran?.provenance ?? "nothing ran",
    processor: cpus()[0]?.model.trim() ?? "unknown",
    training,
    complete: !signal.aborted,
    rows,
  };
}

function inputOf({ input }: ZooModel, { size }: ZooSettings): readonly [number, number, number] {
  const [channels, height, width] = input;
  return size === null ? [channels, height, width] : [channels, size, size];
}

function rowOf(model: ZooModel, counts: Counts, settings: ZooSettings): ZooRow {
  const { name, title, family, year } = model;
  const { parameters, macs, keptForBackward, failure } = counts;
  const published = publishedErrors(name);
  return {
    name,
    title,
    family,
    year,
    input: inputOf(model, settings),
    parameters,
    macs,
    keptForBackward,
    published,
    runs: [],
    failure,
  };
}

/** About how long a net takes, in multiply-accumulates: the larger batches run at least four times, training three times as long. */
function weightOf({ macs }: Counts, { batches, training }: ZooSettings): number {
  return (macs ?? 0) * 4 * batches.reduce((sum, batch) => sum + batch, 0) * (training ? 4 : 1) + 2e9;
}

function terminalTable(record: ZooRecord): string {
  const { head, rows } = zooTable(record);
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    colWidths: head.map((name, i) => 2 + Math.max(...rows.map((row) => row[i]?.length ?? 0), longestWord(name))),
  });
  for (const row of rows)
    table.push(row.map((content, i) => (i === 0 ? content : { content, hAlign: "right" as const })));
  const interrupted = record.complete ? [] : ["Interrupted: this is what was measured until then."];
  return [table.toString(), ...failuresOf(record.rows), ...interrupted].join("\n");
}

function longestWord(text: string): number {
  return Math.max(...text.split(" ").map(({ length }) => length));
}
