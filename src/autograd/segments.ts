/** Segments: parts of a forward pass that a checkpoint runs again, told to who must not take the second run for another. */

/** A run of a segment. */
export interface SegmentRun {
  /** Tells the segment from every other. */
  readonly segment: object;
  /** Whether it ran before: the first run records nothing, a later one stands for it. */
  readonly isRepeat: boolean;
  /** The run that this one is part of. */
  readonly around: SegmentRun | null;
}

let running: SegmentRun | null = null;

/** The innermost run of a segment under way. */
export function segmentRun(): SegmentRun | null {
  return running;
}

/** Runs `fn` as a run of a segment. */
export function runSegment<T>(segment: object, isRepeat: boolean, fn: () => T): T {
  const around = running;
  running = { segment, isRepeat, around };
  try {
    return fn();
  } finally {
    running = around;
  }
}
