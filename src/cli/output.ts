/** Standard output and error that may go away: a closed pipe, a full disk, a terminal that was shut. */

let lost: NodeJS.ErrnoException | null = null;

/** Has the process outlive its standard streams: what cannot be printed is dropped, and the work goes on. */
export function outliveOutput(): void {
  process.stdout.on("error", (error) => {
    lost ??= error;
  });
  process.stderr.on("error", () => undefined); // there is nowhere left to say so
}

/** Why some of the output was lost though somebody wants it; null if nothing was, or whoever read a pipe has closed it. */
export function lostOutput(): string | null {
  return lost === null || lost.code === "EPIPE" ? null : lost.message;
}
