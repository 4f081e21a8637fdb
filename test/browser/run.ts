/** `tsx test/browser/run.ts FILE... --device NAME...`: runs conformance files on the devices of a real browser. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import type { DeviceName } from "../../src/index.js";
import { dataBeside } from "../conformance/data-folder.js";
import type { Page as LivegradPage } from "./page.js";

/** The page's global scope. */
interface PageScope {
  readonly livegradPage: LivegradPage;
}

const usage = "usage: tsx test/browser/run.ts FILE... [--device NAME]... [--minify] [--hardware] [--require]";

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", multiple: true, default: ["webgl2", "webgl", "webgpu"] },
    minify: { type: "boolean", default: false },
    hardware: { type: "boolean", default: false },
    require: { type: "boolean", default: false },
    steps: { type: "string", default: "50" },
  },
});
if (files.length === 0) {
  console.error(usage);
  process.exit(2);
}

const executablePath = findChromium();
if (executablePath === undefined) {
  const message = "no Chromium found: install one (Debian: chromium) or name it in CHROMIUM_PATH";
  console.log(values.require ? message : `skipped: ${message}`);
  process.exitCode = values.require ? 1 : 0;
} else {
  process.exitCode = (await runAll(executablePath)) > 0 ? 1 : 0;
}

/** Serves the page, runs every device in a page of its own, and returns the number of failures. */
async function runAll(executable: string): Promise<number> {
  const server = await serve(await bundle());
  const browser = await launch(executable);
  let failures = 0;
  try {
    const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
    await describe(browser, address);
    for (const device of values.device) failures += await runDevice(browser, address, device as DeviceName);
  } finally {
    await browser.close();
    server.close();
  }
  return failures;
}

/** Prints which device is chosen and what every device is. */
async function describe(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(address);
  const choice = await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.choice());
  console.log(`without setDevice: ${choice.name}, chosen in ${choice.milliseconds.toFixed(0)} ms`);
  const reports = await page.evaluate(() => (globalThis as unknown as PageScope).livegradPage.devices());
  for (const report of reports) {
    if (report.available)
      console.log(`  ${report.name}: ${report.measured.gflops.toFixed(2)} GFLOP/s, ${report.provenance}`);
    else console.log(`  ${report.name}: not here: ${report.reason}`);
  }
  await page.close();
}

/** Runs the files and the training loop on one device; prints what failed. */
async function runDevice(browser: Browser, address: string, device: DeviceName): Promise<number> {
  const page = await browser.newPage();
  const logged = new Set<string>();
  page.on("console", (message) => {
    const notable = message.type() === "error" || message.type() === "warning";
    if (notable && !message.text().includes("GPU stall due to ReadPixels")) logged.add(message.text());
  });
  page.on("pageerror", (error) => logged.add(error.message));
  await page.goto(address);
  let failures = await runSteps(page, device);
  for (const [i] of files.entries()) {
    const { lines, failed } = await page.evaluate(
      ({ url, device }) => (globalThis as unknown as PageScope).livegradPage.conformance(url, device),
      { url: `/cases/${i}`, device },
    );
    failures += failed;
    for (const line of lines) console.log(line);
  }
  const specials = await page.evaluate(
    (device) => (globalThis as unknown as PageScope).livegradPage.specialValues(device),
    device,
  );
  failures += specials.length;
  for (const line of specials) console.log(`FAILED special values on ${device}: ${line}`);
  const indices = await page.evaluate(
    (device) => (globalThis as unknown as PageScope).livegradPage.lateIndices(device),
    device,
  );
  failures += indices.length;
  for (const line of indices) console.log(`FAILED indices on ${device}: ${line}`);
  for (const text of [...logged].slice(0, 10)) console.log(`${device}: the browser says: ${text.slice(0, 600)}`);
  await page.close();
  return failures;
}

/** Trains on one device in a page where nothing ran before; the counts of what is alive must not grow. */
async function runSteps(page: Page, device: DeviceName): Promise<number> {
  let failures = 0;
  const course = await page.evaluate(
    ({ device, count }) => (globalThis as unknown as PageScope).livegradPage.steps(device, count),
    { device, count: Number(values.steps) },
  );
  if (!isSteady(course.buffers) || !isSteady(course.handles)) {
    failures++;
    console.log(
      `FAILED training steps on ${device}: buffers ${course.buffers.join()}; textures ${course.handles.join()}`,
    );
  }
  console.log(
    `${device}: ${course.losses.length} training steps on ${course.provenance}: loss ${course.losses[0]?.toFixed(4)} to ` +
      `${course.losses.at(-1)?.toFixed(4)}; alive at the end: ${course.buffers.at(-1)} buffers, ${course.handles.at(-1)} textures`,
  );
  return failures;
}

/** Whether the count stays the same once every kernel has run. */
function isSteady(counts: readonly number[]): boolean {
  return counts.slice(2).every((n) => n === counts.at(-1));
}

async function bundle(): Promise<string> {
  const { outputFiles, warnings } = await build({
    entryPoints: [new URL("page.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: values.minify,
    write: false,
  });
  if (warnings.length > 0) throw new Error(`the bundle has warnings: ${warnings.map((w) => w.text).join("; ")}`);
  return (outputFiles[0] as (typeof outputFiles)[number]).text;
}

async function serve(script: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const send = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { "content-type": type }).end(body);
    const place = /^\/cases\/(\d+)$/.exec(url)?.[1];
    const file = place === undefined ? undefined : files[Number(place)];
    if (url === "/page.js") send("text/javascript; charset=utf-8", script);
    else if (file !== undefined) send("application/json", readFileSync(file, "utf8"));
    else if (url.startsWith("/data/"))
      void dataBeside(files[0] as string)(url.slice("/data/".length)).then(
        (bytes) => send("application/octet-stream", bytes),
        () => response.writeHead(404).end(),
      );
    else if (url === "/")
      send("text/html", '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}

async function launch(executable: string): Promise<Browser> {
  const software = ["--use-webgpu-adapter=swiftshader"];
  return chromium.launch({
    executablePath: executable,
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-unsafe-webgpu",
      ...(values.hardware ? [] : software),
    ],
  });
}

function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    chromium.executablePath(),
  ].find((path) => existsSync(path));
}
