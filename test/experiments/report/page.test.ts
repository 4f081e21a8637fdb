/** Tests of the report page in a browser: on a phone, a tablet and a desk, by pointer, finger and keys. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportHtml } from "../../../src/experiments/report/html.js";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../browser/chromium.js";
import { FOUR, madeUpTrace } from "./made-up-trace.js";

const executablePath = findChromium();
if (executablePath === undefined) console.warn("skipped: the tests of the report page, as there is no Chromium here");

const WIDTHS = [390, 768, 1440];
const FIGURES = [
  "activation-gradients",
  "weight-gradients",
  "forward-signal",
  "residual-paths",
  "gradients-over-training",
  "loss",
];

describe.skipIf(executablePath === undefined)("the report page", () => {
  let browser: Browser;
  let folder = "";
  let address = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "livegrad-page-"));
    const nets = [20, 56].flatMap((depth) => FOUR.map((made) => ({ ...made, depth, steps: [0, 5] })));
    const trace = madeUpTrace(nets);
    const diverged = trace.runs.map((run, index) => (index === 1 ? { ...run, loss: Number.NaN } : run));
    const echartsSource = readFileSync(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"), "utf8");
    writeFileSync(join(folder, "report.html"), reportHtml({ ...trace, runs: diverged }, { echartsSource }));
    address = pathToFileURL(join(folder, "report.html")).href;
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGUMENTS] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Shows the page; a phone has a finger, others have a pointer. */
  async function show(width: number, hash = ""): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ viewport: { width, height: 844 }, hasTouch: width < 500 });
    const page = await context.newPage();
    await page.goto(address + hash);
    await page.waitForFunction((count) => document.querySelectorAll(".chart svg").length === count, FIGURES.length);
    return { page, context };
  }

  describe.each(WIDTHS)("at %i pixels", (width) => {
    let page: Page;
    let context: BrowserContext;
    beforeAll(async () => {
      ({ page, context } = await show(width));
    }, 120_000);
    afterAll(() => context.close());

    it("is no wider than the window, and neither is any chart", async () => {
      const widths = await page.evaluate(() => ({
        page: document.documentElement.scrollWidth,
        charts: [...document.querySelectorAll(".chart svg")].map((svg) => svg.getBoundingClientRect().right),
      }));
      expect(widths.page).toBeLessThanOrEqual(width);
      expect(Math.max(...widths.charts)).toBeLessThanOrEqual(width);
    });

    it("cuts no text of a chart and hides no panel", async () => {
      const { cut, texts } = await page.evaluate(() => {
        const cut: string[] = [];
        const texts: string[] = [];
        for (const svg of document.querySelectorAll(".chart svg")) {
          const box = svg.getBoundingClientRect();
          for (const text of svg.querySelectorAll("text")) {
            const { left, right, top, bottom } = text.getBoundingClientRect();
            texts.push(text.textContent ?? "");
            const inside =
              left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 && bottom <= box.bottom + 1;
            if (!inside) cut.push(text.textContent ?? "");
          }
        }
        return { cut, texts };
      });
      expect(cut).toEqual([]);
      expect(texts).toEqual(expect.arrayContaining(["depth 20", "depth 56"]));
    });

    it("has headings that go down one level at a time", async () => {
      const levels = await page.evaluate(() =>
        [...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName[1])),
      );
      expect(levels[0]).toBe(1);
      levels.forEach((level, i) => {
        expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
      });
    });

    it("keeps heading, legend, chart and numbers of a figure apart", async () => {
      const overlaps = await page.evaluate(() =>
        [...document.querySelectorAll("figure")].flatMap((figure) => {
          const boxes = [...figure.children]
            .map((child) => child.getBoundingClientRect())
            .sort((a, b) => a.top - b.top);
          return boxes.slice(1).filter((box, index) => box.top < (boxes[index] as DOMRect).bottom - 1).length;
        }),
      );
      expect(overlaps).toEqual(FIGURES.map(() => 0));
    });

    it("shows the numbers of the layer that is tapped or pointed at", async () => {
      const chart = page.locator("#chart-activation-gradients");
      await chart.scrollIntoViewIfNeeded();
      const box = (await chart.boundingBox()) as { x: number; y: number; width: number; height: number };
      const [x, y] = [box.x + box.width * 0.3, box.y + Math.min(box.height, 400) * 0.45];
      if (width < 500) await page.touchscreen.tap(x, y);
      else await page.mouse.move(x, y);
      const numbers = page.locator(width < 500 ? "#numbers-activation-gradients" : ".tip");
      await expect
        .poll(() => numbers.textContent())
        .toMatch(/(stem|layer\d\.\d), weighted layer \d+ · depth 20.*plain, batch norm.*\d\.\de-?\d+/s);
      const right = () => numbers.evaluate((element) => element.getBoundingClientRect().right);
      await expect.poll(right).toBeLessThanOrEqual(width); // it glides to its place
    });

    it("brings a heading that is jumped to below the bar that sticks", async () => {
      for (const id of FIGURES) {
        const { heading, bar } = await page.evaluate((figure) => {
          location.hash = figure;
          const sticky = document.querySelector(".controls") as Element;
          const sticks = getComputedStyle(sticky).position === "sticky";
          return {
            heading: (document.querySelector(`#${figure} :is(h2, h3)`) as Element).getBoundingClientRect().top,
            bar: sticks ? sticky.getBoundingClientRect().bottom : 0,
          };
        }, id);
        expect(heading, id).toBeGreaterThanOrEqual(bar);
      }
    });
  });

  it("has for every chart a name, the keys, and its numbers as tables with captions and scopes", async () => {
    const { page, context } = await show(1440);
    for (const id of FIGURES) {
      const chart = page.locator(`#chart-${id}`);
      expect(await chart.getAttribute("role")).toBe("img");
      expect((await chart.getAttribute("aria-label"))?.length).toBeGreaterThan(20);
      await chart.focus();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(`chart-${id}`);
      const numbers = page.locator(`#numbers-${id}`);
      await page.keyboard.press("ArrowRight");
      const first = await numbers.textContent();
      expect(first, id).toMatch(/depth (20|56)/);
      await page.keyboard.press("ArrowRight");
      expect(await numbers.textContent(), id).not.toBe(first);
      await page.keyboard.press(id === "gradients-over-training" ? "PageDown" : "ArrowDown");
      expect(await numbers.textContent(), id).not.toBe(first);
      await page.locator(`#${id} details.tables summary`).click();
      const tables = page.locator(`#tables-${id} table`);
      await expect.poll(() => tables.count()).toBe(id === "gradients-over-training" ? 8 : 2);
    }
    const broken = await page.evaluate(
      () =>
        [...document.querySelectorAll("table")].filter(
          (table) =>
            !table.caption?.textContent ||
            [...table.querySelectorAll("th")].some((cell) => !cell.hasAttribute("scope")),
        ).length,
    );
    expect(broken).toBe(0);
    const wordless = await page.evaluate(
      () =>
        [...document.querySelectorAll("[tabindex]")].filter((element) => !element.getAttribute("aria-label")).length,
    );
    expect(wordless).toBe(0);
    await context.close();
  });

  it.each([
    [1280, 900],
    [390, 844],
  ])("begins with the picture, at %i × %i, and ends with the networks in words, folded", async (width, height) => {
    const { page, context } = await show(width);
    await page.setViewportSize({ width, height });
    const top = await page.evaluate(() => document.querySelector(".chart")?.getBoundingClientRect().top);
    expect(top).toBeLessThan(0.75 * height);
    const order = await page.evaluate(() =>
      [...document.querySelectorAll("main > *, .lead")].map((e) => e.id || e.className || e.tagName),
    );
    expect(order.indexOf("lead")).toBeLessThan(order.indexOf("activation-gradients"));
    expect(order.indexOf("activation-gradients")).toBeLessThan(order.indexOf("H2"));
    expect(order.at(-1)).toBe("network-by-network");
    expect(await page.locator("#network-by-network ul").isVisible()).toBe(false);
    await context.close();
  });

  it("goes through the training by slider, keys, play and pause", async () => {
    const { page, context } = await show(1280);
    const words = () => page.locator("#shown-step").textContent();
    const subtitle = () => page.locator("#subtitle-activation-gradients").textContent();
    const line = () => page.locator("#chart-activation-gradients svg").innerHTML();
    const [first, before] = [await line(), await words()];
    expect([before, await subtitle()]).toEqual(["step 0 of 5", expect.stringContaining("at initialisation")]);
    await page.locator("#step").press("ArrowRight");
    expect(await words()).toBe("step 5 of 5");
    expect(await page.locator("#step").getAttribute("aria-valuetext")).toBe("step 5 of 5");
    expect(await subtitle()).toContain("after 5 optimiser steps");
    expect(await page.locator("#chart-activation-gradients").getAttribute("aria-label")).toContain("step 5.");
    await expect.poll(line).not.toBe(first);
    await page.locator("#play").press("Enter"); // from the end it begins anew
    expect([await words(), await page.locator("#play").textContent()]).toEqual(["step 0 of 5", "Pause"]);
    await page.locator("#play").press("Enter");
    expect(await page.locator("#play").textContent()).toBe("Play");
    await page.waitForTimeout(1000);
    expect(await words()).toBe("step 0 of 5");
    await page.locator("#play").press("Enter");
    await expect.poll(words).toBe("step 5 of 5");
    await expect.poll(() => page.locator("#play").textContent()).toBe("Play");
    await context.close();
  });

  it("draws what theory says of the initialisation, and not of a trained net", async () => {
    const { page, context } = await show(1280);
    const theory = () => page.locator("#legend-activation-gradients button", { hasText: "theory" }).allTextContents();
    expect(await theory()).toEqual([
      "plain, no normalisation · theory, ×0.71 a layer",
      "plain, batch norm · theory, ×1.21 a layer",
    ]);
    const dotted = () =>
      page
        .locator(
          '#chart-activation-gradients path[stroke-dasharray="1.5 3"], #chart-activation-gradients path[stroke-dasharray="1.5,3"]',
        )
        .count();
    expect(await dotted()).toBe(4);
    await page.locator("#step").press("ArrowRight");
    await expect.poll(dotted).toBe(0);
    await context.close();
  });

  it("is legible in the dark: its lines have the colours for it", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction(() => document.querySelectorAll(".chart svg").length > 0);
    const strokes = await page.evaluate(() =>
      [...document.querySelectorAll("#chart-activation-gradients path")].map((path) =>
        path.getAttribute("stroke")?.toUpperCase(),
      ),
    );
    expect(strokes).toContain("#FF8A3D");
    expect(strokes).not.toContain("#D55E00");
    await context.close();
  });

  it("hides a network in every figure by its name in one legend", async () => {
    const { page, context } = await show(768);
    const name = "plain, batch norm";
    await page.locator("#legend-weight-gradients button", { hasText: name }).press("Enter");
    const pressed = await page.evaluate(
      (text) =>
        [...document.querySelectorAll(".legend button")]
          .filter((button) => button.textContent === text)
          .map((button) => button.getAttribute("aria-pressed")),
      name,
    );
    expect(pressed.length).toBeGreaterThan(3);
    expect(new Set(pressed)).toEqual(new Set(["false"]));
    await context.close();
  });

  it("names the network, step and layer where numbers are not finite, and shows them as NaN", async () => {
    const { page, context } = await show(768);
    const warning = await page.locator(".warning").textContent();
    expect(warning).toContain(
      "Depth 20, plain, no normalisation, seed 0: from step 5 on, first in the loss, numbers are not",
    );
    await page.locator("#loss details.tables summary").click();
    await expect.poll(() => page.locator("#tables-loss").textContent()).toContain("NaN");
    await context.close();
  });
});
