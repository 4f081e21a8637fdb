/** Tests of the comparison of the zoo: what its table, plots and page say of made-up nets. */
import { describe, expect, it } from "vitest";
import { renderSvg } from "../../../src/experiments/report/figures.js";
import { zooFigures } from "../../../src/experiments/zoo/figures.js";
import { zooHtml } from "../../../src/experiments/zoo/page.js";
import { publishedErrors, publishedNames } from "../../../src/experiments/zoo/published.js";
import { energyModel, type ZooRow } from "../../../src/experiments/zoo/records.js";
import { zooTable } from "../../../src/experiments/zoo/table.js";
import { zoo } from "../../../src/index.js";
import { record, row, run } from "./made-up-record.js";

const one = row("ResNet-50");
const other = row("VGG-16", {
  family: "VGG",
  parameters: 138e6,
  macs: 15.5e9,
  published: { data: "ImageNet", top1: 28, top5: null, source: "somebody else" },
  runs: [
    run(1, 300),
    { ...run(16, 0), forward: null, training: null, energy: null, forwardMemory: null, failure: "no memory" },
  ],
});

function figure(id: string, ...rows: readonly ZooRow[]) {
  const found = zooFigures(record(...rows)).find((each) => each.id === id);
  if (found === undefined) throw new Error(`no figure ${id}`);
  return found;
}

describe("the table", () => {
  it("gives times for an image, images a second, and a dash where nothing was measured", () => {
    const { head, rows } = zooTable(record(one, other));
    const cell = (net: number, column: string) => rows[net]?.[head.indexOf(column)];
    expect(cell(0, "forward, ms an image, batch 16")).toBe("50");
    expect(cell(0, "training step, ms an image, batch 1")).toBe("300");
    expect(cell(0, "images a second, batch 16")).toBe("20");
    expect(cell(0, "peak MiB, batch 1")).toBe("256");
    expect(cell(0, "GMACs")).toBe("4");
    expect(cell(1, "forward, ms an image, batch 16")).toBe("–");
    expect(cell(1, "top-5 error, %")).toBe("–");
  });
});

describe("the plots", () => {
  it("are the seven of the paper", () => {
    expect(zooFigures(record(one, other)).map(({ id }) => id)).toEqual([
      "accuracy-by-operations",
      "accuracy",
      "forward-time-by-batch",
      "power-by-batch",
      "memory-by-batch",
      "operations-by-time",
      "accuracy-per-parameter",
    ]);
  });

  it("count two operations for a multiply-accumulate, and give bubbles areas as the parameters are", () => {
    const { table, option } = figure("accuracy-by-operations", one, other);
    expect(table.rows[0]?.slice(0, 4)).toEqual(["ResNet-50", "8", "75", "25"]);
    const sizes = (option["series"] as { data: { symbolSize: number }[] }[]).map(
      ({ data }) => data[0]?.symbolSize ?? 0,
    );
    expect(((sizes[0] as number) - 8) ** 2 / ((sizes[1] as number) - 8) ** 2).toBeCloseTo(25 / 138, 3);
  });

  it("keep the axis of the accuracy within 100 %, around a single net, too", () => {
    const best = row("ResNet-20", { published: { data: "ImageNet", top1: 8.75, top5: null, source: "somebody" } });
    expect(figure("accuracy-by-operations", best).option["yAxis"]).toMatchObject({ min: 90, max: 100 });
    expect(figure("accuracy-by-operations", best, other).option["yAxis"]).toMatchObject({ min: 70, max: 100 });
  });

  it("divide power by time, and say that it is modelled", () => {
    const { table, caption } = figure("power-by-batch", one);
    expect(table.rows[0]).toEqual(["ResNet-50", "5", "10"]);
    expect(caption).toMatch(/modelled, not measured.*Horowitz/);
  });

  it("leave out what was not measured, and accuracies on another data set", () => {
    const small = row("WRN", { published: { data: "CIFAR-10+", top1: 4, top5: null, source: "x" }, runs: [] });
    expect(figure("accuracy", one, other, small).table.rows).toHaveLength(2);
    expect(figure("forward-time-by-batch", one, small).table.rows).toHaveLength(1);
    expect(zooFigures(record(row("x", { published: null, runs: [], macs: null })))).toEqual([]);
  });

  it("can be drawn", async () => {
    for (const { option, width, height } of zooFigures(record(one, other))) {
      expect(await renderSvg(option, { width, height })).toContain("ResNet-50");
    }
  });
});

describe("the page", () => {
  const page = zooHtml(record(row("<b>mine"), { ...other, failure: "too large & heavy" }), {
    echartsSource: "/* echarts */",
  });

  it("escapes names, tells failures, and gives every plot its numbers as a table", () => {
    expect(page).not.toContain("<b>mine");
    expect(page).toContain("VGG-16: too large &#38; heavy");
    expect(page).toContain("VGG-16, batch 16: no memory");
    expect(page.match(/<table>/g)?.length).toBe(8);
  });

  it("says when the run was interrupted", () => {
    expect(page).not.toContain("interrupted:");
    expect(zooHtml({ ...record(one), complete: false }, { echartsSource: "" })).toContain("The run was interrupted");
  });
});

describe("published errors", () => {
  it("belong to nets of the zoo", () => {
    const names = new Set(zoo.map(({ name }) => name));
    expect(publishedNames.filter((name) => !names.has(name))).toEqual([]);
  });

  it("name their sources, and top-5 is below top-1", () => {
    for (const name of publishedNames) {
      const found = publishedErrors(name);
      expect(found?.source).toBeTruthy();
      expect(found?.top5 ?? 0).toBeLessThan(found?.top1 ?? 0);
    }
    expect(publishedErrors("lenet5")).toBeNull();
  });
});

describe("the model of the energy", () => {
  it("is the sum of operations and of moved numbers", () => {
    expect(energyModel(1e9, 0)).toBeCloseTo(4.6e-3, 12);
    expect(energyModel(0, 1e6)).toBeCloseTo(0.98e-3, 12);
  });
});
