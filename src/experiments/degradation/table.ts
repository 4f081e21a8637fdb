/** The table of the degradation experiment: a row a net, the same on the terminal and in the page. */

import type { PageTable } from "../../page/figure-html.js";
import type { Point } from "../report/aggregate.js";
import { curvesOf } from "./curves.js";
import type { DegradationResult } from "./records.js";
import { percent } from "./words.js";

/** Every net after the last step that one of its seeds has taken: errors in percent, mean and range over the seeds. */
export function degradationTable(result: DegradationResult): PageTable {
  const rows = curvesOf(result).map((curve) => {
    const seeds = curve.seeds.at(-1) ?? 0;
    const last = (quantity: Parameters<typeof curve.of>[0]) => curve.of(quantity).at(-1) as Point;
    const errors = (["trainingError", "testError"] as const).map((error) => range(last(error), seeds));
    return [curve.model, ...errors, last("trainingLoss").mean.toFixed(2), String(curve.steps.at(-1)), String(seeds)];
  });
  return { head: ["network", "training error, %", "test error, %", "training loss", "steps", "seeds"], rows };
}

function range({ mean, min, max }: Point, seeds: number): string {
  return seeds < 2 ? percent(mean) : `${percent(mean)} (${percent(min)}–${percent(max)})`;
}
