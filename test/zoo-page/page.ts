/** The page of the zoo as Markdown, and its pictures. */
import { instance } from "@viz-js/viz";
import { renderSvg } from "../../src/experiments/report/figures.js";
import { VERDICT_RULE } from "../../src/experiments/report/verdict.js";
import { publishedErrors } from "../../src/experiments/zoo/published.js";
import { generator, init, summary, type ZooModel, zooModel } from "../../src/index.js";
import { type Architecture, architectures } from "./architectures.js";
import { BATCH, type Flow, SEEDS, sizeOf } from "./measure.js";

/** What was found of a traced net. */
export interface Traced {
  readonly model: ZooModel;
  readonly flow: Flow;
  /** Without its normalisation; null if it has none. */
  readonly bare: Flow | null;
}

/** Folder of the pictures, beside the page. */
export const IMAGES = "images/zoo";

/** The page. @param traced every net that one of the architectures shows, by name */
export function pageOf(shown: readonly Architecture[], traced: ReadonlyMap<string, Traced>): string {
  const of = (name: string) => traced.get(name) as Traced;
  const some = `Of ${architectures.length} architectures ${shown.length} are here; \`npm run zoo-page\` writes all.\n\n`;
  return `# The zoo

${shown.length < architectures.length ? some : ""}Written by \`npm run zoo-page\`, not by hand: the lecture's architectures, what each was for, what it costs, and what happens to the gradient
in it. Every one is a line away: \`createModel("resnet50", { generator: generator(0) })\`. \`npx livegrad summary resnet50\` prints the
table of its layers, \`npx livegrad zoo\` measures all of them on your machine, \`npx livegrad gradient-flow --model resnet34,plain34\`
traces them.

Parameters and multiply-accumulates (GMACs, of convolutions and linear layers, for one image of the size that the net was made for) are
counted by \`summary\`; errors are published, by [others](#where-the-errors-are-from). The gradients are livegrad's own: ‖∂L/∂h‖ at initialisation,
as each paper initialises its weights, geometric mean over ${SEEDS} seeds, ${BATCH} drawn images of the net's own size, or of 96 pixels
where that is more, cross entropy over 10 classes. *A layer* is the factor by which a weighted layer multiplies the norm on its way back from the
last block to the first layer: below 1 the gradient shrinks, above 1 it grows. ${VERDICT_RULE}

## Which keep the gradient alive

| net | weighted layers | a layer | first ÷ last | | without normalisation, a layer | first ÷ last | |
|---|---|---|---|---|---|---|---|
${[...traced.values()].map(flowRow).join("\n")}

${findings([...traced.values()])}
${shown.map((one) => sectionOf(one, of)).join("\n")}
## Where the errors are from

${sourcesOf(shown)
  .map((source) => `- ${source}`)
  .join("\n")}
`;
}

function flowRow({ model, flow, bare }: Traced): string {
  const depth = flow.places.at(-1)?.depth;
  const cells = (one: Flow | null) =>
    one === null ? ["–", "–", "has none"] : [`×${one.factor.toFixed(3)}`, power(ratioOf(one)), one.verdict];
  return `| ${[model.title, String(depth), ...cells(flow), ...cells(bare)].join(" | ")} |`;
}

function ratioOf({ places }: Flow): number {
  return (places.at(0)?.norm ?? Number.NaN) / (places.at(-2)?.norm ?? Number.NaN);
}

function power(value: number): string {
  return value >= 0.01 && value < 1000 ? value.toPrecision(2) : value.toExponential(0);
}

/** What the table says, in words: which nets have a gradient alive at the first layer as they are made, and what becomes of those with
 * normalisation when it is taken out. */
function findings(traced: readonly Traced[]): string {
  const normalised = traced.flatMap(({ model, flow, bare }) => (bare === null ? [] : [{ model, flow, bare }]));
  const bareOnes = traced.filter(({ bare }) => bare === null);
  const lives = ({ verdict }: Flow) => verdict === "lives";
  const list = (title: string, nets: readonly string[]) => `- **${title}:** ${nets.join(", ") || "none"}.\n`;
  const made = ({ model, flow }: Pick<Traced, "model" | "flow">) => `${model.title} (${fate(flow)})`;
  const without = ({ model, flow, bare }: (typeof normalised)[number]) =>
    `${model.title} (without: ${fate(bare)}; with: ${fate(flow)})`;
  return [
    list("Alive without any normalisation, as they are made", bareOnes.filter(({ flow }) => lives(flow)).map(made)),
    list("Without normalisation, and not alive", bareOnes.filter(({ flow }) => !lives(flow)).map(made)),
    list("Alive still when their batch norm is taken out", normalised.filter(({ bare }) => lives(bare)).map(without)),
    list(
      "Needing their batch norm: alive with it alone",
      normalised.filter(({ flow, bare }) => lives(flow) && !lives(bare)).map(without),
    ),
    list(
      "Alive neither way by this rule",
      normalised.filter(({ flow, bare }) => !lives(flow) && !lives(bare)).map(without),
    ),
  ].join("");
}

/** `fades, ×0.77 a layer`. */
function fate({ verdict, factor }: Flow): string {
  return `${verdict}, ×${factor.toFixed(2)} a layer`;
}

function sectionOf(architecture: Architecture, of: (name: string) => Traced): string {
  const { title, words, nets, traced } = architecture;
  const slug = slugOf(architecture);
  const { flow, model } = of(traced.net);
  const beside = traced.beside === null ? null : of(traced.beside);
  const caption =
    `‖∂L/∂h‖ in ${model.title}${beside === null ? "" : ` beside ${beside.model.title}`}, at ${sizeOf(model)} pixels: ×${flow.factor.toFixed(3)} a layer` +
    (beside === null ? "." : ` against ×${beside.flow.factor.toFixed(3)}.`);
  return `## ${title}

${words}

![${blockInWords(architecture)}](${IMAGES}/${slug}-block.svg)

| net | parameters, millions | GMACs | input | published error, % (top-1, top-5) |
|---|---|---|---|---|
${nets.map(netRow).join("\n")}

![${caption}](${IMAGES}/${slug}-gradients.svg)

${caption}
`;
}

