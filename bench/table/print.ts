/** The report as tables: one for each group of rows, frameworks down the side; for a terminal, or in Markdown. */
import Table from "cli-table3";
import type { Report, ReportedCell } from "./report.js";

interface Grid {
  readonly title: string;
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
}

/** The tables for a terminal. */
export function terminalText(report: Report): string {
  const tableOf = ({ title, head, body }: Grid) => {
    const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
    for (const [name = "", ...cells] of body)
      table.push([name, ...cells.map((content) => ({ content, hAlign: "right" as const }))]);
    return `${title}\n${table.toString()}`;
  };
  return paragraphs(report, tableOf, (lines) => lines.join("\n"));
}

/** The same as a page of Markdown. */
export function markdownText(report: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace("\n", ", ")).join(" | ")} |`;
  const tableOf = ({ title, head, body }: Grid) =>
    [
      `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      ...["", line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...body.map(line)],
    ].join("\n");
  const page = paragraphs(report, tableOf, (lines) => lines.map((text) => `- ${text}`).join("\n"));
  return `# Benchmark\n\nWritten by \`npm run bench\`.\n\n${page}`;
}

function paragraphs(
  report: Report,
  tableOf: (grid: Grid) => string,
  listOf: (lines: readonly string[]) => string,
): string {
  const { machine, columns } = report;
  const notes: string[] = [];
  const grids = [...summaryGrid(report), ...gridsOf(report, notes), ...growthGrid(report)];
  const versions = columns.flatMap(({ title, version, detail }) =>
    version === undefined ? [] : [`${title}: ${version}, ${detail}`],
  );
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.system}, Node ${machine.node}, ${report.date}` +
      `${report.interrupted ? "; interrupted" : ""}; ${report.seconds} s`,
    "Medians ± half the distance between the quartiles; every framework's results were checked first. The limit of a row of " +
      "products is its operations as tiles on hot caches: of two threads, twice what one did in turn with the others. " +
      "Convolutions of 3×3 can pass it, for Winograd's algorithm needs fewer products.",
    ...grids.map(tableOf),
    listOf([...versions, ...report.missing]),
    listOf(notes.map((note, i) => `${superscript(i + 1)} ${note}`)),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

type Row = Report["rows"][number];

/** Each row's best times: of livegrad, of the other JavaScript frameworks, of PyTorch; and how near the limit livegrad is. */
function summaryGrid(report: Report): Grid[] {
  const body = report.rows.flatMap((row) => {
    const ours = bestOf(report, row, "livegrad");
    if (ours === undefined) return [];
    const text = (family: "JavaScript" | "PyTorch") => {
      const found = bestOf(report, row, family);
      if (found === undefined) return "–";
      const ratio = significant(found.milliseconds / ours.milliseconds);
      return `${duration(found.milliseconds)} = ${ratio} ×, ${found.title.replace("PyTorch, ", "")}`;
    };
    const share = (threads: number): string[] => {
      const cell = row.cells[`simd-${threads}`];
      const least = bestOf(report, row, "limit");
      if (cell?.kind !== "measured" || least === undefined) return [];
      const sharedBy = row.flops === undefined ? 1 : threads; // all cores share one memory
      return [`${Math.round((100 * least.milliseconds) / sharedBy / cell.times.median)} %`];
    };
    const name = row.title === row.group ? row.group : `${row.group}: ${row.title}`;
    return [
      [
        name,
        `${duration(ours.milliseconds)}, ${ours.title.replace("livegrad ", "")}`,
        text("JavaScript"),
        text("PyTorch"),
        [1, 2].flatMap(share).join(", ") || "–",
      ],
    ];
  });
  if (body.length === 0) return [];
  const head = ["", "livegrad", "fastest other JavaScript framework", "PyTorch", "of the limit, on one thread and two"];
  return [{ title: "best times, those of others in multiples of livegrad's", head, body }];
}

/** The fastest column of a family. */
function bestOf({ columns }: Report, row: Row, family: Report["columns"][number]["family"]) {
  return columns
    .filter((column) => column.family === family)
    .flatMap(({ id, title }) => {
      const cell = row.cells[id];
      return cell?.kind === "measured" ? [{ title, milliseconds: cell.times.median }] : [];
    })
    .toSorted((a, b) => a.milliseconds - b.milliseconds)[0];
}

function gridsOf({ rows, columns }: Report, notes: string[]): Grid[] {
  return [...new Set(rows.map(({ group }) => group))].map((group) => {
    const members = rows.filter((row) => row.group === group);
    const present = columns.filter(({ id, partial }) =>
      members.some(({ cells }) => cells[id] !== undefined && !(partial && cells[id].kind === "lacking")),
    );
    return {
      title: group,
      head: ["", ...members.map(({ title }) => title)],
      body: present.map(({ id, title }) => [title, ...members.map(({ cells }) => cellText(cells[id], title, notes))]),
    };
  });
}

function growthGrid({ growth, columns }: Report): Grid[] {
  const present = columns.filter(({ id }) => growth.some(({ slopes }) => slopes[id] !== undefined));
  if (present.length === 0) return [];
  return [
    {
      title: "cost grows with this power of the size",
      head: ["", ...growth.map(({ series, by }) => `${series}, ${by}`)],
      body: present.map(({ id, title }) => [title, ...growth.map(({ slopes }) => slopes[id]?.toFixed(2) ?? "–")]),
    },
  ];
}

function cellText(cell: ReportedCell | undefined, column: string, notes: string[]): string {
  if (cell === undefined) return "";
  if (cell.kind !== "measured") {
    const note = `${column}: ${cell.reason}`;
    if (!notes.includes(note)) notes.push(note);
    const mark = { lacking: "–", failed: "–", wrong: "wrong" }[cell.kind];
    return `${mark} ${superscript(notes.indexOf(note) + 1)}`;
  }
  const { times, gflops, gigabytesPerSecond } = cell;
  const spread = Math.round((50 * (times.upper - times.lower)) / times.median);
  const time = `${duration(times.median)} ${times.samples.length < 3 ? "once" : `±${spread} %`}`;
  if (gflops !== undefined) return `${time}\n${significant(gflops)} GFLOP/s`;
  return gigabytesPerSecond === undefined ? time : `${time}\n${significant(gigabytesPerSecond)} GB/s`;
}

function duration(milliseconds: number): string {
  if (milliseconds < 1e-3) return `${significant(milliseconds * 1e6)} ns`;
  if (milliseconds < 0.1) return `${significant(milliseconds * 1e3)} µs`;
  return milliseconds < 1e4 ? `${significant(milliseconds)} ms` : `${significant(milliseconds / 1e3)} s`;
}

/** Three digits. */
function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function superscript(number: number): string {
  return String(number).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "");
}
