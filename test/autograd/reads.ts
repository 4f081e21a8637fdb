/** Random programs that make, change, dispose and read tensors, and await what they read in any order. */
import fc from "fast-check";
import { Tensor } from "../../src/autograd/tensor.js";
import type { Device } from "../../src/device/device.js";
import { backward, type DataArray, mul, type NestedArray, neg, SGD, sum, tidy } from "../../src/index.js";
import { install } from "../../src/ops/install.js";

/** How a tensor is read. */
type Way = "data" | "item" | "array";

/** A step of a program; `at` picks one of the tensors there are, or of the reads that are open. */
type Step =
  | { readonly do: "make"; readonly size: number; readonly value: number }
  | { readonly do: "multiply"; readonly at: number }
  | { readonly do: "read"; readonly at: number; readonly way: Way }
  | { readonly do: "read inside tidy"; readonly at: number; readonly way: Way }
  | { readonly do: "train"; readonly at: number }
  | { readonly do: "assign"; readonly at: number; readonly value: number }
  | { readonly do: "dispose"; readonly at: number }
  | { readonly do: "fill"; readonly count: number }
  | { readonly do: "await"; readonly at: number };

const pick = fc.nat({ max: 1000 });
const value = fc.integer({ min: -99, max: 99 });
const way = fc.constantFrom<Way>("data", "item", "array");

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("make"), size: fc.constantFrom(1, 1, 3, 70), value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("multiply"), at: pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("read"), at: pick, way }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read inside tidy"), at: pick, way }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("train"), at: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("assign"), at: pick, value }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("dispose"), at: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fill"), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("await"), at: pick }) },
) as fc.Arbitrary<Step>;

/** Programs, as fast-check makes and shrinks them. */
const programs: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 4, maxLength: 40 });

/** What a read promised, and what the tensor held when it was called. */
interface OpenRead {
  readonly promise: Promise<DataArray | number | NestedArray>;
  readonly expected: readonly number[];
}

/** A tensor and the numbers that it holds. */
interface Held {
  readonly tensor: Tensor;
  numbers: readonly number[];
}

/** Floats of a tensor that does not share its place with the small ones. */
const fillLength = 20_000;

/** Runs a program on a device.
 * @throws Error at the first read that tells other numbers than the tensor held at the call */
async function runProgram(device: Device, program: readonly Step[]): Promise<void> {
  install(); // the engine's own ops, which the creation of a tensor by name brings
  const held: Held[] = [];
  const open: OpenRead[] = [];
  const make = (numbers: readonly number[]): Tensor =>
    new Tensor(device, device.upload(numbers), [numbers.length], device.floatType);
  const read = (tensor: Tensor, numbers: readonly number[], how: Way): void => {
    const promise = how === "item" ? sum(tensor).item() : tensor[how]();
    open.push({ promise, expected: how === "item" ? [numbers.reduce((a, b) => a + b)] : numbers });
  };
  for (const step of program) {
    const chosen = "at" in step && held.length > 0 ? (held[step.at % held.length] as Held) : null;
    switch (step.do) {
      case "make": {
        const numbers = Array.from({ length: step.size }, (_, i) => step.value + i);
        held.push({ tensor: make(numbers), numbers });
        break;
      }
      case "fill":
        for (let i = 0; i < step.count; i++) make(new Array<number>(fillLength).fill(i));
        break;
      case "await":
        if (open.length > 0) await settle(open.splice(step.at % open.length, 1)[0] as OpenRead);
        break;
      default:
        if (chosen !== null) act(step, chosen);
    }
  }
  for (const last of open) await settle(last);

  /** What is done with a tensor. */
  function act(step: Step, chosen: Held): void {
    const { tensor, numbers } = chosen;
    switch (step.do) {
      case "multiply":
        held.push({ tensor: mul(tensor.detach(), 2), numbers: numbers.map((x) => 2 * x) });
        break;
      case "read":
        read(tensor, numbers, step.way);
        break;
      case "read inside tidy":
        tidy(() => {
          const negative = neg(tensor.detach());
          read(
            negative,
            numbers.map((x) => -x),
            step.way,
          );
        });
        break;
      case "train": {
        tensor.requiresGrad = true;
        const optimizer = new SGD([tensor], { lr: 1 });
        tidy(() => backward(sum(tensor)));
        optimizer.step(); // the gradient is 1 everywhere
        optimizer.zeroGrad();
        tensor.requiresGrad = false;
        chosen.numbers = numbers.map((x) => x - 1);
        break;
      }
      case "assign":
        chosen.numbers = numbers.map((_, i) => step.value - i);
        tensor.assign(make(chosen.numbers));
        break;
      case "dispose":
        held.splice(held.indexOf(chosen), 1);
        tensor.dispose();
        break;
      default:
        throw new Error(`unknown step ${step.do}`);
    }
  }
}

async function settle({ promise, expected }: OpenRead): Promise<void> {
  const got = await promise;
  const numbers = typeof got === "number" ? [got] : [...(got as ArrayLike<number> & Iterable<number>)];
  if (numbers.length === expected.length && numbers.every((x, i) => x === expected[i])) return;
  throw new Error(`a read told ${numbers.slice(0, 5).join()} of what held ${expected.slice(0, 5).join()}`);
}

/** Checks random programs on a device.
 * @throws Error with the shortest program whose reads go wrong */
export function checkReads(device: Device, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(programs, (program) => runProgram(device, program)),
    { numRuns },
  );
}
