/** Modes of the engine: whether operations are recorded, and whether gradients are searched for NaN. */
import { checkFunction, refuseAsync } from "../device/synchronous.js";

let recording = true;
let anomalies = false;

/** Whether operations are recorded on the tape right now.
 * @category Automatic differentiation */
export function isRecording(): boolean {
  return recording;
}

/** Whether anomaly mode is on. */
export function isDetectingAnomalies(): boolean {
  return anomalies;
}

/** Switches recording on or off.
 * @returns how it was, to be restored whatever happens */
export function switchRecording(on: boolean): boolean {
  const before = recording;
  recording = on;
  return before;
}

/** Runs `fn` with recording switched on or off, and restores it.
 * @param op who refuses an async function */
export function withRecording<T>(on: boolean, fn: () => T, op: string = on ? "enableGrad" : "noGrad"): T {
  checkFunction(op, fn);
  const before = switchRecording(on);
  try {
    return refuseAsync(op, fn());
  } finally {
    switchRecording(before);
  }
}

/** Runs `fn` without recording: its results require no gradient and save nothing.
 *
 * ```ts
 * const predictions = noGrad(() => model.forward(images));
 * ```
 * It holds until `fn` returns, as `enableGrad`, `detectAnomaly`, `tidy` and `profile` do: numbers are awaited outside.
 * @throws ValueError if `fn` goes on later: if it is async or a generator, or returns a promise or a thenable
 * @category Automatic differentiation */
export function noGrad<T>(fn: () => T): T {
  return withRecording(false, fn);
}

/** Runs `fn` with recording on, inside a `noGrad`.
 * @throws ValueError as `noGrad`
 * @category Automatic differentiation */
export function enableGrad<T>(fn: () => T): T {
  return withRecording(true, fn);
}

/** Runs `fn` in anomaly mode: every `backward` in it reads every gradient, and the first NaN or Infinity is a
 * `GradientError` that names the op whose backward made it and where that op was called.
 *
 * Slow, and only on devices that can be read at once (not webgpu).
 * @throws ValueError as `noGrad`
 * @category Automatic differentiation */
export function detectAnomaly<T>(fn: () => T): T {
  checkFunction("detectAnomaly", fn);
  const before = anomalies;
  anomalies = true;
  try {
    return refuseAsync("detectAnomaly", fn());
  } finally {
    anomalies = before;
  }
}
