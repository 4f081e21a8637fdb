/** What the tests of all families of nets take. */
import { type Generator, generator, init, type Module, type Tensor } from "../../src/index.js";

/** For nets whose weights do not matter: none is drawn. */
export const empty: { readonly generator: Generator; readonly init: typeof init.empty } = {
  generator: generator(0),
  init: init.empty,
};

/** How many numbers a net learns. */
export function parameterCount(net: Pick<Module, "parameters">): number {
  return net.parameters().reduce((sum, { size }) => sum + size, 0);
}

export function numbers(x: Tensor): number[] {
  return [...x.dataSync()];
}
