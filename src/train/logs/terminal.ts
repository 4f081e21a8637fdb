/** A run on the terminal. Apart from its view, whose stream is a type of Node's that not every program has. */
import { isNode } from "../../device/host.js";
import { DataError } from "../../errors.js";
import type { EventSink } from "../events.js";
import { terminalSink } from "./terminal-view.js";

/** Shows a run on standard output: in a terminal a bar with the epoch, loss, metrics, learning rate, examples a second and the time
 * left; elsewhere a line for every tenth of the run. At the end of each epoch a line that stays, and at the end how the run ended.
 * @throws DataError where there is no standard output, as in a page
 * @category Training logs */
export function logToTerminal(): EventSink {
  if (!isNode())
    throw new DataError("logToTerminal", "there is no terminal here; take the events in a function of your own");
  return terminalSink(process.stdout);
}
