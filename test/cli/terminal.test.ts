/** Tests of the report in a terminal. */

import { describe, expect, it } from "vitest";
import { summaryTable, terminalPlot } from "../../src/cli/terminal.js";
import { summarize } from "../../src/experiments/report/summary.js";
import { FOUR, madeUpTrace } from "../experiments/report/made-up-trace.js";

const ESCAPE = "\u001b";

describe("summaryTable", () => {
  const summaries = summarize(madeUpTrace(FOUR));

  it("gives each configuration a row with norms, spread, ratio, factor and verdict", () => {
    const rows = summaryTable(summaries).split("\n");
    const plain = rows
      .find((row) => row.includes("vanishes"))
      ?.split("│")
      .map((cell) => cell.trim());
    expect(plain?.slice(1, -1)).toEqual([
      "56",
      "none",
      "none",
      "5.0e-2 ×÷1.4",
      "1.0e-11 ×÷1.4",
      "2.0e-10",
      "×0.66",
      "vanishes",
    ]);
    expect(rows.filter((row) => row.includes("lives"))).toHaveLength(1);
    expect(rows.filter((row) => row.includes("grows"))).toHaveLength(1);
  });

  it("has escape codes only when colour is asked for", () => {
    expect(summaryTable(summaries)).not.toContain(ESCAPE);
    expect(summaryTable(summaries, { color: true })).toContain(`${ESCAPE}[31mvanishes`);
    expect(summaryTable(summaries, { color: true })).toContain(`${ESCAPE}[33mgrows`);
  });

  it("counts the seeds that agree where not all do", () => {
    const doubtful = summaries.map((one) => ({ ...one, agreeing: 2 }));
    expect(summaryTable(doubtful)).toContain("vanishes (2 of 3 seeds)");
  });
});

describe("terminalPlot", () => {
  const trace = madeUpTrace([...FOUR, ...FOUR.map((made) => ({ ...made, depth: 20 }))]);

  it("draws one plot per depth, with powers of ten and weighted layers at the axes", () => {
    const text = terminalPlot(trace);
    expect(text.match(/^depth (20|56):/gm)).toEqual(["depth 20:", "depth 56:"]);
    expect(text).toMatch(/^1e-10┤/m);
    expect(text).toMatch(/^ +0? +4 +8 +12 +16 +20$/m);
  });

  it("tells configurations apart by letters without colour, and by colours with it", () => {
    const text = terminalPlot(trace);
    expect(text).not.toContain(ESCAPE);
    for (const letter of ["a", "b", "c", "d"]) expect(text).toMatch(new RegExp(`[│┤].* ${letter}( |$)`, "m"));
    expect(terminalPlot(trace, { color: true })).toContain(`${ESCAPE}[31m`);
  });

  it("puts the vanishing gradient at the bottom left", () => {
    const lines = terminalPlot(madeUpTrace([FOUR[0] ?? { shortcut: "none", factor: 1 }])).split("\n");
    const drawn = lines.filter((line) => /[│┤].*a/.test(line));
    const columns = drawn.map((line) => line.indexOf("a"));
    expect(columns).toEqual([...columns].sort((one, other) => other - one));
    expect(columns.length).toBeGreaterThan(8);
  });

  it("stays within the width asked for, and says what cannot be drawn", () => {
    const narrow = terminalPlot(trace, { width: 40, height: 8 });
    expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThan(56);
    const dead = madeUpTrace([{ shortcut: "none", factor: 1, last: 0 }]);
    expect(terminalPlot(dead)).toContain("exactly 0 or not finite");
  });
});
