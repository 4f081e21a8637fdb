/** Tests of the zoo's page in a browser, on a phone and on a desk. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zooHtml } from "../../../src/experiments/zoo/page.js";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../browser/chromium.js";
import { record, row, run } from "./made-up-record.js";

const executablePath = findChromium();
if (executablePath === undefined) console.warn("skipped: the tests of the zoo's page, as there is no Chromium here");

describe.skipIf(executablePath === undefined)("the zoo's page", () => {
  let browser: Browser;
  let folder = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "livegrad-zoo-page-"));
    const nets = Array.from({ length: 20 }, (_, i) =>
      row(`Inception-ResNet-v${i}`, {
        family: `family ${i % 9}`,
        macs: (i + 1) * 3e8,
        runs: [run(1, 9 + i), run(16, 99 + i)],
      }),
    );
    const echartsSource = readFileSync(createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js"), "utf8");
    writeFileSync(join(folder, "report.html"), zooHtml(record(...nets), { echartsSource }));
    browser = await chromium.launch({ executablePath: executablePath as string, args: [...CHROMIUM_ARGUMENTS] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([390, 1280])("fits into %i pixels, its plots too, and none has to be scrolled", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 844 } });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    const widths = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      plots: [...document.querySelectorAll("figure canvas")].map((one) => Math.ceil(one.getBoundingClientRect().right)),
    }));
    expect(widths.page).toBeLessThanOrEqual(width);
    expect(widths.plots).toHaveLength(7);
    expect(Math.max(...widths.plots)).toBeLessThanOrEqual(width);
    await page.close();
  });

  it("lays the bars on a phone, a row a net, and stands them up again on a desk", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    const height = () => page.locator("#chart-accuracy").evaluate((one) => one.getBoundingClientRect().height);
    expect(await height()).toBe(70 + 20 * 20);
    await page.setViewportSize({ width: 1280, height: 844 });
    expect(await height()).toBe(560);
    await page.close();
  });
});
