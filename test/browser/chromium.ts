/** A headless Chromium that shows the test page: finding it, starting it, and serving the page with its files. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { dataBeside } from "../conformance/data-folder.js";
import type { Page as LivegradPage } from "./page.js";

/** The page's global scope. */
export interface PageScope {
  readonly livegradPage: LivegradPage;
}

/** What to start, and with what. */
export interface BrowserOptions {
  /** Conformance files, which the page finds as `/cases/0`, `/cases/1`… */
  readonly files?: readonly string[];
  readonly minify?: boolean;
  /** The machine's own WebGPU adapter instead of the software one. */
  readonly hardware?: boolean;
}

/** How a page is served. */
export interface PageOptions {
  /** Cross-origin isolated: it can share memory with workers. */
  readonly isolated?: boolean;
  /** Its content security policy; none by default. */
  readonly policy?: string;
  /** Without gpu.js, and with nothing but `withoutCode`. */
  readonly lean?: boolean;
}

/** A browser and the server of its page. */
export interface TestBrowser {
  readonly version: string;
  /** A page in which nothing ran before. */
  open(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the browser at `executable`. */
export async function startBrowser(executable: string, options: BrowserOptions = {}): Promise<TestBrowser> {
  const { files = [], minify = false, hardware = false } = options;
  const scripts = {
    "/page.js": await bundle("page.ts", minify),
    "/lean-page.js": await bundle("lean-page.ts", minify),
  };
  const server = await serve(scripts, files);
  const browser = await launch(executable, hardware);
  const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return {
    version: browser.version(),
    open: async ({ isolated = false, policy = "", lean = false } = {}) => {
      const page = await browser.newPage();
      const words = { policy, ...(isolated ? { isolated: "" } : {}), ...(lean ? { lean: "" } : {}) };
      await page.goto(`${address}?${new URLSearchParams(words)}`);
      return page;
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

async function bundle(page: string, minify: boolean): Promise<string> {
  const { outputFiles, warnings } = await build({
    entryPoints: [new URL(page, import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify,
    write: false,
  });
  if (warnings.length > 0) throw new Error(`the bundle has warnings: ${warnings.map((w) => w.text).join("; ")}`);
  return (outputFiles[0] as (typeof outputFiles)[number]).text;
}

const html = (script: string) =>
  `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${script}"></script>`;

/** What a page is sent with to be cross-origin isolated. */
const isolating = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
} as const;

/** The headers that a page asks for in its address. */
function headersOf(asked: URLSearchParams): Record<string, string> {
  const policy = asked.get("policy") ?? "";
  return {
    "content-type": "text/html",
    ...(policy === "" ? {} : { "content-security-policy": policy }),
    ...(asked.has("isolated") ? isolating : {}),
  };
}

async function serve(scripts: Readonly<Record<string, string>>, files: readonly string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname: url, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const script = scripts[url];
    const send = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { "content-type": type }).end(body);
    const place = /^\/cases\/(\d+)$/.exec(url)?.[1];
    const file = place === undefined ? undefined : files[Number(place)];
    if (script !== undefined) send("text/javascript; charset=utf-8", script);
    else if (file !== undefined) send("application/json", readFileSync(file, "utf8"));
    else if (url.startsWith("/data/"))
      void dataBeside(files[0] as string)(url.slice("/data/".length)).then(
        (bytes) => send("application/octet-stream", bytes),
        () => response.writeHead(404).end(),
      );
    else if (url === "/")
      response.writeHead(200, headersOf(searchParams)).end(html(searchParams.has("lean") ? "lean-page.js" : "page.js"));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}

/** What every test starts it with. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];

async function launch(executable: string, hardware: boolean): Promise<Browser> {
  const software = ["--use-webgpu-adapter=swiftshader"];
  return chromium.launch({
    executablePath: executable,
    args: [
      ...CHROMIUM_ARGUMENTS,
      "--disable-component-update",
      "--disable-sync",
      "--enable-unsafe-webgpu",
      ...(hardware ? [] : software),
    ],
  });
}

/** The path of a Chromium that is installed. */
export function findChromium(): string | undefined {
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
