/** Checks of what a device can only tell later: its next reads wait for them and report what they found. */
import type { Device } from "../device/device.js";

const pending = new WeakMap<Device, Set<Promise<unknown>>>();

/** Registers a check, a promise of an error or of undefined that never rejects. Every read of the device that begins
 * before the error was reported once rejects with it. */
export function deferCheck(device: Device, check: Promise<unknown>): void {
  const checks = pending.get(device) ?? new Set();
  pending.set(device, checks.add(check));
  void check.then((error) => {
    if (error === undefined) checks.delete(check);
  });
}

/** Waits for the checks that are pending now; rejects with the first error among them, which is reported then. */
export async function settleChecks(device: Device): Promise<void> {
  const checks = pending.get(device);
  for (const check of [...(checks ?? [])]) {
    const error = await check;
    if (error === undefined) continue;
    checks?.delete(check);
    throw error;
  }
}
