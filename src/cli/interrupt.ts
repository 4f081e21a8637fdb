/** Signals that end a run early, with what was computed until then. */

/** Exit statuses after a signal: 128 plus its number. */
const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof STATUSES;

/** Whether a run was told to end. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit status that the signal asks for; null without one. */
  status(): number | null;
  /** Leaves signals to the system again. */
  stop(): void;
}

/** A Ctrl-C reaches a child of npm twice, from the terminal and from npm: so close together, the two are one. */
const ONE_SIGNAL_MS = 500;

/** Listens for SIGINT, SIGTERM and SIGHUP: the first one ends the work and keeps what was computed. A second Ctrl-C ends
 * the process at once. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let first: { readonly status: number; readonly at: number } | null = null;
  const onSignal = (name: SignalName) => {
    const at = performance.now();
    if (first === null) {
      first = { status: STATUSES[name], at };
      controller.abort();
    } else if (name === "SIGINT" && at - first.at > ONE_SIGNAL_MS) process.exit(first.status);
  };
  for (const name of Object.keys(STATUSES)) process.on(name, onSignal);
  return {
    signal: controller.signal,
    status: () => first?.status ?? null,
    stop: () => {
      for (const name of Object.keys(STATUSES)) process.off(name, onSignal);
    },
  };
}