/** The block for who does not see it: its ways from the bottom to the top, by the labels of what they pass. */
function blockInWords({ title, block }: Architecture): string {
  const labels = new Map([...block.matchAll(/(?<!-> )\b(\w+) \[label="([^"]*)"/g)].map(([, id, label]) => [id, label]));
  labels.set("in", "the input").set("out", "the output");
  const ways = [...block.matchAll(/(\w+(?: -> \w+)+)(?: \[label="(\w+)")?/g)].map(([, way = "", label]) => {
    const steps = way.split(" -> ").map((id) => labels.get(id));
    return `${label === undefined ? "" : `${label}: `}${steps.join(", then ")}`;
  });
  return `The block of ${title}: ${ways.join("; ")}`;
}

function netRow(name: string): string {
  const model = zooModel(name);
  const net = model.make({ generator: generator(0), init: init.empty });
  const { totals } = summary(net, [1, ...model.input], { training: false });
  const published = publishedErrors(name);
  const error =
    published === null ? "–" : `${[published.top1, published.top5 ?? []].flat().join(", ")} (${published.data})`;
  const [parameters, macs] = [totals.parameters / 1e6, totals.macs / 1e9].map((value) =>
    String(Number(value.toPrecision(4))),
  );
  return `| ${model.title} | ${parameters} | ${macs} | ${model.input.join("×")} | ${error} |`;
}

/** Who published the errors on the page: `torchvision 0.14.1, …: AlexNet, VGG-11`. */
function sourcesOf(shown: readonly Architecture[]): string[] {
  const bySource = new Map<string, string[]>();
  for (const name of new Set(shown.flatMap(({ nets }) => nets))) {
    const source = publishedErrors(name)?.source;
    if (source !== undefined) bySource.set(source, [...(bySource.get(source) ?? []), zooModel(name).title]);
  }
  return [...bySource].map(([source, titles]) => `${source}: ${titles.join(", ")}`);
}

/** Name of an architecture in the names of its pictures, and on the command line. */
export function slugOf({ title }: Architecture): string {
  return title
    .toLowerCase()
    .replaceAll(/\(.*\)|[^a-z0-9 ]/g, "")
    .trim()
    .replaceAll(/ +/g, "-");
}

/** Graphviz estimates the widths of letters, and knows Arial's; the margin holds what takes its place elsewhere. */
const STYLE =
  'rankdir=BT; bgcolor="white"; node [shape=box style="rounded,filled" fillcolor="#eef3f8" fontname="Arial" fontsize=12 ' +
  'margin="0.3,0.06"]; edge [arrowsize=0.6 fontname="Arial" fontsize=11];';

/** Every picture by its file's name. */
export async function picturesOf(
  shown: readonly Architecture[],
  traced: ReadonlyMap<string, Traced>,
): Promise<Map<string, string>> {
  const viz = await instance();
  const pictures = new Map<string, string>();
  for (const architecture of shown) {
    const slug = slugOf(architecture);
    const dot = `digraph { ${STYLE} ${architecture.block} }`;
    pictures.set(`${slug}-block.svg`, viz.renderString(dot, { format: "svg" }));
    const { net, beside } = architecture.traced;
    const lines = [net, ...(beside === null ? [] : [beside])].map((name) => traced.get(name) as Traced);
    pictures.set(`${slug}-gradients.svg`, await renderSvg(gradientOption(lines), { width: 820, height: 380 }));
  }
  return pictures;
}

const COLORS = ["#0072B2", "#D55E00"] as const;

function gradientOption(lines: readonly Traced[]): Readonly<Record<string, unknown>> {
  const norms = lines.flatMap(({ flow, bare }) =>
    [flow, bare ?? []].flat().flatMap(({ places }) => places.map(({ norm }) => norm)),
  );
  const [least, most] = [Math.min(...norms), Math.max(...norms)].map(Math.log10) as [number, number];
  const series = (name: string, { places }: Flow, color: string, dash: "solid" | "dotted", symbol: string) => ({
    name,
    type: "line",
    symbol,
    symbolSize: 6,
    lineStyle: { type: dash },
    itemStyle: { color },
    data: places.map(({ depth, norm }) => [depth, norm]),
  });
  return {
    // Two columns; the blanks hold letters that are wider than ECharts estimates them.
    legend: { top: 6, left: 86, width: 700, itemGap: 14, formatter: `{name}${"\u2003".repeat(4)}` },
    grid: { left: 90, right: 20, top: 70, bottom: 52 },
    xAxis: { type: "value", name: "weighted layers from the input", nameLocation: "middle", nameGap: 30 },
    yAxis: {
      type: "log",
      name: "‖∂L/∂h‖",
      nameLocation: "middle",
      nameGap: 62,
      min: 10 ** Math.floor(least),
      max: 10 ** Math.ceil(most),
      axisLabel: { formatter: undefined },
    },
    series: lines.flatMap(({ model, flow, bare }, i) => [
      series(model.title, flow, COLORS[i] as string, "solid", i === 0 ? "circle" : "diamond"),
      ...(bare === null
        ? []
        : [
            series(
              `${model.title}, without normalisation`,
              bare,
              COLORS[i] as string,
              "dotted",
              i === 0 ? "emptyCircle" : "emptyDiamond",
            ),
          ]),
    ]),
  };
}
