/** What networks have shown so far. */
import { networkName } from "../work.js";
import type { DegradationPoint, TrainedNetwork } from "./records.js";
import type { DegradationPlan } from "./settings.js";

/** Points of networks, whatever order they come in. */
export class Findings {
  readonly #plans: readonly DegradationPlan[];
  readonly #points = new Map<string, DegradationPoint[]>();

  constructor(plans: readonly DegradationPlan[]) {
    this.#plans = plans;
  }

  add(plan: DegradationPlan, point: DegradationPoint): void {
    const name = networkName(plan);
    this.#points.set(name, [...(this.#points.get(name) ?? []), point]);
  }

  /** Networks with a point or more, in the order of the plans. */
  get networks(): TrainedNetwork[] {
    return this.#plans.flatMap((plan) => {
      const points = this.#points.get(networkName(plan));
      const { model, kind, depth, seed } = plan;
      return points === undefined ? [] : [{ model, kind, depth, seed, points }];
    });
  }

  /** Whether every network has taken all of its steps. */
  isComplete(steps: number): boolean {
    return this.#plans.every((plan) => this.#points.get(networkName(plan))?.at(-1)?.step === steps);
  }
}
