/** How much of an experiment is done, over all of its networks. */

/** A network that an experiment is going to run. */
export interface Planned {
  /** Name of its model. */
  readonly model: string;
  /** Seed of its weights and batches. */
  readonly seed: number;
  /** What a pass takes, in any unit that all networks share. */
  readonly work: number;
}

/** A network in words. */
export function networkName({ model, seed }: Pick<Planned, "model" | "seed">): string {
  return `${model}, seed ${seed}`;
}

/** Counts the work that is done, a network of twice the operations as twice the work. */
export class Work {
  readonly #total: number;
  readonly #passes = new Map<string, number>();
  #done = 0;

  /** @param passes of each network */
  constructor(plans: readonly Planned[], passes: number) {
    this.#total = passes * plans.reduce((sum, { work }) => sum + work, 0);
  }

  /** A network has done so many of its passes. */
  reach(network: Planned, passes: number): void {
    const name = networkName(network);
    this.#done += network.work * (passes - (this.#passes.get(name) ?? 0));
    this.#passes.set(name, passes);
  }

  /** Share of the work that is done, 0 to 1. */
  fraction(): number {
    return this.#done / this.#total;
  }
}
