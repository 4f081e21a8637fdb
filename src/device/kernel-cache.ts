/** The compiled kernels of a device: the least recently used ones leave first, but none whose results are alive. */
import type { CompiledKernel } from "./device.js";

/** A compiled kernel, as its device keeps it. */
export interface CacheEntry<K> extends CompiledKernel {
  /** What runs it. */
  readonly call: K;
  runs: number;
  /** Results that were not freed: on GL they share framebuffers and textures with the kernel that made them. */
  results: number;
  /** Whether the class that really ran was seen and is the right one. */
  verified: boolean;
}

/** Kernels by key, least recently used first. */
export class KernelCache<K> {
  readonly #entries = new Map<string, CacheEntry<K>>();

  constructor(
    private capacity: number,
    readonly destroy: (call: K) => void,
  ) {}

  get(key: string): CacheEntry<K> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  add(key: string, name: string, threads: readonly number[], call: K): CacheEntry<K> {
    this.#evict();
    const entry: CacheEntry<K> = { name, threads, call, runs: 0, results: 0, verified: false };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Forgets a kernel that turned out not to run here. */
  remove(entry: CacheEntry<K>): void {
    for (const [key, other] of this.#entries) if (other === entry) this.#entries.delete(key);
  }

  list(): CompiledKernel[] {
    return [...this.#entries.values()].map(({ name, threads, runs }) => ({ name, threads, runs }));
  }

  /** Makes do with a quarter fewer kernels from now on; false where there are none left to give up. */
  shrink(): boolean {
    const before = this.#entries.size;
    this.capacity = Math.max(1, Math.floor(before * 0.75));
    this.#evict();
    return this.#entries.size < before;
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size < this.capacity) return;
      if (entry.results > 0) continue;
      this.#entries.delete(key);
      this.destroy(entry.call);
    }
  }
}
