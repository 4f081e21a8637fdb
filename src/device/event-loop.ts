/** Letting the event loop turn: timers, input, drawing, signals and the garbage collector's reports wait for that. */

/** Milliseconds for which a loop that does nothing but await reads may keep all of them waiting. */
const longestWait = 10;

/** The real one, whatever a test puts in its place later. */
const { setImmediate: immediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };

let lastTurn = 0;

/** Lets the event loop turn if the last call that did so is some time ago. What a CPU device computes is there at once, so
 * that a loop which awaits it would never pause by itself. */
export async function breathe(): Promise<void> {
  if (performance.now() - lastTurn < longestWait) return;
  await turn();
  lastTurn = performance.now();
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    // A browser lets nested timers wait for 4 ms each, messages not.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
