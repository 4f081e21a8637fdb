/** `npm run bench -- [--rows PATTERN] [--columns PATTERN] [--quick] [--devices NAME,…] [--out FILE.json]`: livegrad beside
 * other frameworks and the limit of the machine, measured in turn in one run. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { buildWorker } from "./build.js";
import { allColumns, type Column, defaultDevices, limitColumn } from "./columns.js";
import { writeExpected } from "./expect.js";
import { Bench, type Budget, type Cell, type Expected } from "./measure.js";
import { markdownText, terminalText } from "./print.js";
import { reportOf } from "./report.js";
import { type Line, type Row, rows, startUp } from "./rows.js";
import { measureStartUp } from "./start-up.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "" },
    columns: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    devices: { type: "string", default: defaultDevices.join() },
    "node-flags": { type: "string", default: "" },
    out: { type: "string" },
    "write-expected": { type: "boolean", default: false },
  },
});

/** Half an hour on two cores; fewer samples with `--quick`. */
const budget: Budget = values.quick
  ? { cell: 100, samples: 4, warmUp: 50, slow: 400, limit: 12_000 }
  : { cell: 800, samples: 10, warmUp: 500, slow: 3000, limit: 60_000 };

const expectedFile = here("expected.json");
if (values["write-expected"]) await writeExpected(expectedFile);
else await main();

async function main(): Promise<void> {
  const start = performance.now();
  const worker = await buildWorker();
  const matching = (pattern: string, names: readonly string[]) =>
    names.some((name) => new RegExp(pattern, "i").test(name));
  const all = allColumns({
    worker,
    devices: values.devices.split(","),
    nodeFlags: values["node-flags"].split(" ").filter(Boolean),
  });
  const columns = all.columns.filter(({ id, title }) => matching(values.columns, [id, title]));
  const chosen = <L extends Line>(list: readonly L[]) =>
    list.filter(({ id, group, title }) => matching(values.rows, [id, `${group}, ${title}`]));
  const toRun = chosen(rows);
  const starts = chosen([startUp.importing, startUp.firstStep]);

  const found = new Map<string, Map<string, Cell>>();
  const record = (row: string, column: string, cell: Cell) => {
    found.set(row, (found.get(row) ?? new Map<string, Cell>()).set(column, cell));
  };
  const progress = progressBar(toRun.length + (starts.length > 0 ? 1 : 0));
  const expected = JSON.parse(readFileSync(expectedFile, "utf8")) as Expected;
  const bench = new Bench(budget, expected, progress.show);
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true; // a second time ends this process
    bench.stop();
  });

  for (const row of toRun) {
    if (interrupted) break;
    const able = columns
      .filter(({ id }) => row.problem.kind !== "limit" || id === limitColumn)
      .filter((column) => {
        const reason = tooSlow(row, column, found);
        if (reason !== null) record(row.id, column.id, { kind: "failed", reason });
        return reason === null;
      });
    await bench.measureRow(row, able, ({ id }, cell) => record(row.id, id, cell));
    progress.next();
  }
  bench.stop();
  if (starts.length > 0 && !interrupted) {
    const frameworks = columns.filter(({ partial }) => !partial);
    const problem = rows.find(({ id }) => id === startUp.problem)?.problem as Row["problem"];
    const cells = await measureStartUp(
      frameworks,
      problem,
      { samples: values.quick ? 3 : 5, limit: budget.limit },
      {
        progress: ({ title }) => progress.show("start-up", title),
        stopped: () => interrupted,
      },
    );
    for (const [{ id }, { importing, firstStep }] of cells) {
      record(startUp.importing.id, id, importing);
      record(startUp.firstStep.id, id, firstStep);
    }
    progress.next();
  }
  progress.stop();

  const milliseconds = performance.now() - start;
  const lines = [...rows, ...starts];
  const { about } = bench;
  const report = reportOf({ lines, columns, missing: all.missing, about, found, interrupted, milliseconds });
  const out = values.out ?? here(`../../runs/bench/${report.date.replaceAll(":", "-").slice(0, 19)}.json`);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(report, null, 1)}\n`);
  const markdown = out.replace(/(\.json)?$/, ".md");
  writeFileSync(markdown, `${markdownText(report)}\n`);
  console.log(`${terminalText(report)}\n\nwritten to ${out} and ${markdown}`);
  process.exit(interrupted ? 130 : 0);
}

/** Why a large row is not tried: the smaller one says that two runs would not end in time. */
function tooSlow(row: Row, column: Column, found: ReadonlyMap<string, ReadonlyMap<string, Cell>>): string | null {
  const smaller = rows.find(({ id }) => id === row.after);
  const cell = smaller === undefined ? undefined : found.get(smaller.id)?.get(column.id);
  if (smaller === undefined || cell === undefined) return null;
  if (cell.kind !== "measured") return cell.kind === "lacking" ? null : `not tried, because of ${smaller.title}`;
  const time = (cell.times.median * (row.flops ?? 0)) / (smaller.flops ?? 1);
  if (2 * time < budget.limit) return null;
  return `not tried: ${smaller.title} took ${(cell.times.median / 1000).toFixed(1)} s`;
}

/** A bar where somebody looks at it, else a line a row. */
function progressBar(total: number) {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} | {duration_formatted} | {what}",
    clearOnComplete: true,
    hideCursor: null,
    stream: process.stderr,
  });
  const visible = process.stderr.isTTY === true;
  let [done, last] = [0, ""];
  if (visible) bar.start(total, 0, { what: "starting" });
  return {
    show: (row: string, column: string) => {
      if (visible) bar.update(done, { what: `${row}: ${column}` });
      else if (row !== last) console.error(`${done}/${total} ${row}`);
      last = row;
    },
    next: () => {
      done += 1;
    },
    stop: () => bar.stop(),
  };
}
