/** Tests of the report of a training run: what is gathered, the figures, the page, and the sink that writes it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ndarray from "ndarray";
import { type Browser, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderSvg } from "../../../src/experiments/report/figures.js";
import type { FitEvent } from "../../../src/train/events.js";
import { logToJsonLines } from "../../../src/train/logs/json-lines.js";
import { trainingFigures } from "../../../src/train/report/figures.js";
import { History } from "../../../src/train/report/history.js";
import { trainingReportHtml } from "../../../src/train/report/page.js";
import { logToReport } from "../../../src/train/report/sink.js";
import { findChromium } from "../../browser/chromium.js";
import { madeUpRun, tell } from "../made-up-run.js";

function historyOf(events: readonly FitEvent[]): History {
  const history = new History();
  for (const event of events) history.add(event);
  return history;
}

function figure(id: string, events: readonly FitEvent[] = madeUpRun()) {
  const found = trainingFigures(historyOf(events)).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no figure ${id}`);
  return found;
}

const picture = (index: number) => ndarray(Uint8Array.of(index, 0, 0), [3, 1, 1]);
const page = (events: readonly FitEvent[] = madeUpRun()) =>
  trainingReportHtml(events, { echartsSource: "/* echarts */", image: picture });

describe("the history of a run", () => {
  it("holds no more points for a long run, and their means", () => {
    const history = historyOf(madeUpRun({ epochs: 1, stepsPerEpoch: 5000, traceEvery: 5 }));
    expect(history.steps.length).toBeLessThanOrEqual(600);
    expect(history.steps.length).toBeGreaterThan(250);
    expect(history.flows.length).toBeLessThanOrEqual(120);
    const count = history.steps.reduce((sum, { steps }) => sum + steps, 0);
    const loss = history.steps.reduce((sum, point) => sum + point.steps * point.loss, 0);
    expect(count).toBe(5000);
    expect(loss).toBeCloseTo(
      Array.from({ length: 5000 }, (_, i) => 2 / (i + 1)).reduce((sum, one) => sum + one),
      9,
    );
    expect(history.steps.at(-1)?.step).toBe(5000);
  });

  it("counts the seconds of each epoch once", () => {
    const { times } = historyOf(madeUpRun());
    expect([...times.keys()]).toEqual([1, 2, 3]);
    expect(times.get(2)).toEqual({
      computing: expect.closeTo(1.6, 9),
      waiting: expect.closeTo(0.4, 9),
      evaluating: 0.25,
      examples: 32,
    });
  });
});

describe("the figures", () => {
  it("are those that there are numbers for", () => {
    const ids = (events: readonly FitEvent[]) => trainingFigures(historyOf(events)).map(({ id }) => id);
    expect(ids(madeUpRun())).toEqual(["course", "time", "gradient-flow"]);
    expect(ids(madeUpRun({ traceEvery: 100 }))).toEqual(["course", "time"]);
    expect(ids(madeUpRun().slice(0, 1))).toEqual([]);
  });

  it("show loss, each metric and the learning rate, and give the same numbers in a table", () => {
    const { option, table } = figure("course");
    const titles = (option["title"] as readonly { readonly text: string }[]).map(({ text }) => text);
    expect(titles).toEqual(["loss", "accuracy", "learning rate"]);
    const series = option["series"] as readonly { readonly name: string; readonly data: readonly unknown[] }[];
    expect(series[0]?.data.slice(0, 2)).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(series[1]?.data).toEqual([
      [4, 0.75],
      [8, 0.375],
      [12, 0.25],
    ]);
    expect(table.head).toEqual([
      "step",
      "epoch",
      "training loss",
      "training accuracy",
      "validation loss",
      "validation accuracy",
      "learning rate",
    ]);
    expect(table.rows[1]).toEqual(["8", "2", "0.3125", "0.5", "0.375", "0.8", "0.01"]);
  });

  it("leave a gap where a number is not finite", () => {
    const [start, step] = madeUpRun() as [FitEvent, FitEvent & { kind: "step" }];
    const { option, table } = figure("course", [start, step, { ...step, step: 2, loss: Number.NaN }]);
    expect((option["series"] as readonly { readonly data: unknown }[])[0]?.data).toEqual([
      [1, 2],
      [2, null],
    ]);
    expect(table.rows[1]?.[2]).toBe("NaN");
  });

  it("show the gradient of every layer at every traced step as a power of ten", () => {
    const { option, table } = figure("gradient-flow", madeUpRun({ epochs: 1 }));
    const [map] = option["series"] as readonly { readonly data: readonly unknown[] }[];
    expect(map?.data[0]).toEqual([0, 0, Number(Math.log10(0.001 / 2).toFixed(3))]);
    expect(map?.data).toHaveLength(6);
    expect(table.rows[2]).toEqual(["fc", "5.0e-2", "2.5e-2"]);
  });

  it("can be drawn", async () => {
    for (const { option, height } of trainingFigures(historyOf(madeUpRun()))) {
      expect(await renderSvg(option, { width: 400, height })).toContain("<svg");
    }
  });
});

