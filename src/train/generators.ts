/** The generators that a training step draws from, so that they can be saved and go on where they were. */
import { ValueError } from "../errors.js";
import { type Generator, type GeneratorState, listenToDraws } from "../random.js";

/** A generator of a run: where its stream stood before the first step that drew from it, and where it stands now. */
interface Drawn {
  readonly first: GeneratorState;
  readonly now: GeneratorState;
}

/** What is saved of them, in the order in which they first drew. */
export type DrawnState = readonly Drawn[];

/** Learns which generators draw in training steps: those that dropout layers and losses hold, which nobody has to list.
 *
 * A generator is known again in a later process by where its stream stands before its first draw: the model is built there as it was
 * before, by the same seed, and then goes on from what was saved. */
export class DrawnGenerators {
  readonly #met = new Set<Generator>();
  readonly #first = new Map<Generator, GeneratorState>();
  /** What a checkpoint has of generators that were not met yet, in the order in which they were met before it. */
  #saved: Drawn[] = [];
  /** Whether one drew that the checkpoint does not know. */
  #metStranger = false;

  /** Runs `fn`, and learns who draws in it. */
  during<T>(fn: () => T): T {
    const stop = listenToDraws((generator) => this.#meet(generator));
    try {
      return fn();
    } finally {
      stop();
    }
  }

  #meet(generator: Generator): void {
    if (this.#met.has(generator)) return;
    this.#met.add(generator); // to ask for its state counts as a draw, too
    const state = generator.state();
    // It stands where it began, or, if the run goes on in the same process, where the checkpoint has it.
    const found = this.#saved.find(({ first, now }) => isSame(first, state) || isSame(now, state));
    this.#first.set(generator, found?.first ?? state);
    if (found === undefined) this.#metStranger = true;
    else generator.setState(found.now);
    this.#saved = this.#saved.filter((drawn) => drawn !== found);
  }

  /** Where they stand, those that have not drawn since the checkpoint included. */
  state(): DrawnState {
    return [...[...this.#first].map(([generator, first]) => ({ first, now: generator.state() })), ...this.#saved];
  }

  /** Goes on from a saved state; each generator does at its next draw. */
  load(state: DrawnState): void {
    this.#saved = [...state];
    this.#metStranger = false;
  }

  /** Throws if a step drew from a generator that the checkpoint does not know, and not from all that it knows: the model is
   * another one. */
  checkMet(op: string): void {
    if (!this.#metStranger || this.#saved.length === 0) return;
    throw new ValueError(
      op,
      `the step drew from a generator that the checkpoint does not know, and ${this.#saved.length} that it knows did not ` +
        "draw; build the model as it was built then, with a generator of the same seed",
    );
  }
}

function isSame(one: GeneratorState, other: GeneratorState): boolean {
  return one.spare === other.spare && one.words.every((word, i) => word === other.words[i]);
}
