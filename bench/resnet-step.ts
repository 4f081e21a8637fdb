/** Time of a ResNet-20 training step (width 16, batch 32) on each device, and the share of each family of kernels.
 *
 * `npx tsx bench/resnet-step.ts [--steps N] [--device NAME,…]` */
import { parseArgs } from "node:util";
import {
  batchOf,
  cifarNet,
  crossEntropy,
  type DeviceName,
  deviceNamed,
  drawnImages,
  generator,
  type Launch,
  SGD,
  tensor,
  tidy,
  withDevice,
} from "../src/index.js";

const { values } = parseArgs({
  options: { steps: { type: "string", default: "3" }, device: { type: "string", default: "webasm,cpu" } },
});
const steps = Number(values.steps);

/** The family that a kernel's time is counted under. */
function familyOf(kernel: string): string {
  if (/conv2d|phase|padPlanes/i.test(kernel)) return "convolution";
  if (/normalize|deviation|inputGrad/i.test(kernel)) return "batch norm";
  if (/^(sum|max)/.test(kernel)) return "reductions";
  return "elementwise and the rest";
}

for (const name of values.device.split(",") as DeviceName[]) withDevice(name, () => measure(name));

function measure(name: DeviceName): void {
  const device = deviceNamed(name);
  const random = generator(0);
  const model = cifarNet({ depth: 20, generator: random });
  const optimizer = new SGD(model.parameters(), { lr: 0.05, momentum: 0.9, weightDecay: 1e-4 });
  const batch = batchOf(
    drawnImages({ count: 32 }),
    Array.from({ length: 32 }, (_, i) => i),
  );
  const seconds = new Map<string, number>();
  const run = device.run.bind(device);
  device.run = (launch: Launch, inputs) => {
    const start = performance.now();
    const result = run(launch, inputs);
    const family = familyOf(launch.kernel.name);
    seconds.set(family, (seconds.get(family) ?? 0) + performance.now() - start);
    return result;
  };
  const times: number[] = [];
  for (let step = 0; step <= steps; step++) {
    if (step === 1) seconds.clear(); // the first step compiles
    const start = performance.now();
    tidy(() => {
      const loss = crossEntropy(model.forward(tensor(batch.images)), tensor(batch.labels, { dtype: "int32" }));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
    });
    if (step > 0) times.push(performance.now() - start);
  }
  device.run = run;
  times.sort((a, b) => a - b);
  const total = times.reduce((a, b) => a + b, 0);
  const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
  console.log(`${name}: ${median.toFixed(0)} ms a step (median of ${times.length}; least ${times[0]?.toFixed(0)})`);
  const kernels = [...seconds].sort((a, b) => b[1] - a[1]);
  for (const [family, time] of kernels) console.log(`  ${((100 * time) / total).toFixed(0).padStart(3)} % ${family}`);
  const rest = total - kernels.reduce((sum, [, time]) => sum + time, 0);
  console.log(`  ${((100 * rest) / total).toFixed(0).padStart(3)} % outside of kernels`);
}
