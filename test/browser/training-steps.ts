/** A loop of training steps inside `tidy` that counts what stays alive: tensors' buffers, and the device's textures. */
import {
  type DeviceName,
  deviceNamed,
  gradients,
  indexSelect,
  keep,
  matmul,
  memory,
  mul,
  relu,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  withDevice,
} from "../../src/index.js";

/** What was alive after each step, and the losses. */
export interface Course {
  /** What really ran the kernels. */
  readonly provenance: string;
  /** `memory().buffers` after each step. */
  readonly buffers: number[];
  /** Textures or storage buffers that were made and not deleted, after each step; -1 where they cannot be counted. */
  readonly handles: number[];
  /** The loss of each step. */
  readonly losses: number[];
}

/** Trains a small two-layer net for `count` steps. */
export async function steps(device: DeviceName, count: number): Promise<Course> {
  const alive = countHandles();
  const course: Course = { provenance: "", buffers: [], handles: [], losses: [] };
  const make = (shape: [rows: number, columns: number], scale: number) =>
    withDevice(device, () => {
      const values = Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => scale * Math.sin(i * 1.7 + 1));
      return tensor(values, { shape, requiresGrad: true });
    });
  const [x, y] = [make([16, 8], 1).detach(), make([16, 4], 0.5).detach()];
  let weights = [make([8, 32], 0.3), make([32, 4], 0.3)];
  for (let step = 0; step < count; step++) {
    const [loss, ...updated] = tidy(() => update(x, y, weights)) as [Tensor, Tensor, Tensor];
    for (const weight of weights) weight.dispose();
    weights = updated.map((weight) => keep(weight));
    course.losses.push(await loss.item());
    loss.dispose();
    course.buffers.push(memory().buffers);
    course.handles.push(alive());
  }
  return { ...course, provenance: deviceNamed(device).provenance };
}

/** One step of gradient descent: the loss, then the new weights. */
function update(x: Tensor, y: Tensor, weights: readonly Tensor[]): Tensor[] {
  const [first, second] = weights as [Tensor, Tensor];
  const rows = tensor(
    Int32Array.from({ length: 16 }, (_, i) => (i * 5) % 16),
    { dtype: "int32", device: x.device.name },
  );
  const [inputs, targets] = [indexSelect(x, rows), indexSelect(y, rows)]; // shuffled
  const loss = sum(square(sub(matmul(relu(matmul(inputs, first)), second), targets)));
  const slopes = gradients(loss, [first, second]);
  const rate = 0.002;
  const moved = weights.map((weight, i) => sub(weight.detach(), mul(slopes[i] as Tensor, rate)));
  return [loss.detach(), ...moved.map(leaf)];
}

function leaf(weight: Tensor): Tensor {
  const copy = weight.detach();
  copy.requiresGrad = true;
  return copy;
}

/** Counts textures (GL) and storage buffers (WebGPU) by watching the calls that make and delete them. */
function countHandles(): () => number {
  let alive = 0;
  const scope = globalThis as unknown as Record<string, { prototype: Record<string, unknown> } | undefined>;
  const watch = (type: string, name: string, change: (target: object) => number) => {
    const prototype = scope[type]?.prototype;
    const original = prototype?.[name];
    if (prototype === undefined || typeof original !== "function") return;
    prototype[name] = function (this: object, ...args: unknown[]): unknown {
      alive += change(this);
      return original.apply(this, args);
    };
  };
  for (const type of ["WebGLRenderingContext", "WebGL2RenderingContext"]) {
    watch(type, "createTexture", () => 1);
    watch(type, "deleteTexture", () => -1);
  }
  watch("GPUDevice", "createBuffer", () => 1);
  watch("GPUBuffer", "destroy", () => -1);
  return () => alive;
}
