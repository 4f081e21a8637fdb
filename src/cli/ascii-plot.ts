/** Lines drawn with characters. */
import plot, { type Color } from "simple-ascii-chart";

/** Size and colour of a plot in a terminal.
 * @category Tracing */
export interface TerminalPlotOptions {
  /** Columns of the plotting area; default 64. */
  readonly width?: number;
  /** Lines of the plotting area; default 16. */
  readonly height?: number;
  /** ANSI colours and lines; without them (`NO_COLOR`, a pipe) each configuration is drawn with its own letter. */
  readonly color?: boolean;
}

/** A line of a plot. */
export interface AsciiLine {
  readonly label: string;
  readonly color: Color;
  readonly points: [number, number][];
}

/** The axes of a plot. */
export interface AsciiAxes {
  /** From the highest to the lowest, the ends of the axis. */
  readonly yTicks: number[];
  readonly xTicks: number[];
  readonly formatY: (value: number) => string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Draws lines; without colour each of them as points of its own letter. */
export function asciiPlot(
  lines: readonly AsciiLine[],
  { yTicks, xTicks, formatY }: AsciiAxes,
  { width, height, color }: Required<TerminalPlotOptions>,
): string {
  const picture = plot(
    lines.map(({ points }) => points),
    {
      width,
      height,
      yRange: [yTicks.at(-1) ?? 0, yTicks[0] ?? 1],
      customXAxisTicks: xTicks,
      customYAxisTicks: yTicks,
      formatter: (value, { axis }) => (axis === "y" ? formatY(value) : String(value)),
      ...(color ? { color: lines.map((line) => line.color) } : {}),
      ...(color ? {} : { lineFormatter: letterDrawer(lines) }),
    },
  );
  return picture
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

// The formatter is not told which line it draws; the point tells, and where two lines share one, the first is drawn.
function letterDrawer(lines: readonly AsciiLine[]) {
  return ({ x, y, plotX, plotY }: { x: number; y: number; plotX: number; plotY: number }) => {
    const index = lines.findIndex(({ points }) => points.some((point) => point[0] === x && point[1] === y));
    return { x: plotX + 1, y: plotY, symbol: LETTERS[Math.max(index, 0) % LETTERS.length] as string };
  };
}

const CODES: Readonly<Partial<Record<Color, number>>> = {
  ansiRed: 31,
  ansiGreen: 32,
  ansiYellow: 33,
  ansiBlue: 34,
  ansiMagenta: 35,
  ansiCyan: 36,
};

/** What stands for a line in the legend.
 * @param index of the line in its plot; below 0 if it is not drawn */
export function legendLine(line: AsciiLine, index: number, color: boolean): string {
  if (index < 0) return `  - ${line.label} (exactly 0 or not finite, not drawn)`;
  return color
    ? `  \u001b[${CODES[line.color]}m━━\u001b[0m ${line.label}`
    : `  ${LETTERS[index % LETTERS.length]}  ${line.label}`;
}
