/** Opens examples/browser in a headless Chromium that has the page, its script and no network, and waits until it has trained. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGUMENTS } from "../browser/chromium.js";

const MINUTES = 3;
const ORIGIN = "http://localhost"; // nobody listens there

/** Trains in the page, with the built package.
 * @returns the lines that it shows
 * @throws Error if the page has an error, asks for anything else than its two files, or takes over three minutes */
export async function trainInPage(root: string, executablePath: string): Promise<string> {
  const script = await bundle(root);
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGUMENTS] });
  try {
    const page = await browser.newPage();
    const wrong = new Promise<never>((_, reject) => {
      page.on("pageerror", reject);
      void serve(page, root, script, (url) => reject(new Error(`the page asked for ${url}`)));
    });
    await Promise.race([wrong, trained(page)]);
    return (await page.locator("#log").textContent()) ?? "";
  } finally {
    await browser.close();
  }
}

/** Opens the page, and waits for what it offers at its end. */
async function trained(page: Page): Promise<void> {
  await page.goto(ORIGIN);
  await page.getByRole("link", { name: "Keep the weights" }).waitFor({ timeout: MINUTES * 60_000 });
}

/** Answers every request of a page. */
async function serve(page: Page, root: string, script: string, refuse: (url: string) => void): Promise<void> {
  const html = readFileSync(join(root, "examples", "browser", "index.html"), "utf8");
  await page.route("**", async (route) => {
    const url = route.request().url();
    if (url === `${ORIGIN}/`) return route.fulfill({ contentType: "text/html", body: html });
    if (url === `${ORIGIN}/train.js`) return route.fulfill({ contentType: "text/javascript", body: script });
    refuse(url);
    return route.abort();
  });
}

async function bundle(root: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "examples", "browser", "train.ts")],
    tsconfig: join(root, "tsconfig.build.json"), // which maps no names to the source
    bundle: true,
    format: "esm",
    write: false,
  });
  return (outputFiles[0] as (typeof outputFiles)[number]).text;
}
