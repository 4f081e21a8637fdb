/** `npm run kill-test -- 100`: kills a training run a hundred times. */
import { killed } from "./kill.js";

const kills = Number(process.argv[2] ?? 100);
const { expected, found, kills: count, began } = await killed(kills, Number(process.argv[3] ?? 0));
const steps = found.losses.trim().split("\n").length;
console.log(`killed ${count} times in ${steps} steps; it went on from ${[...new Set(began)].length} different steps`);
const same = {
  losses: found.losses === expected.losses,
  "last.safetensors": found.last.equals(expected.last),
  "best.safetensors": found.best.equals(expected.best),
};
for (const [name, isSame] of Object.entries(same)) console.log(`${name}: ${isSame ? "the same" : "DIFFERENT"}`);
process.exitCode = Object.values(same).every(Boolean) ? 0 : 1;
