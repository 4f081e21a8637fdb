/** A log that is kept in memory. */
import type { LogFile } from "../../../src/train/logs/log-file.js";

export class MemoryFile implements LogFile {
  #bytes: Uint8Array;
  closed = false;
  readonly keptAside: string[] = [];

  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = bytes;
  }

  read(): Uint8Array {
    return this.#bytes;
  }

  append(record: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, record]);
  }

  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  startOver(): void {
    this.keptAside.push(this.text());
    this.#bytes = new Uint8Array();
  }

  flush(): void {
    // nothing is kept back
  }

  close(): void {
    this.closed = true;
  }

  text(): string {
    return Buffer.from(this.#bytes).toString();
  }
}
