/** Tests of what a gradient-flow trace is turned into: summary, words, figures, page and files. */

import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/errors.js";
import type { CifarConfiguration, GradientFlowTrace, RunRecord } from "../../../src/experiments/records.js";
import { answerInWords } from "../../../src/experiments/report/answer.js";
import { divergencesOf, missingInWords } from "../../../src/experiments/report/divergence.js";
import { figuresOf, renderSvg } from "../../../src/experiments/report/figures.js";
import { parseTrace, traceCsv, traceJson } from "../../../src/experiments/report/files.js";
import { reportHtml } from "../../../src/experiments/report/html.js";
import type { Figure } from "../../../src/experiments/report/panels.js";
import { summarize } from "../../../src/experiments/report/summary.js";
import { verdictOf } from "../../../src/experiments/report/verdict.js";
import type { LayerRecord } from "../../../src/trace/records.js";
import { FOUR, type MadeUp, madeUpTrace } from "./made-up-trace.js";

/** A trace with one activation gradient norm replaced, by seed and layer. */
function withNorm(trace: GradientFlowTrace, seed: number, layer: number, norm: number): GradientFlowTrace {
  const runs = trace.runs.map((run) => {
    if (run.seed !== seed) return run;
    const layers = run.layers.map((one, index) => (index === layer ? { ...one, activationGradNorm: norm } : one));
    return { ...run, layers };
  });
  return { ...trace, runs };
}

/** A run of a CIFAR net that is made otherwise. */
function remade(run: RunRecord, change: Partial<CifarConfiguration>): RunRecord {
  const cifar = { ...(run.cifar as CifarConfiguration), ...change };
  return { ...run, model: `${run.model} ${JSON.stringify(change)}`, cifar };
}

/** The data of a figure's series. */
function seriesOf(figure: Figure | undefined): Series[] {
  return (figure?.option["series"] ?? []) as Series[];
}

interface Series {
  readonly name: string;
  readonly color: string;
  readonly symbol: string;
  readonly data: readonly (readonly [x: number, y: number | null])[];
}

