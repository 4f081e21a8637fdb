/** Reads CIFAR and IDX files, good and broken, and compares with the verdict of a reference; reads real ones where they are. */
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cifar10, cifar100, type DataError, idxImages, imageView, mnist, readIdx } from "../../src/index.js";
import { FormatError } from "../../src/io/index.js";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const isThere = existsSync(`${shared}training/formats`);
if (!isThere) console.warn("skipped: CIFAR and IDX files with a verdict, which are not there");

interface Case {
  readonly file: string;
  readonly verdict: "accept" | "refuse" | "either";
  readonly refusal?: string;
  readonly asked?: "images" | "labels";
  readonly labels?: readonly number[];
  readonly pixelSums?: readonly number[];
  readonly firstPixels?: readonly (readonly number[])[];
  readonly shape?: readonly number[];
  readonly values?: readonly number[];
}

const casesOf = (format: string): Case[] =>
  isThere
    ? (JSON.parse(readFileSync(`${shared}training/formats/${format}/expected.json`, "utf8")) as { cases: Case[] }).cases
    : [];
const pathOf = (format: string, file: string): string => `${shared}training/formats/${format}/${file}`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "livegrad-formats-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A refusal: one line, which names the file, with the reason. */
async function refusalOf(reading: Promise<unknown>, file: string): Promise<string> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FormatError);
  const { message, reason } = error as FormatError;
  expect(message).toContain(file);
  expect(message).not.toContain("\n");
  return reason;
}

describe.runIf(isThere)("files with a verdict", () => {
  it.each(casesOf("cifar"))(
    "cifar10: $file is to $verdict",
    async ({ file, verdict, refusal, labels, pixelSums, firstPixels }) => {
      await copyFile(pathOf("cifar", file), join(folder, "test_batch.bin"));
      const reading = cifar10(folder, { split: "test" });
      if (verdict === "refuse") return expect(await refusalOf(reading, "test_batch.bin")).toBe(refusal);
      const dataset = await reading;
      expect([...dataset.labels]).toEqual(labels);
      const planes = dataset.images.length / dataset.length;
      const imagesOf = Array.from(dataset.labels, (_, i) => dataset.images.subarray(i * planes, (i + 1) * planes));
      expect(imagesOf.map((bytes) => bytes.reduce((sum, byte) => sum + byte, 0))).toEqual(pixelSums);
      const first = imagesOf.map((bytes) => [0, 1024, 2048].flatMap((start) => [...bytes.subarray(start, start + 4)]));
      if (firstPixels) expect(first).toEqual(firstPixels);
    },
  );

  it.each(casesOf("idx"))("IDX: $file is to $verdict", async ({ file, verdict, refusal, asked, shape, values }) => {
    const bytes = (name: string) => new Uint8Array(readFileSync(pathOf("idx", name)));
    const counterpart = { images: "labels-idx1-ubyte", labels: "images-idx3-ubyte" };
    const isLabels = asked === "labels" || file.startsWith("labels-too-few");
    const names = { imagesName: isLabels ? "other" : file, labelsName: isLabels ? file : "other" };
    const pair = isLabels ? [bytes(counterpart.labels), bytes(file)] : [bytes(file), bytes(counterpart.images)];
    if (verdict === "refuse") {
      const together = () => idxImages(pair[0] as Uint8Array, pair[1] as Uint8Array, names);
      const needsBoth = asked !== undefined || file.startsWith("labels-too-few");
      const reading = needsBoth ? together() : readIdx(bytes(file), { name: file });
      return expect(await refusalOf(reading, file)).toBe(refusal);
    }
    const found = await readIdx(bytes(file), { name: file });
    expect(found.shape).toEqual(shape);
    expect(Array.from(found.data)).toEqual(values);
  });
});

/** An IDX file of unsigned bytes. */
function idxOf(shape: readonly number[], bytes: readonly number[]): Uint8Array {
  const header = shape.flatMap((length) => [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]);
  return Uint8Array.of(0, 0, 8, shape.length, ...header, ...bytes);
}

