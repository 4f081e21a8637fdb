/** The energy counters of the processor (RAPL), where the system shows them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "/sys/class/powercap";

/** A counter that runs up to a limit and starts again. */
interface Counter {
  readonly energy: string;
  /** In microjoules. */
  readonly limit: number;
}

/** Counters of whole processors (`intel-rapl:0`, AMD's too); none where there are none, or they must not be read. */
function counters(folder: string): Counter[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[a-z-]*rapl:\d+$/.test(name))
      .map((name) => {
        const energy = join(folder, name, "energy_uj");
        numberIn(energy); // readable by the root user alone on many systems
        return { energy, limit: numberIn(join(folder, name, "max_energy_range_uj")) };
      });
  } catch {
    return [];
  }
}

function numberIn(path: string): number {
  const value = Number(readFileSync(path, "utf8"));
  if (!Number.isFinite(value)) throw new Error(`${path} holds no number`);
  return value;
}

/** What measures energy, or null where the machine does not tell.
 * @param folder where the counters stand
 * @returns starts a measurement, whose end gives joules */
export function energyMeter(folder: string = FOLDER): (() => () => number) | null {
  const found = counters(folder);
  if (found.length === 0) return null;
  const read = () => found.map(({ energy }) => numberIn(energy));
  return () => {
    const before = read();
    return () =>
      read().reduce((sum, now, i) => {
        const used = now - (before[i] as number);
        return sum + (used < 0 ? used + (found[i] as Counter).limit : used) / 1e6;
      }, 0);
  };
}
