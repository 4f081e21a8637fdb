/** Tests of the livegrad command as its user runs it: files, words, exit statuses, interrupts. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTrace } from "../../src/experiments/report/files.js";
import { deviceNames, type GradientFlowTrace } from "../../src/index.js";
import { build, type CommandOptions, type Finished, livegrad } from "./command.js";

let folder = "";

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), "livegrad-cli-"));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const tiny = ["gradient-flow", "--depth", "8", "--width", "2", "--batch", "2", "--seeds", "1"];
const single = ["--shortcut", "identity", "--norm", "batch"];
let runs = 0;

interface Experiment extends Finished {
  readonly out: string;
  readonly trace: GradientFlowTrace;
}

/** Runs a gradient-flow command into a folder of its own and reads its trace. */
async function experiment(args: readonly string[], options: CommandOptions = {}): Promise<Experiment> {
  const out = join(folder, `run-${runs++}`, "report");
  const finished = await livegrad([...args, "--out", out], options);
  expect(finished.stderr).toBe("");
  return { ...finished, out, trace: parseTrace(await readFile(join(out, "trace.json"), "utf8")) };
}

describe("livegrad gradient-flow", () => {
  it("writes the report, its figures, the table and the trace, and ends with the answer in words", async () => {
    const { status, stdout, out, trace } = await experiment(tiny);
    expect(status).toBe(0);
    expect((await readdir(out)).sort()).toEqual([
      "activation-gradients.svg",
      "forward-signal.svg",
      "manifest.json",
      "report.html",
      "residual-paths.svg",
      "trace.csv",
      "trace.json",
      "weight-gradients.svg",
    ]);
    expect(trace).toMatchObject({ device: "webasm", complete: true, batch: 2, seed: 0, data: "drawn images" });
    expect(trace.provenance).toContain("WebAssembly");
    expect(trace.runs.map(({ cifar }) => `${cifar?.norm} ${cifar?.shortcut}`)).toEqual([
      "none none",
      "none identity",
      "batch none",
      "batch identity",
    ]);
    expect((await readFile(join(out, "trace.csv"), "utf8")).trimEnd().split("\r\n")).toHaveLength(1 + 4 * 5);
    expect(await readFile(join(out, "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
    expect(await readFile(join(out, "activation-gradients.svg"), "utf8")).toMatch(/^<svg/);
    expect(stdout).toContain("4 networks at initialisation: width 2, batch 2, images: drawn images, device webasm");
    expect(stdout).toContain("100 %");
    expect(stdout).toMatch(/│\s+8 │ identity │ batch │/);
    expect(stdout).toContain("At depth 8 without normalisation, in the plain net the gradient");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(
      `Written: ${["trace.json", "trace.csv", "activation-gradients.svg", "weight-gradients.svg", "forward-signal.svg", "residual-paths.svg", "report.html", "manifest.json"].map((file) => join(out, file)).join(", ")}`,
    );
  });

  it("draws the training too when there are steps", async () => {
    const { status, stdout, out, trace } = await experiment([...tiny, ...single, "--steps", "3", "--lr", "0.01"]);
    expect(status).toBe(0);
    const files = await readdir(out);
    expect(files).toContain("gradients-over-training.svg");
    expect(files).toContain("loss.svg");
    expect(trace.runs.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    expect(stdout).toContain("At initialisation:");
    expect(stdout).toContain("After training:");
    expect(stdout).toMatch(
      /depth 8, shortcut identity, norm batch, xavier, seed 0: loss \d\.\d{3} at step 0, \d+\.\d{3} at step 3/,
    );
  });

  it("gives the same runs with one job as with two, and those that the options ask for", async () => {
    const options = ["--seeds", "2", "--seed", "7", "--init", "kaiming", "--shortcut", "none,B", "--norm", "batch"];
    const args = [...tiny, ...options];
    const [one, two] = [await experiment([...args, "--jobs", "1"]), await experiment([...args, "--jobs", "2"])];
    expect(two.trace).toEqual(one.trace);
    expect(one.stdout).toContain("1 at a time");
    expect(two.stdout).toContain("2 at a time");
    expect(one.trace.runs.map(({ seed, depth, cifar }) => [seed, depth, cifar?.shortcut].join())).toEqual([
      "7,8,none",
      "7,8,B",
      "8,8,none",
      "8,8,B",
    ]);
    for (const { cifar } of one.trace.runs) expect(cifar).toMatchObject({ init: "kaiming", norm: "batch", width: 2 });
  });

  it("runs on the device of --device, or else of LIVEGRAD_DEVICE", async () => {
    const args = [...tiny, ...single];
    const env = { LIVEGRAD_DEVICE: "reference" };
    const [byName, byVariable] = [
      await experiment([...args, "--device", "cpu"], { env }),
      await experiment(args, { env }),
    ];
    expect(byName.trace).toMatchObject({ device: "cpu", provenance: expect.stringContaining("CPUKernel") });
    expect(byVariable.trace).toMatchObject({ device: "reference", provenance: expect.stringContaining("float64") });
  });

  it("reads CIFAR-10 from a folder", async () => {
    const data = join(folder, "cifar");
    await mkdir(data, { recursive: true });
    await writeFile(
      join(data, "data_batch_1.bin"),
      Uint8Array.from({ length: 5 * 3073 }, (_, i) => (i % 3073 === 0 ? 1 : i % 251)),
    );
    const { trace, stdout } = await experiment([...tiny, ...single, "--data", data]);
    expect(trace.data).toBe("CIFAR-10 train");
    expect(stdout).toContain("images: CIFAR-10 train");
    const tooMany = await livegrad([...tiny, "--batch", "6", "--data", data, "--out", join(folder, "none")]);
    expect(tooMany.stderr).toBe(
      "livegrad: gradientFlow: batch must be at most the 5 images of CIFAR-10 train, got 6\n",
    );
    expect(tooMany.status).toBe(2);
  });
});

describe("a mistake", () => {
  const inTheWay = () => join(folder, "in-the-way");
  const cut = () => join(folder, "cut");

  beforeAll(async () => {
    await writeFile(inTheWay(), "a file");
    await mkdir(cut());
    await writeFile(join(cut(), "data_batch_1.bin"), new Uint8Array(3073 + 17));
  });

  const cases: [name: string, args: () => readonly string[], says: string][] = [
    ["a wrong depth", () => [...tiny, "--depth", "21"], "depth must be 6n + 2"],
    ["no depth", () => [...tiny, "--depth", ","], "depth must be a list of at least one"],
    [
      "an unknown option",
      () => [...tiny, "--widht", "2"],
      "unknown option '--widht' (Did you mean --width?); see livegrad --help",
    ],
    ["an unknown command", () => ["gradientflow"], "unknown command 'gradientflow'"],
    ["an argument too many", () => ["devices", "all"], "too many arguments"],
    ["what is no number", () => [...tiny, "--width", "wide"], `"wide" is not a number; see livegrad --help`],
    ["a number out of range", () => [...tiny, "--batch", "1"], "batch must be an integer of at least 2, got 1"],
    ["a list with what is no number", () => [...tiny, "--depth", "8,x"], `"x" is not a number`],
    ["a missing value", () => ["gradient-flow", "--seeds"], "argument missing"],
    ["a batch beyond reason", () => [...tiny, "--batch", "1e9"], "of memory, and there are"],
    ["seeds beyond reason", () => [...tiny, "--seeds", "1e9"], "the records of 4000000000 networks take most of it"],
    ["a width beyond reason", () => [...tiny, "--width", "1e6"], "the networks at work take most of it; lower width"],
    ["no job", () => [...tiny, "--jobs", "0"], "jobs must be an integer of at least 1, got 0"],
    ["half a job", () => [...tiny, "--jobs", "1.5"], "jobs must be an integer of at least 1, got 1.5"],
    [
      "an unknown shortcut",
      () => [...tiny, "--shortcut", "skip"],
      "shortcut must be one of none, identity, A, B, C, got skip",
    ],
    ["an unknown device", () => [...tiny, "--device", "gpu"], `there is no device "gpu"; devices are simd, webasm,`],
    ["a device that is not here", () => [...tiny, "--device", "webgl2"], "WebGL 2 needs a browser"],
    ["a file in the folder's place", () => [...tiny, "--out", inTheWay()], "it is a file, not a folder"],
    ["a file on the folder's path", () => [...tiny, "--out", join(inTheWay(), "sub")], "a part of the path is a file"],
    ["a folder that is not there", () => [...tiny, "--data", join(folder, "nowhere")], "cannot read the folder"],
    ["a folder without CIFAR-10", () => [...tiny, "--data", folder], "does not hold any of data_batch_1.bin"],
    ["a truncated file", () => [...tiny, "--data", cut()], "its 3090 bytes are 1 whole record and 17 bytes more"],
  ];
  if (existsSync("/proc/self"))
    cases.push(["a folder that cannot be made", () => [...tiny, "--out", "/proc/x"], "cannot write /proc/x"]);

  it.concurrent.each(cases)("takes one line and exit status 2, before any work: %s", async (_name, args, says) => {
    const given = args();
    const out = given[0] === "gradient-flow" && !given.includes("--out") ? ["--out", join(folder, "unused")] : [];
    const { status, stdout, stderr } = await livegrad([given[0] ?? "", ...out, ...given.slice(1)]);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^livegrad: [^\n]+\n$/);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  it("in LIVEGRAD_DEVICE is one too", async () => {
    const { status, stdout, stderr } = await livegrad([...tiny, "--out", join(folder, "unused")], {
      env: { LIVEGRAD_DEVICE: "fast" },
    });
    expect(stderr).toMatch(/^livegrad: device: there is no device "fast"; [^\n]+\n$/);
    expect([status, stdout]).toEqual([2, ""]);
  });

  it("leaves no folder behind", () => {
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });

  it("that names no command shows the help", async () => {
    const { status, stderr } = await livegrad([]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Usage: livegrad/);
    expect(stderr).not.toContain("outputHelp");
  });
});

describe("a terminal that goes away", () => {
  const args = [...tiny, ...single];
  const env = { LIVEGRAD_DEVICE: "simd" };

  it("as head does leaves the results, and is no error", async () => {
    const { status, stdout, trace } = await experiment(args, { env, hangUpAt: /network at/ });
    expect([status, trace.complete]).toEqual([0, true]);
    expect(stdout).not.toContain("Written");
  });

  it.skipIf(!existsSync("/dev/full"))("as a full disk leaves the results, and one line and exit status 1", async () => {
    const out = join(folder, "full");
    const { status, stderr } = await livegrad([...args, "--out", out], { env, stdoutTo: "/dev/full" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^livegrad: some of the output could not be printed \(ENOSPC[^\n]*\n$/);
    expect(parseTrace(await readFile(join(out, "trace.json"), "utf8")).complete).toBe(true);
  });
});

describe("a folder", () => {
  const args = [...tiny, ...single];
  const env = { LIVEGRAD_DEVICE: "simd" };

  it("with no room left takes one line, after the summary, and keeps what is there", async () => {
    const out = join(folder, "no-room");
    await livegrad([...args, "--out", out], { env });
    const before = await readFile(join(out, "report.html"), "utf8");
    const { status, stdout, stderr } = await livegrad([...args, "--seed", "5", "--out", out], { env, fileLimit: 64 });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^livegrad: gradient-flow: cannot write [^\n]*report\.html: [^\n]+\n$/);
    expect(stdout).toMatch(/│\s+8 │ identity │ batch │/);
    expect(await readFile(join(out, "report.html"), "utf8")).toBe(before);
    expect((await readdir(out)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("that another run has takes one line and exit status 2", async () => {
    const out = join(folder, "taken");
    await mkdir(out);
    await writeFile(join(out, ".livegrad-lock"), JSON.stringify({ process: process.pid, host: hostname() }));
    const { status, stdout, stderr } = await livegrad([...args, "--out", out]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^livegrad: gradient-flow: another run \(process \d+ on [^\n]*\n$/);
  });
});

describe("LIVEGRAD_THREADS", () => {
  it("is what each network has, and as many networks run as leave processors for them", async () => {
    const env = { LIVEGRAD_DEVICE: "simd", LIVEGRAD_THREADS: "3" };
    const { stdout, trace } = await experiment([...tiny, ...single, "--jobs", "1"], { env });
    expect(stdout).toContain("1 at a time, 3 threads each");
    expect(trace.provenance).toContain("3 threads");
    const wrong = await livegrad([...tiny, "--out", join(folder, "unused")], {
      env: { ...env, LIVEGRAD_THREADS: "x" },
    });
    expect(wrong.stderr).toMatch(/^livegrad: LIVEGRAD_THREADS: it must be a whole number [^\n]+\n$/);
    expect(wrong.status).toBe(2);
  });
});

describe("an interrupt", () => {
  const long = ["gradient-flow", "--depth", "56", "--width", "4", "--batch", "16", "--seeds", "3", "--jobs", "1"];

  it("ends the work soon, with what was computed and exit status 130", async () => {
    const { status, stdout, out, trace, afterInterrupt } = await experiment(long, { interruptAt: /\d+ % \|/ });
    expect(status).toBe(130);
    expect(afterInterrupt).toBeLessThan(8000);
    expect(trace.complete).toBe(false);
    expect(trace.provenance).toContain("WebAssembly");
    expect(trace.runs.length).toBeGreaterThanOrEqual(1);
    expect(trace.runs.length).toBeLessThan(12);
    expect(trace.runs[0]).toMatchObject({ depth: 56, seed: 0 });
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("</html>");
    expect(stdout).toContain("Interrupted: this is what was computed until then.");
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s keeps what was computed, with exit status %i", async (signal, expected) => {
    const options = { signal, interruptAt: /\d+ % \|/, env: { LIVEGRAD_DEVICE: "simd" } };
    const { status, trace } = await experiment([...long, "--width", "2"], options);
    expect([status, trace.complete]).toEqual([expected, false]);
    expect(trace.runs.length).toBeGreaterThanOrEqual(1);
  });

  it("while the report is written lets it be written", async () => {
    const options = { interruptAt: /In |At depth/, env: { LIVEGRAD_DEVICE: "simd" } };
    const { status, out } = await experiment([...tiny, ...single], options);
    expect(status).toBe(130);
    expect(await readdir(out)).toContain("manifest.json");
  });

  it("before the first network is done says so, and writes nothing", async () => {
    const out = join(folder, "interrupted");
    const { status, stdout, stderr } = await livegrad([...long, "--batch", "64", "--out", out], {
      interruptAt: /networks at/,
    });
    expect(status).toBe(130);
    expect(stdout).toContain("interrupted before the first network was done; nothing was written");
    expect(stderr).toBe("");
    expect(existsSync(join(out, "trace.json"))).toBe(false);
  });
});

describe("livegrad devices", () => {
  it("lists what works here, with provenance and figure, and what does not, with the reason", async () => {
    const { status, stdout, stderr } = await livegrad(["devices"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/│ webasm\s+│\s*\d+\.\d\d GFLOP\/s\s*│ gpu\.js WebAssemblyKernel/);
    expect(stdout).toMatch(/│ reference\s+│/);
    expect(stdout).toContain("default here: webasm");
    expect(stdout).toMatch(/not here:\n(.*\n)* {2}webgl2: .*browser/);
  });
});

describe("livegrad --help and --version", () => {
  it("print and end with status 0", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await livegrad(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
    const help = await livegrad(["--help"]);
    expect(help).toMatchObject({ status: 0, stderr: "" });
    expect(help.stdout).toMatch(/gradient-flow[\s\S]+devices/);
    const flags = await livegrad(["gradient-flow", "--help"]);
    expect(flags.stdout.replaceAll(/\s+/g, " ")).toContain(`--device <name> ${deviceNames.join(", ")}`);
    expect(flags).toMatchObject({ status: 0, stderr: "" });
    for (const flag of [
      "--depth",
      "--shortcut",
      "--norm",
      "--init",
      "--width",
      "--batch",
      "--seeds",
      "--seed",
      "--steps",
      "--lr",
      "--data",
      "--device",
      "--jobs",
      "--out",
    ]) {
      expect(flags.stdout).toContain(`${flag} <`);
    }
  });
});