describe("trainingReportHtml", () => {
  it("begins with what the run came to, in a sentence", () => {
    expect(page()).toContain("12 steps, 3 epochs in 7 s: validation loss 0.25, accuracy 0.8571.");
    expect(page(madeUpRun().slice(0, 3))).toContain("2 steps: training loss 1.");
    expect(page([])).toContain("No step was made.");
  });

  it("shows what classes were taken for, and images of the mistakes", () => {
    const html = page();
    expect(html).toContain(
      "After step 12, 3 of 5 validation examples were recognised; most often cat was taken for dog (once)",
    );
    expect(html).toContain(
      '<th scope="row">cat</th><td class="number">1</td><td class="number">1</td><td class="number">0</td>',
    );
    expect(html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(2);
    expect(html).toContain('alt="frog taken for cat"');
  });

  it("takes the matrix of a metric where an evaluation tells no predictions", () => {
    const events = madeUpRun().map((event) => (event.kind === "evaluation" ? { ...event, predictions: null } : event));
    expect(page(events)).toContain(
      "12 of 15 validation examples were recognised; most often frog was taken for cat (2 times)",
    );
    expect(page(events)).not.toContain("<img");
  });

  it("says why a run ended early, and what of it is not shown", () => {
    const stop: FitEvent = { kind: "stop", step: 9, epoch: 2, reason: "interrupted", message: "<it> was interrupted" };
    const html = page([...madeUpRun({ from: 8 }).slice(0, 2), stop]);
    expect(html).toContain("The run ended early, after step 9: &#60;it&#62; was interrupted");
    expect(html).toContain("The run went on after step 8; what was before is not shown here.");
    expect(page()).not.toContain('class="warning"');
  });

  it("escapes names", () => {
    expect(page()).toContain("a|b &#60;c&#62;");
    const [start, ...events] = madeUpRun() as [FitEvent & { kind: "start" }, ...FitEvent[]];
    const html = page([{ ...start, classNames: ["</script><b>", "dog", "frog"] }, ...events]);
    expect(html).not.toContain("</script><b>");
  });

  it("needs the text of ECharts and events", () => {
    expect(() => trainingReportHtml(madeUpRun(), {} as never)).toThrow(
      "trainingReportHtml: it needs { echartsSource }",
    );
    expect(() => trainingReportHtml(5 as never, { echartsSource: "" })).toThrow("it takes a list of events of a run");
  });
});

describe("logToReport", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "livegrad-report-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("writes the page when the run ends, what was told before a checkpoint included", async () => {
    const [path, jsonLines] = [join(folder, "report.html"), join(folder, "run.jsonl")];
    const events = madeUpRun();
    await tell(logToJsonLines(jsonLines), events);
    await tell(logToReport(path, { jsonLines, image: picture }), madeUpRun({ from: 8 }));
    const echartsSource = readFileSync(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"), "utf8");
    expect(readFileSync(path, "utf8")).toBe(
      trainingReportHtml([...events.slice(1), { ...(events[0] as FitEvent & { kind: "start" }), step: 8 }], {
        echartsSource,
        image: picture,
      }),
    );
  });

  it("has a page from the beginning, and leaves one where the run is killed", async () => {
    const path = join(folder, "report.html");
    await tell(logToReport(path), madeUpRun().slice(0, 3));
    expect(readFileSync(path, "utf8")).toContain("No step was made.");
  });

  it("refuses a path or an option that is none", () => {
    expect(() => logToReport(5 as never)).toThrow("logToReport: it takes the path of a file, got 5");
    expect(() => logToReport(join(folder, "a.html"), { images: picture } as never)).toThrow(
      "no option images; did you mean image?",
    );
  });
});

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)("the page in a browser", () => {
  let browser: Browser;
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "livegrad-page-"));
    await tell(logToReport(join(folder, "report.html"), { image: picture }), madeUpRun());
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [390, "light"],
    [390, "dark"],
    [1280, "light"],
    [1280, "dark"],
  ] as const)("draws every figure %i pixels wide, %s, and nothing is cut off", async (width, colorScheme) => {
    const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const errors: string[] = [];
    opened.on("pageerror", (error) => errors.push(error.message));
    await opened.goto(`file://${join(folder, "report.html")}`);
    expect(await opened.locator(".chart svg").count()).toBe(4);
    expect(await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
    const pictures = process.env["LIVEGRAD_PICTURES"];
    if (pictures !== undefined && existsSync(pictures)) {
      await opened.screenshot({ path: join(pictures, `report-${width}-${colorScheme}.png`), fullPage: true });
    }
    await opened.close();
  });

  it("gives every figure's numbers as a table that keys open", async () => {
    const opened = await browser.newPage();
    await opened.goto(`file://${join(folder, "report.html")}`);
    for (const id of ["course", "confusion", "time", "gradient-flow"]) {
      await opened.locator(`#${id} summary`).focus();
      await opened.keyboard.press("Enter");
      expect(await opened.locator(`#${id} table`).isVisible()).toBe(true);
    }
    await opened.close();
  });
});
