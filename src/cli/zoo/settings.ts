/** What `livegrad zoo` is asked for, checked before any work. */
import type { DeviceName } from "../../device/device.js";
import { deviceNamed } from "../../device/registry.js";
import { ValueError } from "../../errors.js";
import { zoo, zooModel } from "../../models/zoo.js";
import type { ZooModel } from "../../models/zoo-model.js";

/** The options of the command line. */
export interface ZooFlags {
  readonly models?: readonly string[];
  readonly input?: number;
  readonly batch?: readonly number[];
  readonly train?: boolean;
  readonly seconds?: number;
  readonly device?: DeviceName;
  readonly out: string;
}

/** The same, complete. */
export interface ZooSettings {
  readonly models: readonly ZooModel[];
  /** Height and width of every image; null for what each net was made for. */
  readonly size: number | null;
  /** Rising. */
  readonly batches: readonly number[];
  readonly training: boolean;
  readonly seconds: number;
  readonly device: DeviceName | null;
}

/** Checks the flags.
 * @throws ValueError that names the flag, the value and what it may be */
export function zooSettings({
  models,
  input,
  batch = [1, 16],
  train = false,
  seconds = 1,
  device,
}: ZooFlags): ZooSettings {
  if (input !== undefined) check("input", input, 8, 2048);
  for (const size of batch) check("batch", size, 1, 4096);
  if (batch.length === 0) throw new ValueError("zoo", "batch must list at least one number of images");
  if (!(seconds > 0 && seconds <= 3600))
    throw new ValueError("zoo", `seconds must be above 0 and at most 3600, got ${seconds}`);
  if (device !== undefined) deviceNamed(device);
  return {
    models: chosen(models),
    size: input ?? null,
    batches: [...new Set(batch)].sort((a, b) => a - b),
    training: train,
    seconds,
    device: device ?? null,
  };
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ValueError("zoo", `${name} must be an integer from ${least} to ${most}, got ${value}`, { actual: value });
}

/** Models by name or by family, `all` for all; those for ImageNet if none is named. */
function chosen(names: readonly string[] | undefined): readonly ZooModel[] {
  if (names === undefined) return zoo.filter(({ input: [, height] }) => height > 100);
  if (names.length === 0) throw new ValueError("zoo", "models must list at least one name");
  const found = names.flatMap((name): readonly ZooModel[] => {
    if (name === "all") return zoo;
    const family = zoo.filter((model) => model.family.toLowerCase() === name.toLowerCase());
    return family.length > 0 ? family : [zooModel(name)];
  });
  return [...new Set(found)];
}
