/** Hands the ops to the engine and the methods to Tensor, once, when the first tensor is made. */
import { handOver } from "../autograd/engine.js";
import { inspectTensor } from "../autograd/inspect.js";
import { Tensor } from "../autograd/tensor.js";
import { add } from "./elementwise/arithmetic.js";
import { methods } from "./methods.js";
import { broadcastTo, reshapeTo, sumTo } from "./reduce/sum.js";
import { stack } from "./shape/join.js";

let installed = false;

/** Does it the first time it is called. */
export function install(): void {
  if (installed) return;
  installed = true;
  handOver({
    add: (a, b) => add(a, b),
    sumTo,
    broadcastTo,
    onesLike: (x) => filledLike(x, 1),
    zerosLike: (x) => filledLike(x, 0),
    stack,
    reshape: reshapeTo,
  });
  // What Node's console prints of a tensor.
  Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: Tensor) {
      return inspectTensor(this);
    },
  });
  // What `using` calls, where the engine knows it.
  if (Symbol.dispose !== undefined) {
    Object.defineProperty(Tensor.prototype, Symbol.dispose, {
      value(this: Tensor) {
        this.dispose();
      },
    });
  }
  for (const [name, op] of Object.entries<(x: Tensor, ...rest: never[]) => unknown>(methods)) {
    const value = function (this: Tensor, ...rest: never[]): unknown {
      return op(this, ...rest);
    };
    Object.defineProperty(Tensor.prototype, name, { value, configurable: true, writable: true });
  }
}

function filledLike(x: Tensor, value: number): Tensor {
  return new Tensor(x.device, x.device.fill(x.size, value), x.shape, x.dtype);
}
