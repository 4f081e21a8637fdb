/** A run that is killed. */
import { expect, it } from "vitest";
import { killed } from "./kill/kill.js";

it("goes on to the very losses and bytes of a run that was left alone, however often it is killed", async () => {
  const { expected, found, kills, began } = await killed(3, 1);
  expect(kills).toBe(3);
  expect(Math.max(...began)).toBeGreaterThan(0);
  expect(found.losses).toBe(expected.losses);
  expect(found.last.equals(expected.last)).toBe(true);
  expect(found.best.equals(expected.best)).toBe(true);
}, 1_200_000);