/** Relative luminance of a colour `#rrggbb`, as WCAG 2 defines it. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const PLAIN: MadeUp = { shortcut: "none", factor: 0.5, last: 0.25, depth: 20 };

describe("summarize", () => {
  it("finds the factor per weighted layer that the trace was made with", () => {
    const [one] = summarize(madeUpTrace([PLAIN]));
    expect(one?.layersBetween).toBe(18);
    expect(one?.factorPerLayer).toBeCloseTo(0.5, 12);
    expect(one?.ratio.mean).toBeCloseTo(2 ** -18, 12);
    expect(one?.lastBlock.mean).toBeCloseTo(0.25, 12);
    expect(one?.lastBlockName).toBe("layer3.2");
    expect(one?.firstLayerName).toBe("stem");
  });

  it("takes the geometric mean and standard deviation over the seeds", () => {
    const [one] = summarize(madeUpTrace([PLAIN]));
    expect(one?.seeds).toBe(3);
    expect(one?.firstLayer.mean).toBeCloseTo(0.25 * 2 ** -18, 12);
    expect(one?.firstLayer.factor).toBeCloseTo(1.5 ** Math.sqrt(2 / 3), 9);
    expect((one?.firstLayer.max ?? 0) / (one?.firstLayer.min ?? 1)).toBeCloseTo(2.25, 9);
    expect(one?.ratio.factor).toBeCloseTo(1, 9);
  });

  it("gives the four networks of depth 56 their verdicts", () => {
    const verdicts = summarize(madeUpTrace(FOUR)).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(["vanishes", "lives", "explodes", "grows"]);
  });

  it("does not underflow in the mean of norms near the smallest float64", () => {
    const [one] = summarize(madeUpTrace([{ ...PLAIN, last: 1e-290, seeds: [0, 1, 2, 3, 4] }]));
    expect(one?.lastBlock.mean ?? 0).toBeGreaterThan(0.999e-290);
    expect(one?.factorPerLayer).toBeCloseTo(0.5, 9);
  });

  it("says of a plain net that fades at which depth its factor would carry it over the threshold", () => {
    const [plain, identity] = summarize(
      madeUpTrace([
        { shortcut: "none", factor: 0.75, depth: 20 },
        { shortcut: "identity", factor: 0.75, depth: 20 },
      ]),
    );
    expect(plain?.verdict).toBe("fades");
    expect(plain?.turnsAtDepth).toBe(Math.ceil(Math.log(1e-3) / Math.log(0.75)) + 2);
    expect(identity?.turnsAtDepth).toBeNull();
  });

  it("calls an exact zero vanished and counts it, whatever the other seeds say", () => {
    const [one] = summarize(withNorm(madeUpTrace([{ ...PLAIN, factor: 1 }]), 1, 0, 0));
    expect(one).toMatchObject({ verdict: "vanishes", underflowed: 1, overflowed: 0, agreeing: 1, factorPerLayer: 0 });
    expect(one?.firstLayer).toMatchObject({ mean: 0, factor: null, min: 0 });
  });

  it("calls an infinite norm exploded", () => {
    const [one] = summarize(withNorm(madeUpTrace([PLAIN]), 2, 0, Number.POSITIVE_INFINITY));
    expect(one).toMatchObject({ verdict: "explodes", overflowed: 1, notANumber: 0, agreeing: 1 });
    expect(one?.firstLayer.mean).toBe(Number.POSITIVE_INFINITY);
  });

  it("calls a norm that is NaN diverged, and shows it as NaN", () => {
    const trace = withNorm(withNorm(madeUpTrace([PLAIN]), 2, 0, Number.NaN), 1, 0, Number.POSITIVE_INFINITY);
    const [one] = summarize(trace);
    expect(one).toMatchObject({ verdict: "diverged", overflowed: 1, notANumber: 1, agreeing: 1 });
    expect([one?.firstLayer.mean, one?.ratio.mean, one?.factorPerLayer]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("says that a gradient fades that shrinks 825-fold over 18 layers", () => {
    const [one] = summarize(madeUpTrace([{ shortcut: "none", depth: 20, factor: 825 ** (-1 / 18) }]));
    expect(one?.verdict).toBe("fades");
    expect(answerInWords([one as never])[0]).toContain("the gradient fades: it falls from 5.0e-2");
  });

  it("has the factor a layer of each seed, and beside it what theory says at initialisation", () => {
    const trace = madeUpTrace([
      { ...PLAIN, norm: "none", steps: [0, 5] },
      { ...PLAIN, norm: "batch" },
      { ...PLAIN, shortcut: "identity" },
    ]);
    const [plain, normed, residual] = summarize(withNorm(trace, 2, 0, 0.25));
    expect(plain?.factor).toMatchObject({ min: expect.closeTo(0.5, 9), max: expect.closeTo((1 / 1.5) ** (1 / 18), 9) });
    expect(plain?.theory?.factorPerLayer).toBeCloseTo(Math.SQRT1_2, 12);
    expect(normed?.theory?.factorPerLayer).toBeCloseTo(1.2112, 4);
    expect(residual?.theory).toBeNull();
    expect(summarize(trace, { step: 5 })[0]?.theory).toBeNull();
    const kaiming = trace.runs.map((run) => remade(run, { init: "kaiming" }));
    expect(summarize({ ...trace, runs: kaiming })[0]?.theory?.factorPerLayer).toBe(1);
  });

  it("takes the first recorded step, or the last that every seed has reached", () => {
    const trace = madeUpTrace([{ ...PLAIN, steps: [0, 10, 20] }]);
    const cut = { ...trace, runs: trace.runs.filter(({ seed, step }) => seed === 0 || step < 20) };
    expect(summarize(cut)[0]?.step).toBe(0);
    expect(summarize(cut, { step: "last" })[0]).toMatchObject({ step: 10, seeds: 3 });
    expect(summarize(cut, { step: 20 })[0]).toMatchObject({ step: 20, seeds: 1 });
    expect(summarize(cut, { step: 11 })).toEqual([]);
  });

  it("keeps initialisations and widths apart", () => {
    const trace = madeUpTrace([PLAIN]);
    const wider = trace.runs.map((run) => remade(run, { width: 16 }));
    const labels = summarize({ ...trace, runs: [...trace.runs, ...wider] }).map(({ label }) => label);
    expect(labels).toEqual(["plain, no normalisation, width 4", "plain, no normalisation, width 16"]);
  });
});

describe("verdictOf", () => {
  it.each([
    [0, 0, "vanishes"],
    [0.99e-3, 0.95, "vanishes"],
    [1e-3, 0.95, "fades"],
    [0.99 / 30, 0.95, "fades"],
    [1 / 30, 0.95, "lives"],
    [0.5, 0.89, "fades"],
    [0.5, 0.9, "lives"],
    [1, 1, "lives"],
    [2, 1 / 0.9, "lives"],
    [2, 1.12, "grows"],
    [30, 1.05, "lives"],
    [30.3, 1.05, "grows"],
    [1e3, 1.05, "grows"],
    [1001, 1.05, "explodes"],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, "explodes"],
    [Number.NaN, Number.NaN, "diverged"],
  ])("of a ratio of %d, ×%d a layer, is %s", (ratio, factor, verdict) => {
    expect(verdictOf(ratio, factor)).toBe(verdict);
  });

  it("mirrors growth and decay", () => {
    const mirror = { vanishes: "explodes", fades: "grows", lives: "lives" } as const;
    for (let power = -4; power < 0; power += 0.37) {
      for (const layers of [6, 18, 54, 108]) {
        const [ratio, factor] = [10 ** power, 10 ** (power / layers)];
        expect(verdictOf(1 / ratio, 1 / factor)).toBe(mirror[verdictOf(ratio, factor) as keyof typeof mirror]);
      }
    }
  });

  it("never calls alive what loses a tenth a layer or 30-fold in all", () => {
    for (const layers of [6, 18, 54, 108, 1200]) {
      for (const factor of [0.6, 0.8, 0.89]) expect(verdictOf(factor ** layers, factor)).not.toBe("lives");
      expect(verdictOf(1 / 31, 31 ** (-1 / layers))).not.toBe("lives");
    }
  });
});

describe("divergencesOf", () => {
  const trace = madeUpTrace([{ ...PLAIN, seeds: [0, 1], steps: [0, 1, 2] }]);

  it("finds nothing where all numbers are finite", () => {
    expect(divergencesOf(trace)).toEqual([]);
    expect(divergencesOf(madeUpTrace([{ ...PLAIN, factor: 1, last: 0 }]))).toEqual([]);
  });

  it("names the first number of a network: by step, then forward, the loss, backward, weights", () => {
    const from1 = (run: RunRecord) => run.seed === 1 && run.step >= 1;
    const change = (quantity: keyof LayerRecord, layer: number, also: Partial<RunRecord> = {}) => ({
      ...trace,
      runs: trace.runs.map((run) =>
        from1(run)
          ? { ...run, ...also, layers: run.layers.map((l, i) => (i === layer ? { ...l, [quantity]: Number.NaN } : l)) }
          : run,
      ),
    });
    const lost = { loss: Number.NaN };
    expect(divergencesOf(change("activationStd", 3, lost))).toMatchObject([
      { seed: 1, step: 1, layer: "layer1.2", quantity: "activationStd", value: Number.NaN },
    ]);
    expect(divergencesOf(change("activationGradNorm", 3, lost))).toMatchObject([{ layer: null, quantity: "loss" }]);
    expect(divergencesOf(change("activationGradNorm", 3))).toMatchObject([{ layer: "layer1.2", step: 1 }]);
    expect(divergencesOf(change("weightGradNorm", 0))).toMatchObject([{ layer: "stem", quantity: "weightGradNorm" }]);
    const page = reportHtml(change("activationStd", 3), { echartsSource: "" });
    expect(page).toContain("seed 1: from step 1 on, first in the standard deviation of the output of layer1.2");
    expect(traceCsv(change("activationStd", 3))).toMatch(/,20,none,none,xavier,4,1,1,[\d.]+,3,layer1\.2,7,.*,NaN,/m);
  });
});

describe("missingInWords", () => {
  it("says why a configuration has no row", () => {
    const trace = madeUpTrace([{ ...PLAIN, seeds: [0] }]);
    const runs = trace.runs.map((run) => ({
      ...run,
      layers: run.layers.map((layer, index) =>
        index === 0
          ? { ...layer, activationGradNorm: null, reasons: { activationGradNorm: "requires-none" as const } }
          : layer,
      ),
    }));
    const says =
      "Depth 20, plain, no normalisation: there is nothing to compare, as ‖∂L/∂h‖ of stem is missing (requires-none).";
    expect(missingInWords({ ...trace, runs })).toEqual([says]);
    expect(reportHtml({ ...trace, runs }, { echartsSource: "" })).toContain(says);
    expect(traceCsv({ ...trace, runs })).toMatch(/,0,stem,1,,.*,activationGradNorm: requires-none\r\n/);
    expect(missingInWords(trace)).toEqual([]);
  });
});

describe("answerInWords", () => {
  it("compares plain and identity at equal depth and normalisation", () => {
    const words = answerInWords(summarize(madeUpTrace(FOUR))).join("\n");
    expect(words).toContain(
      "At depth 56 without normalisation the gradient that reaches the first layer is 1e11 times larger with identity " +
        "shortcuts: ×1.05 a layer instead of ×0.66 in the plain net.",
    );
    expect(words).toContain("with batch norm the gradient that reaches the first layer is 290 times smaller");
    expect(words).toContain("He et al. (2015)");
  });

  it("says that weight gradients are equally small only where they are", () => {
    const level = answerInWords(summarize(madeUpTrace(FOUR))).join("\n");
    expect(level).toContain("weight gradients do not show this");
    const decaying = madeUpTrace([{ ...PLAIN, weightGrad: (block, blocks) => 0.5 ** (2 * (blocks - block)) }]);
    expect(answerInWords(summarize(decaying)).join("\n")).not.toContain("weight gradients");
  });

  it("says what underflowed or overflowed instead of giving a number", () => {
    const trace = madeUpTrace([PLAIN, { ...PLAIN, shortcut: "identity", factor: 1 }]);
    const gone = answerInWords(summarize(withNorm(trace, 0, 0, 0))).join("\n");
    expect(gone).toContain("exactly 0 in 1 of 3 seeds");
    const blown = answerInWords(summarize(withNorm(trace, 0, 0, Number.NaN))).join("\n");
    expect(blown).toContain("the run diverged: the gradient is NaN in 1 of 3 seeds");
    expect(blown).toContain("not finite (NaN or infinite)");
  });

  it("has a sentence for a step at which nothing was recorded", () => {
    expect(answerInWords([])).toHaveLength(1);
  });
});

describe("figuresOf", () => {
  const trained = madeUpTrace(FOUR.map((made) => ({ ...made, steps: [0, 5] })));

  it("makes the figures over training only if several steps were recorded", () => {
    const names = ["activation-gradients", "weight-gradients", "forward-signal", "residual-paths"];
    expect(figuresOf(madeUpTrace(FOUR)).map(({ id }) => id)).toEqual(names);
    expect(figuresOf(trained).map(({ id }) => id)).toEqual([...names, "gradients-over-training", "loss"]);
  });

  it("makes options that JSON carries whole", () => {
    for (const { option } of figuresOf(trained)) expect(JSON.parse(JSON.stringify(option))).toEqual(option);
  });

  it("draws log10 of the geometric mean, and the seeds' range as a band stacked on the minimum", () => {
    const [figure] = figuresOf(madeUpTrace([PLAIN]));
    const [line, low, range] = seriesOf(figure);
    expect(line?.data[0]?.[1]).toBeCloseTo(Math.log10(0.25 * 2 ** -18), 4);
    expect(low?.data[0]?.[1]).toBeCloseTo(Math.log10((0.25 * 2 ** -18) / 1.5), 4);
    expect(range?.data[0]?.[1]).toBeCloseTo(Math.log10(2.25), 4);
  });

  it("leaves a gap where a norm is exactly 0 or not finite", () => {
    const [figure] = figuresOf(withNorm(withNorm(madeUpTrace([PLAIN]), 0, 0, 0), 1, 1, Number.NaN));
    const [line] = seriesOf(figure);
    expect(line?.data.slice(0, 2)).toEqual([
      [1, null],
      [3, null],
    ]);
    expect(line?.data[2]?.[1]).toBeTypeOf("number");
  });

  it("draws theory from the measured last block on, at its factor a layer, and none where there is none", () => {
    const [figure] = figuresOf(madeUpTrace([PLAIN, { ...PLAIN, shortcut: "identity" }]));
    const theories = seriesOf(figure).filter(({ name }) => name.includes("theory"));
    expect(theories.map(({ name }) => name)).toEqual(["plain, no normalisation · theory, ×0.71 a layer"]);
    const data = theories[0]?.data ?? [];
    expect(data.at(-1)).toEqual([19, expect.closeTo(Math.log10(0.25), 4)]);
    expect(data[0]).toEqual([1, expect.closeTo(Math.log10(0.25 * Math.SQRT1_2 ** 18), 4)]);
  });

  it("gives every network a symbol and a colour of its own, whose contrast with white is 3 : 1 or more", () => {
    const shortcuts = ["none", "identity", "A", "B", "C"];
    const nets = shortcuts.flatMap((shortcut) => ["none", "batch"].map((norm) => ({ ...PLAIN, shortcut, norm })));
    const lines = seriesOf(figuresOf(madeUpTrace(nets))[0]).filter(({ symbol }) => symbol !== "none");
    expect(lines).toHaveLength(10);
    expect(new Set(lines.map(({ symbol }) => symbol)).size).toBe(10);
    expect(new Set(lines.map(({ color }) => color)).size).toBe(10);
    for (const { color } of lines) expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThanOrEqual(3);
  });

  it("draws a network with one symbol and one colour in every figure that it is in", () => {
    const ofResidual = figuresOf(madeUpTrace(FOUR)).map((figure) => {
      const line = seriesOf(figure).find(({ name }) => name.startsWith("identity, no normalisation"));
      return `${line?.symbol} ${line?.color}`;
    });
    expect(ofResidual).toHaveLength(4);
    expect(new Set(ofResidual).size).toBe(1);
  });

  it("draws the circles of the first network, one a place", async () => {
    const { option, width, height } = figuresOf(madeUpTrace([PLAIN]))[0] as Figure;
    const [line] = seriesOf(figuresOf(madeUpTrace([PLAIN]))[0]);
    const svg = await renderSvg(option, { width, height });
    const filled = svg.match(new RegExp(`fill="${line?.color}"`, "g"))?.length ?? 0;
    expect(filled).toBeGreaterThanOrEqual(line?.data.length ?? Number.POSITIVE_INFINITY);
  });

  it("splits residual additions only where there are some", () => {
    expect(figuresOf(madeUpTrace([PLAIN])).map(({ id }) => id)).not.toContain("residual-paths");
  });

  it("renders to SVG of the size asked for", async () => {
    const figure = figuresOf(trained).at(-1);
    const svg = await renderSvg(figure?.option ?? {}, { width: 800, height: 300 });
    expect(svg).toMatch(/^<svg width="800" height="300"/);
    expect(svg).toContain("plain, batch norm");
    expect(svg).not.toContain("NaN");
  });
});

describe("reportHtml", () => {
  it("escapes what comes from the trace, also inside of scripts", () => {
    const trace = { ...madeUpTrace(FOUR), data: '</script><img src=x onerror="1">' };
    const runs = trace.runs.map((run) => remade(run, run.cifar?.shortcut === "none" ? {} : { shortcut: "</script>&" }));
    const page = reportHtml({ ...trace, runs }, { echartsSource: 'const a = "</script>";' });
    expect(page).not.toContain("<img");
    expect(page.match(/<\/script/g)).toHaveLength(3);
    expect(page).toContain('const a = "<\\/script>";');
  });

  it("refers to nothing outside of the file, and says whether the experiment is complete", () => {
    const page = reportHtml(madeUpTrace(FOUR), { echartsSource: "" });
    expect(page).not.toMatch(/(src|href)=|https?:|@import/);
    expect(page).not.toContain("was interrupted");
    expect(reportHtml({ ...madeUpTrace(FOUR), complete: false }, { echartsSource: "" })).toContain("was interrupted");
  });

  it("holds data that parses, with every configuration and step", () => {
    const trace = madeUpTrace(FOUR.map((made) => ({ ...made, steps: [0, 5] })));
    const page = reportHtml(trace, { echartsSource: "" });
    const json = /id="livegrad-data">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    const data = JSON.parse(json) as { networks: { steps: unknown[] }[] };
    expect(data.networks.map(({ steps }) => steps.length)).toEqual([2, 2, 2, 2]);
  });

  it("makes a page of a trace without runs", () => {
    expect(reportHtml(madeUpTrace([]), { echartsSource: "" })).toContain("Nothing was recorded");
  });
});

describe("traceCsv", () => {
  it("has a header and a row per run and layer, quotes by RFC 4180, and leaves null empty", () => {
    const trace = madeUpTrace([{ ...PLAIN, seeds: [0] }]);
    const runs = trace.runs.map((run) => remade(run, { init: 'a "b", c' }));
    const rows = traceCsv({ ...trace, runs }).split("\r\n");
    expect(rows).toHaveLength(1 + 11 + 1);
    expect(rows[0]).toMatch(
      /^model,depth,shortcut,norm,init,width,seed,step,loss,index,name,layerDepth,activationGradNorm,/,
    );
    expect(rows[1]).toMatch(/^"depth 20[^\n]*",20,none,none,"a ""b"", c",4,0,0,.*,0,stem,1,.*,,,/);
    expect(rows.at(-1)).toBe("");
  });
});

describe("parseTrace", () => {
  it("restores what traceJson wrote, numbers that JSON does not have included", () => {
    const trace = withNorm(withNorm(madeUpTrace(FOUR), 0, 0, Number.NaN), 1, 1, Number.POSITIVE_INFINITY);
    expect(parseTrace(traceJson(trace))).toEqual(trace);
  });

  it("reads a file of the first format, whose CIFAR nets say how they are made and not where their layers stand", () => {
    const trace = madeUpTrace([{ ...PLAIN, seeds: [0] }]);
    const old = (({ format: _, ...rest }) => rest)(trace);
    const runs = trace.runs.map(({ model: _, cifar, layers, ...run }) => ({
      ...{ ...run, ...cifar },
      layers: layers.map(
        ({ depth: _, isBottleneck: __, outputShape: ___, within: ____, splits: _____, ...layer }) => layer,
      ),
    }));
    const read = parseTrace(JSON.stringify({ ...old, runs }));
    expect(read.format).toBe(2);
    expect(summarize(read)).toEqual(summarize(trace));
    const later = traceJson(trace).replace('"format":2', '"format":3');
    expect(() => parseTrace(later)).toThrow("format must be 2 (another version of livegrad wrote the file), got 3");
  });

  it("names the field that is wrong", () => {
    const text = traceJson(madeUpTrace([PLAIN]));
    const wrong = text.replace('"activationStd":1', '"activationStd":"one"');
    expect(() => parseTrace(wrong)).toThrow(/parseTrace: runs\[0\]\.layers\[0\]\.activationStd must be a number/);
    expect(() => parseTrace(text.replace('"seed":7', '"seed":null'))).toThrow(DataError);
    expect(() => parseTrace(text.slice(0, 100))).toThrow(/was the file cut off/);
    expect(() => parseTrace("[]")).toThrow(/the trace must be an object, got \[\]/);
  });
});
