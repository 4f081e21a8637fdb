/** Decodes images of a folder in threads: the numbers, the order, the position, the errors, and the end of the threads. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DecodeThreads } from "../../src/data/decode-threads.js";
import { plainDecoders } from "../../src/data/node-decoders.js";
import { DataError, DataLoader, type DataLoaderState, generator, imageFolder, transforms } from "../../src/index.js";

vi.mock("../../src/data/node-decoders.js", async (original) => {
  return { ...(await original<typeof import("../../src/data/node-decoders.js")>()), loadSharp: () => null };
});

const { images } = JSON.parse(readFileSync(fileURLToPath(new URL("pillow/images.json", import.meta.url)), "utf8")) as {
  readonly images: readonly { readonly name: string; readonly file: string }[];
};
const files = images.map(({ file }) => Uint8Array.from(Buffer.from(file, "base64")));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "livegrad-threads-"));
  for (const name of ["a", "b"]) {
    await mkdir(join(folder, name));
    for (const [i, file] of files.entries()) await writeFile(join(folder, name, `${i}.png`), file);
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Shuffled, transformed batches of the folder. */
async function loader(workers: number): Promise<DataLoader> {
  const transform = transforms.compose([transforms.randomResizedCrop(8), transforms.colorJitter({ hue: 0.1 })]);
  const options = { batchSize: 4, shuffle: true, transform, generator: generator(3) };
  return new DataLoader(await imageFolder(folder, { workers }), options);
}

describe("imageFolder with workers", () => {
  it("gives the batches that it gives without, and goes on in the middle of an epoch bit for bit", async () => {
    const [here, inThreads, resumed] = [await loader(0), await loader(3), await loader(2)];
    const expected: Float32Array[] = [];
    for await (const batch of here) expected.push(batch.images.data as Float32Array);
    const given: Float32Array[] = [];
    let saved: DataLoaderState | undefined;
    for await (const batch of inThreads) {
      given.push(batch.images.data as Float32Array);
      if (given.length === 3) saved = inThreads.stateDict();
    }
    expect(given).toEqual(expected);
    resumed.loadStateDict(saved as DataLoaderState);
    const rest: Float32Array[] = [];
    for await (const batch of resumed) rest.push(batch.images.data as Float32Array);
    expect(rest).toEqual(expected.slice(3));
  });

  it("gives a damaged image as the error of its item, and the others still", async () => {
    const damaged = Uint8Array.from(files[0] as Uint8Array);
    damaged[60] = (damaged[60] as number) ^ 8;
    await writeFile(join(folder, "a", "0.png"), damaged);
    const dataset = await imageFolder(folder, { workers: 2 });
    const all = await Promise.allSettled(Array.from({ length: dataset.length }, (_, i) => dataset.get(i)));
    const refused = all.flatMap((one) => (one.status === "rejected" ? [String(one.reason.message)] : []));
    expect(refused).toEqual([expect.stringMatching(/^imageFolder: ".*a\/0\.png": it is damaged \(/)]);
  });

  it.each([-1, 1.5, 65])("refuses %s of them", async (workers) => {
    await expect(imageFolder(folder, { workers })).rejects.toThrow("workers must be an integer of 0 to 64, got");
  });
});

describe("the threads", () => {
  const decode = (threads: DecodeThreads) => threads.call("test", plainDecoders.png, files[0] as Uint8Array);

  it("are no more than asked for, and are kept", async () => {
    const posts = vi.spyOn(Worker.prototype, "postMessage");
    const threads = new DecodeThreads(2);
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 6 }, () => decode(threads)));
    expect(posts.mock.calls.length).toBe(12);
    expect(new Set(posts.mock.contexts).size).toBe(2);
  });

  it("end by themselves when there is nothing to do, and start again", async () => {
    const posts = vi.spyOn(Worker.prototype, "postMessage");
    const ends = vi.spyOn(Worker.prototype, "terminate");
    const threads = new DecodeThreads(1);
    await decode(threads);
    await vi.waitFor(() => expect(ends.mock.contexts).toContain(posts.mock.contexts[0]), {
      timeout: 10_000,
      interval: 100,
    });
    await decode(threads);
    expect(new Set(posts.mock.contexts).size).toBe(2);
  });

  it("that is killed fails the image it was at, and no other", async () => {
    const posts = vi.spyOn(Worker.prototype, "postMessage");
    const threads = new DecodeThreads(1);
    const [first, second] = [decode(threads), decode(threads)];
    void (posts.mock.contexts[0] as Worker).terminate();
    await expect(first).rejects.toThrow(DataError);
    await expect(first).rejects.toThrow("test: a thread that decodes images was lost (it was ended from outside)");
    expect((await second).width).toBe(7);
  });

  it("let the process end, also where a walk was left in its middle", () => {
    const program = `
      import { DataLoader, imageFolder } from "livegrad";
      const loader = new DataLoader(await imageFolder(process.argv[1], { workers: 2 }), { batchSize: 1, prefetch: 4 });
      for await (const { images } of loader) { console.log(images.shape.length); break; }
      process.on("exit", () => console.log(performance.now() < 20000));`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const args = ["--require", join(root, "test", "hidden-packages.cjs"), "--input-type=module", "-e", program, folder];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      ...{ encoding: "utf8", timeout: 60_000, cwd: root },
      env: { ...process.env, NODE_OPTIONS: "", HIDDEN_PACKAGES: "sharp" },
    });
    expect([stdout, status], stderr).toEqual(["4\ntrue\n", 0]);
  });
});
