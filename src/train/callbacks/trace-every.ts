/** Tracing now and then: what happens to gradients, layer by layer, at every n-th step. */
import { checkedOptions } from "../../options.js";
import { type Trace, type TraceOptions, trace, traceOptions } from "../../trace/trace.js";
import type { Callback } from "../callback.js";
import { checkInterval, isDue } from "../interval.js";

/** A callback that traces the first step and every n-th one, and tells the sinks each record ({@link TraceEvent}). Steps between are
 * not slowed down.
 * @param n steps from one record to the next
 * @param options of {@link trace}: which layers
 * @throws ValueError unless n is an integer of at least 1
 * @category Training */
export function traceEvery(n: number, options: TraceOptions = {}): Callback {
  checkInterval("traceEvery", n);
  const layers = checkedOptions("traceEvery", options, traceOptions);
  let tracing: Trace | null = null;
  return {
    name: "traceEvery",
    onStepStart(run) {
      if (isDue(n, run.step + 1)) tracing = trace(run.model, layers);
    },
    async onStep(run) {
      if (tracing === null) return;
      const records = await tracing.read();
      tracing.remove();
      tracing = null;
      for (const record of records) await run.tell({ kind: "trace", step: run.step, record });
    },
    onEnd() {
      tracing?.remove();
      tracing = null;
    },
  };
}
