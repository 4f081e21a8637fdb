/** Tests of the energy counters, on a folder like the system's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { energyMeter } from "../../../src/cli/zoo/energy.js";

let folder = "";
const count = (name: string, microjoules: number) => writeFileSync(join(folder, name, "energy_uj"), `${microjoules}\n`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rapl-"));
  for (const name of ["intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0", "dtpm"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "max_energy_range_uj"), "1000000\n");
    count(name, 0);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("energyMeter", () => {
  it("adds up processors, in joules, and counts no part of one twice", () => {
    const end = energyMeter(folder)?.();
    count("intel-rapl:0", 250_000);
    count("intel-rapl:1", 500_000);
    count("intel-rapl:0:0", 100_000);
    expect(end?.()).toBeCloseTo(0.75, 12);
  });

  it("goes on where a counter starts again", () => {
    count("intel-rapl:0", 900_000);
    const end = energyMeter(folder)?.();
    count("intel-rapl:0", 100_000);
    expect(end?.()).toBeCloseTo(0.2, 12);
  });

  it("is null where there is no counter, or it cannot be read", () => {
    expect(energyMeter(join(folder, "missing"))).toBeNull();
    rmSync(join(folder, "intel-rapl:1", "energy_uj"));
    expect(energyMeter(folder)).toBeNull();
  });
});
