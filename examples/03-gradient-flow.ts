/** Gradient flow: what is left of the gradient at the first layer, plain and residual, with and without batch norm. */
import { gradientFlow } from "livegrad";

const { runs, provenance } = await gradientFlow({ depths: [20, 56], width: 4, batch: 8, seeds: 1 });

console.log(`‖∂L/∂h‖ at initialisation, ${provenance}\n`);
console.log("depth  shortcut  norm   last block  first layer  ratio");
for (const { depth, cifar, layers } of runs) {
  const first = layers[0]?.activationGradNorm ?? Number.NaN;
  const last = layers.at(-2)?.activationGradNorm ?? Number.NaN; // the classifier comes after the last block
  const numbers = [last, first, first / last].map((n) => n.toExponential(1).padStart(10)).join(" ");
  const { shortcut = "", norm = "" } = cifar ?? {}; // null for models other than these nets
  console.log(`${String(depth).padEnd(6)} ${shortcut.padEnd(9)} ${norm.padEnd(6)} ${numbers}`);
}
console.log(`
A ratio near 1 is a gradient that arrives. In the plain net without normalisation it shrinks by about a third a layer;
the identity shortcut carries it past the layers. Batch norm keeps it from vanishing too, but lets it grow in a plain
net: the deeper, the more.`);
