/** Reads conformance cases, which PyTorch computed in float64, as programs that say what they should come to. */
import { readFileSync } from "node:fs";
import { type OpCase, type OpsFile, type TensorData, withOptions } from "../../test/conformance/ops-cases.js";
import type { SampleInput } from "../../test/ops/row.js";
import type { Program, Value } from "./program.js";

/** The programs of a `livegrad-conformance-1` file; none of a file of another format. */
export function pytorchPrograms(path: string): Program[] {
  const file = JSON.parse(readFileSync(path, "utf8")) as OpsFile;
  return file.format === "livegrad-conformance-1" ? file.cases.map(programOf) : [];
}

/** Whether a program is evaluated where its op has no derivative, or several candidates for one. */
export function isKink({ source, title }: Program): boolean {
  return (
    source === "kink" || (source === "PyTorch" && /-(at-zero|at-bounds|at-kinks|ties|two-zeros|one-zero)$/.test(title))
  );
}

function programOf(opCase: OpCase): Program {
  const inputs: SampleInput[] = [];
  let place = 0;
  const take = (data: TensorData): Value => {
    if (opCase.grads[place++] == null) return constant(data);
    inputs.push({ shape: data.shape, values: numbers(data) });
    return { $input: inputs.length - 1 };
  };
  const args = opCase.args.map((arg): Value => {
    if ("tensor" in arg) return take(arg.tensor);
    return "tensors" in arg ? arg.tensors.map(take) : arg.value;
  });
  const options = Object.fromEntries(
    Object.entries(opCase.options).map(([key, value]) => [
      key,
      isTensorData(value) ? constant(value) : (value as Value),
    ]),
  );
  const op = opCase.op === "mulSelf" ? "mul" : opCase.op;
  if (opCase.op === "mulSelf") args.push({ $input: 0 });
  const { secondOrder } = opCase;
  return {
    source: "PyTorch",
    op,
    title: opCase.name,
    inputs,
    steps: [{ op, args: Object.keys(options).length > 0 ? withOptions<Value>(op, args, options) : args }],
    output: { $step: 0 },
    order: inputs.length > 0 ? 2 : 0,
    expected: {
      output: numbers(opCase.output),
      gradOutput: numbers(opCase.gradOutput),
      gradients: given(opCase.grads),
      ...(secondOrder && {
        second: {
          directions: given(
            secondOrder.directions.filter((_, i) => opCase.grads[i] != null),
            inputs,
          ),
          gradients: [
            ...given(
              secondOrder.grads.filter((_, i) => opCase.grads[i] != null),
              inputs,
            ),
            ...given([secondOrder.gradOutputGrad], [{ shape: [], values: numbers(opCase.output) }]),
          ],
        },
      }),
    },
  };
}

/** The tensors' numbers; null is left out, or zeros of the size of its input where those are named. */
function given(list: readonly (TensorData | null)[], sizes?: readonly SampleInput[]): number[][] {
  return list.flatMap((data, i) => {
    if (data !== null) return [numbers(data)];
    return sizes === undefined ? [] : [new Array<number>(sizes[i]?.values.length ?? 0).fill(0)];
  });
}

function constant(data: TensorData): Value {
  return { $constant: { dtype: data.dtype, shape: data.shape, values: numbers(data) } };
}

function numbers(data: TensorData): number[] {
  return data.data.map(Number);
}

function isTensorData(value: unknown): value is TensorData {
  return typeof value === "object" && value !== null && "dtype" in value && "data" in value;
}
