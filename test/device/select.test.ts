/** Tests of choosing a device: withDevice, setDevice, LIVEGRAD_DEVICE, and devices that are not there. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { whyMissing } from "../../src/device/gpu.js";
import {
  add,
  currentDevice,
  DeviceError,
  type DeviceName,
  deviceNamed,
  deviceNames,
  devices,
  ones,
  setDevice,
  withDevice,
} from "../../src/index.js";

beforeEach(() => setDevice("reference"));

const nameNow = () => currentDevice().name;

describe("withDevice", () => {
  it("changes the device inside and restores it", () => {
    expect(withDevice("cpu", () => ones([1]).device.name)).toBe("cpu");
    expect(nameNow()).toBe("reference");
  });

  it("nests", () => {
    const seen = withDevice("cpu", () => [nameNow(), withDevice("webasm", nameNow), nameNow()]);
    expect(seen).toEqual(["cpu", "webasm", "cpu"]);
  });

  it("restores it when the function throws", () => {
    const fail = () => {
      throw new Error("inside");
    };
    expect(() => withDevice("cpu", fail)).toThrow("inside");
    expect(nameNow()).toBe("reference");
  });

  it("changes it for an async function alone, whichever way its promise settles", async () => {
    const later = withDevice("cpu", async () => {
      await Promise.resolve();
      return nameNow();
    });
    expect(nameNow()).toBe("reference");
    expect(await later).toBe("cpu");
    expect(nameNow()).toBe("reference");
    await expect(withDevice("cpu", () => Promise.reject(new Error("later")))).rejects.toThrow("later");
    expect(nameNow()).toBe("reference");
  });

  it("changes nothing for a device that is not there", () => {
    expect(() => withDevice("none" as DeviceName, nameNow)).toThrow(DeviceError);
    expect(nameNow()).toBe("reference");
  });
});

describe("setDevice", () => {
  it("decides where tensors are made; the ones made before stay where they are", () => {
    const before = ones([1]);
    setDevice("cpu");
    expect([before.device.name, ones([1]).device.name]).toEqual(["reference", "cpu"]);
  });

  it("refuses a name that is no device's, and lists those there are", () => {
    expect(() => setDevice("gpu" as DeviceName)).toThrow(DeviceError);
    expect(() => setDevice("gpu" as DeviceName)).toThrow(
      'device: there is no device "gpu"; devices are simd, webasm, cpu, headlessgl',
    );
  });

  const modes = deviceNames.filter((name) => name !== "reference" && name !== "simd");
  it.each(modes.filter((name) => whyMissing(name) !== undefined))(
    "says why %s is not here, and changes nothing",
    (name) => {
      expect(() => setDevice(name)).toThrow(DeviceError);
      expect(() => setDevice(name)).toThrow(`device ${name}: ${whyMissing(name)}`);
      expect(nameNow()).toBe("reference");
    },
  );

  it("names the remedy for devices that never come by themselves", () => {
    expect(whyMissing("webgl")).toContain("browser");
    for (const [name, remedy] of [
      ["headlessgl", "`gl`"],
      ["webgpu", "webgpu"],
    ] as const) {
      const reason = whyMissing(name);
      if (reason !== undefined) expect(reason).toContain(remedy);
    }
  });
});

describe("deviceNamed", () => {
  it("gives the same device every time", () => {
    for (const name of ["reference", "webasm", "cpu"] as const) expect(deviceNamed(name)).toBe(deviceNamed(name));
  });

  it("knows what each device is", () => {
    const facts = (["reference", "webasm", "cpu"] as const).map((name) => {
      const { floatType, synchronous, provenance } = deviceNamed(name);
      return [floatType, synchronous, provenance];
    });
    expect(facts).toEqual([
      ["float64", true, "float64 loops over the kernel functions"],
      ["float32", true, "gpu.js WebAssemblyKernel"],
      ["float32", true, "gpu.js CPUKernel"],
    ]);
  });

  it("gives devices that refuse each other's buffers", () => {
    const [cpu, webasm, reference] = [deviceNamed("cpu"), deviceNamed("webasm"), deviceNamed("reference")];
    expect(() => webasm.readSync(cpu.upload([1]))).toThrow("device webasm: this buffer belongs to another device");
    expect(() => reference.readSync(cpu.upload([1]))).toThrow("reference: this buffer belongs to another device");
  });
});

describe("devices", () => {
  it("reports every device: what runs it and how fast, or why it does not", async () => {
    const reports = await devices();
    expect(reports.map(({ name }) => name)).toEqual(deviceNames);
    for (const report of reports) {
      if (report.available) {
        expect(report.provenance).not.toBe("");
        expect(report.measured.seconds).toBeGreaterThan(0);
        expect(report.measured.gflops).toBeGreaterThan(0);
      } else {
        expect(report.reason.length).toBeGreaterThan(20);
      }
    }
    const here = reports.filter(({ available }) => available).map(({ name }) => name);
    expect(here).toEqual(expect.arrayContaining(["webasm", "cpu", "reference"]));
  });
});

describe("LIVEGRAD_DEVICE", () => {
  const index = new URL("../../src/index.ts", import.meta.url).href;
  const program = `import(${JSON.stringify(index)}).then((lg) => console.log(lg.ones([1]).device.name)).catch((e) => console.log(e.message))`;
  const root = fileURLToPath(new URL("../..", import.meta.url));

  async function deviceIn(environment: string, threads = ""): Promise<string> {
    const env = { ...process.env, LIVEGRAD_DEVICE: environment, LIVEGRAD_THREADS: threads };
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "-e", program], {
      cwd: root,
      env,
    });
    return stdout.trim();
  }

  it("names the device of a process that sets none, and an unknown name is an error", async () => {
    expect(await deviceIn("reference")).toBe("reference");
    expect(await deviceIn("abacus")).toContain('there is no device "abacus"');
  });

  it("left empty, is no way around a wrong LIVEGRAD_THREADS", async () => {
    expect(await deviceIn("", "many")).toContain(
      'LIVEGRAD_THREADS: it must be a whole number from 1 to 64, got "many"',
    );
  });

  it("left empty, leaves it to the first that works", async () => {
    expect(await deviceIn("")).toBe("simd");
  });
});

describe("tensors of two devices", () => {
  it("do not mix", () => {
    expect(() => add(ones([1], { device: "cpu" }), ones([1], { device: "webasm" }))).toThrow(DeviceError);
  });
});
