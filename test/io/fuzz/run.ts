/** `npm run fuzz-files -- [--runs N] [--seed N]`: reads that many changed files, and prints what became of them. */
import { parseArgs } from "node:util";
import { type Counts, fuzzFiles } from "./fuzz-files.js";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100000" }, seed: { type: "string", default: String(Date.now()) } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const counts: Counts = new Map();
console.log(`${runs} files, seed ${seed}`);
try {
  fuzzFiles(runs, seed, counts);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
for (const [what, count] of [...counts].sort()) console.log(`${String(count).padStart(8)}  ${what}`);
