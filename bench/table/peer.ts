/** A framework in a process of its own, asked line by line. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Hello, Refusal, Reply, Request } from "./framework.js";

/** How to start a process. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The framework refused, failed, or took too long. */
export class PeerError extends Error {
  /** Whether it lacks what was asked for, rather than failing at it. */
  readonly lacking: boolean;

  constructor(message: string, lacking = false) {
    super(message);
    this.lacking = lacking;
  }
}

/** A process that runs one framework. It must be stopped. */
export class Peer {
  readonly #child: ChildProcess;
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | null = null;
  #errors = "";
  #ended: PeerError | null = null;

  private constructor({ file, args, env }: Command) {
    this.#child = spawn(file, args, { env: { ...process.env, ...env }, stdio: "pipe" });
    this.#child.stderr?.on("data", (text) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#child.stdin?.on("error", () => undefined); // it ended; `close` tells
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    this.#child.on("error", (error) => this.#fail(new PeerError(error.message)));
    this.#child.on("close", (code, signal) => {
      const last =
        this.#errors
          .trim()
          .split("\n")
          .findLast((line) => /error/i.test(line)) ?? "";
      this.#fail(new PeerError(`the process ended (${signal ?? code}) ${last.trim()}`.trim()));
    });
  }

  /** Starts a process and waits until its framework is ready. */
  static async start(command: Command, limit: number): Promise<{ peer: Peer; hello: Hello }> {
    const peer = new Peer(command);
    return { peer, hello: (await peer.#reply(limit, "starting")) as Hello };
  }

  /** Sends a request and waits for its reply. A process that takes too long is ended.
   * @throws PeerError if it refuses, fails or is late */
  async ask<R extends Exclude<Reply, Refusal>>(request: Request, limit: number): Promise<R> {
    if (this.#ended !== null) throw this.#ended;
    const reply = this.#reply(limit, request.ask);
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const message = await reply;
    if ("refusal" in message) throw new PeerError(message.refusal, message.lacking);
    return message as R;
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.#ended === null;
  }

  /** Ends the process; what it was asked fails. */
  stop(reason = "stopped"): void {
    this.#fail(new PeerError(reason));
    this.#child.kill("SIGKILL");
  }

  #reply(limit: number, what: string): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise<Reply>((resolve, reject) => {
      const late = setTimeout(() => this.stop(`more than ${(limit / 1000).toFixed(0)} s (${what})`), limit);
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          clearTimeout(late);
          this.#waiting = null;
          settle(value);
        };
      this.#waiting = { resolve: settled(resolve), reject: settled(reject) };
    });
  }

  #take(line: string): void {
    this.#waiting?.resolve(JSON.parse(line) as Reply);
  }

  #fail(error: PeerError): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
  }
}
