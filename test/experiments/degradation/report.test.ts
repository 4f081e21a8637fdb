/** Tests of the figures and the page of a degradation experiment. */
import { describe, expect, it } from "vitest";
import { degradationFigures, degradationHtml, renderSvg } from "../../../src/report.js";
import { madeUpResult } from "./made-up-result.js";

const plain = { 20: [0.3, 0.32], 56: [0.5, 0.54] };
const residual = { 20: [0.3, 0.31], 56: [0.2, 0.24] };
const whole = madeUpResult({ plain, residual });

interface Line {
  readonly id: string;
  readonly name: string;
  readonly xAxisIndex: number;
  readonly data: readonly (readonly [number, number | null])[];
  readonly lineStyle: { readonly width: number };
}

function linesOf(option: Readonly<Record<string, unknown>>): Line[] {
  return (option["series"] as Line[]).filter(({ id }) => !/ (low|range)$/.test(id));
}

describe("the figures", () => {
  const [errors, losses] = degradationFigures(whole);

  it("are errors and losses, plain nets beside residual ones on the same axes", () => {
    for (const figure of [errors, losses]) {
      const [xAxis, yAxis] = ["xAxis", "yAxis"].map((axis) => (figure?.option[axis] ?? []) as { max: number }[]);
      expect(xAxis?.map(({ max }) => max)).toEqual([40, 40]);
      expect(yAxis?.[0]).toMatchObject({ min: 0, max: yAxis?.[1]?.max });
    }
    expect((errors?.option["yAxis"] as { max: number }[] | undefined)?.[0]?.max).toBe(100);
    expect(JSON.stringify(errors?.option["title"])).toMatch(/plain.*residual, identity shortcuts/);
  });

  it("draw training error thin and test error bold, in percent", () => {
    const lines = linesOf(errors?.option ?? {});
    expect(lines.map(({ xAxisIndex, name }) => `${xAxisIndex} ${name}`)).toEqual(
      [0, 1].flatMap((panel) =>
        [20, 56].flatMap((depth) => ["training", "test"].map((of) => `${panel} ${depth} layers, ${of} error`)),
      ),
    );
    const width = (of: string) =>
      new Set(lines.filter(({ name }) => name.includes(of)).map(({ lineStyle }) => lineStyle.width));
    expect(Math.max(...width("training"))).toBeLessThan(Math.min(...width("test")) / 2);
    expect(lines[0]?.data).toEqual([
      [20, 90],
      [40, 31],
    ]);
    expect(lines[1]?.data[1]?.[1]).toBeCloseTo(36, 6);
  });

  it("draw the spread over the seeds as a band", () => {
    const band = ((errors?.option["series"] ?? []) as Line[]).filter(
      ({ id }) => id === "56 layers, training error 0 range",
    );
    expect(band[0]?.data.map(([, value]) => value)).toEqual([0, 4]);
  });

  it("have their numbers as a table, with the range over the seeds", () => {
    expect(errors?.table.head).toEqual([
      "step",
      ...["plain-20", "plain-56", "ResNet-20", "ResNet-56"].flatMap((net) => [`${net} training, %`, `${net} test, %`]),
    ]);
    expect(errors?.table.rows[1]?.slice(0, 3)).toEqual(["40", "31.0 (30.0–32.0)", "36.0 (35.0–37.0)"]);
    expect(losses?.table.rows[1]?.[1]).toBe("0.620 (0.600–0.640)");
  });

  it("can be drawn, one kind and numbers that are not finite included", async () => {
    const broken = madeUpResult({ plain: { 20: [0.3], 56: [Number.NaN] } });
    for (const { option, width, height } of [...degradationFigures(whole), ...degradationFigures(broken)]) {
      expect(await renderSvg(option, { width, height })).toContain("optimiser step");
    }
    expect(degradationFigures(madeUpResult({}))).toEqual([]);
  });
});

describe("the page", () => {
  const page = degradationHtml(whole, { echartsSource: "/* echarts */" });

  it("says on top what was found, then shows errors, numbers, losses", () => {
    const order = [
      "Degradation, and shortcuts reverse it:",
      'id="errors"',
      "In numbers",
      'id="losses"',
      "Where the numbers come from",
    ];
    const places = order.map((words) => page.indexOf(words));
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(page).not.toContain("interrupted:");
  });

  it("has headings that go down one level at a time", () => {
    expect([...page.matchAll(/<h(\d)>/g)].map(([, level]) => level)).toEqual(["1", "2", "2", "2", "2"]);
  });

  it("has a table beside each figure, and escapes names", () => {
    expect(page.match(/<table>/g)).toHaveLength(3);
    const named = degradationHtml({ ...whole, data: "<b>mine" }, { echartsSource: "" });
    expect(named).toContain("&#60;b&#62;mine, 16 × 16");
    expect(named).not.toContain("<b>mine");
  });

  it("says when the run was interrupted", () => {
    expect(degradationHtml({ ...whole, complete: false }, { echartsSource: "" })).toContain(
      "This experiment was interrupted",
    );
  });

  it("needs the text of ECharts", () => {
    expect(() => degradationHtml(whole, {} as never)).toThrow("it needs { echartsSource }");
  });
});
