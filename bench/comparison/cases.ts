/** Every sample of the op table, every kink and every composition, as programs. The entry of the bundle that records. */
import { kinkCases } from "../../test/ops/kink-cases.js";
import { opTable } from "../../test/ops/op-table.js";
import { compositions } from "./compositions.js";
import type { Program } from "./program.js";
import { record } from "./recorder.js";

/** A sample that is no program. */
export interface LeftOut {
  readonly op: string;
  readonly title: string;
  readonly why: string;
}

/** What the bundle exports. */
export interface Cases {
  readonly programs: readonly Program[];
  readonly leftOut: readonly LeftOut[];
}

function recordAll(): Cases {
  const programs: Program[] = [];
  const leftOut: LeftOut[] = [];
  const take = (op: string, title: string, found: Program | string) => {
    if (typeof found === "string") leftOut.push({ op, title, why: found });
    else programs.push(found);
  };
  for (const { op, order = 2, samples } of opTable) {
    for (const sample of samples) take(op, sample.title, record("op table", op, sample, order));
  }
  for (const sample of compositions) take(sample.title, "", record("composition", sample.title, sample, 2));
  for (const kink of kinkCases.filter(({ op }) => opTable.some((row) => row.op === op))) {
    const found = record("kink", kink.op, kink, 2);
    const expected = { output: [], gradOutput: kink.gradOutput, gradients: kink.gradients };
    take(kink.op, kink.title, typeof found === "string" ? found : { ...found, expected });
  }
  return { programs, leftOut };
}

export const cases: Cases = recordAll();