describe("mnist", () => {
  const images = idxOf([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const write = (name: string, bytes: Uint8Array | string) => writeFile(join(folder, name), bytes);

  it("reads both splits, gzipped or not, of each data set in its files", async () => {
    await write("train-images-idx3-ubyte", images);
    await write("train-labels-idx1-ubyte.gz", gzipSync(idxOf([2], [9, 0])));
    const train = await mnist(folder);
    expect(train).toMatchObject({ name: "MNIST train", length: 2, channels: 1, height: 2, width: 2, mean: [0.1307] });
    expect([imageView(train, 1).get(0, 1, 0), ...train.labels]).toEqual([7, 9, 0]);
    expect([...(await mnist(folder, { limit: 1 })).images]).toEqual([1, 2, 3, 4]);
    expect((await mnist(folder, { variant: "fashion-mnist" })).classNames[9]).toBe("Ankle boot");
  });

  it("names the file, and where the data set is to be had", async () => {
    const failure = async (): Promise<string> =>
      ((await mnist(folder).catch((error: unknown) => error as DataError)) as DataError).message;
    expect(await failure()).toMatch(
      /does not hold train-images-idx3-ubyte or train-images-idx3-ubyte\.gz; MNIST is at https:[^\n]+$/,
    );
    await write("train-images-idx3-ubyte", images);
    await write("train-labels-idx1-ubyte", "<!DOCTYPE html>");
    expect(await failure()).toMatch(
      /^mnist: "[^"]+train-labels-idx1-ubyte": [^\n]+; it is a web page, [^\n]+; MNIST is at https:/,
    );
    await write("train-labels-idx1-ubyte", idxOf([2], [0, 10]));
    expect(await failure()).toContain("labels must be 0 to 9, got 10 at place 1 (byte 9); MNIST is at");
    await write("train-labels-idx1-ubyte", gzipSync(idxOf([2], [0, 1])).subarray(0, -4));
    expect(await failure()).toContain("its gzip is cut off or damaged");
  });

  it("reads no more of a gzip than is held at once", async () => {
    const { gunzipped } = await import("../../src/data/gzip.js");
    const bomb = gzipSync(new Uint8Array(2 ** 22));
    await expect(gunzipped(bomb, 2 ** 20)).rejects.toThrow("it unpacks to more than 1.0 MB");
  });

  it.runIf(isThere)("reads the real digits", async () => {
    const { length, height, labels } = await mnist(`${shared}data/mnist`, { split: "test" });
    expect([length, height, ...labels.subarray(0, 5)]).toEqual([10_000, 28, 7, 2, 1, 0, 4]);
  });
});

describe("readIdx", () => {
  it("of a damaged file gives its numbers or a refusal, nothing else", async () => {
    const good = idxOf([3, 2], [1, 2, 3, 4, 5, 6]);
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(good.length), async (changes, cut) => {
        const bytes = good.slice(0, good.length - (cut % 4 === 0 ? cut : 0));
        for (const [place, byte] of changes) if (place < bytes.length) bytes[place] = byte;
        const found = await readIdx(bytes).catch((error: unknown) => error);
        if (found instanceof FormatError) return;
        const { shape, data } = found as Awaited<ReturnType<typeof readIdx>>;
        expect(data.length).toBe(shape.reduce((product, length) => product * length, 1));
        expect(data.byteLength).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe("cifar100", () => {
  const record = (coarse: number, fine: number) => [coarse, fine, ...new Uint8Array(3072).fill(fine)];

  it("reads either label of a record", async () => {
    await writeFile(join(folder, "train.bin"), Uint8Array.from([...record(4, 0), ...record(18, 99)]));
    const fine = await cifar100(folder);
    expect([fine.name, ...fine.labels, fine.classNames[99], fine.images[3072]]).toEqual([
      "CIFAR-100 train",
      0,
      99,
      "worm",
      99,
    ]);
    const coarse = await cifar100(folder, { labels: "coarse" });
    expect([...coarse.labels, coarse.classNames[18], coarse.classNames.length]).toEqual([4, 18, "vehicles_1", 20]);
  });

  it("refuses labels that are no class, and the other data set", async () => {
    await writeFile(join(folder, "test.bin"), Uint8Array.from(record(20, 0)));
    await expect(cifar100(folder, { split: "test" })).rejects.toThrow(
      "labels must be 0 to 19, got 20 in record 0 (byte 0)",
    );
    await writeFile(join(folder, "test.bin"), new Uint8Array(3073));
    await expect(cifar100(folder, { split: "test" })).rejects.toThrow("one or more records of 3074 bytes");
    await expect(cifar100(folder)).rejects.toThrow('does not hold train.bin, for the split "train"');
  });
});
