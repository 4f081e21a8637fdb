/** Small expressions whose derivatives other frameworks are said to get wrong; as samples, written with livegrad's ops. */

import type { Tensor } from "../../src/index.js";
import * as lg from "../../src/index.js";
import type { Sample } from "../../test/ops/row.js";

const numbers = { shape: [5], values: [0.5, -1.25, 2, -0.3, 1.1].map(Math.fround) };

function unary(title: string, call: (x: Tensor) => Tensor): Sample {
  return { title, inputs: [numbers], call: (x) => call(x as Tensor) };
}

/** The expressions; each is compared as an op of its own. */
export const compositions: readonly Sample[] = [
  unary("x·sigmoid(x)", (x) => lg.mul(x, lg.sigmoid(x))),
  unary("exp(x)²", (x) => lg.square(lg.exp(x))),
  unary("exp(x)·exp(x)", (x) => lg.mul(lg.exp(x), lg.exp(x))),
  unary("x·tanh(x)", (x) => lg.mul(x, lg.tanh(x))),
  unary("x·x·x", (x) => lg.mul(lg.mul(x, x), x)),
  unary("3x + 1", (x) => lg.add(lg.mul(x, 3), 1)),
  unary("sqrt(1 + x²)", (x) => lg.sqrt(lg.add(lg.square(x), 1))),
  unary("log(1 + exp(x))", (x) => lg.log(lg.add(lg.exp(x), 1))),
  unary("exp(−x²)", (x) => lg.exp(lg.neg(lg.square(x)))),
];
