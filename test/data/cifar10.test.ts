/** Tests of the CIFAR-10 reader, on files made here and on the real ones where they are. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cifar10 } from "../../src/data/cifar10.js";
import { imageView } from "../../src/data/dataset.js";
import { DataError, ValueError } from "../../src/errors.js";

const RECORD = 3073;
const REAL = fileURLToPath(new URL("../../../shared/data/cifar-10-batches-bin", import.meta.url));
const hasReal = existsSync(join(REAL, "data_batch_1.bin"));
if (!hasReal) console.warn("skipped: the tests of cifar10 on real photographs, whose files are not there");

/** Records with the given labels; pixel p of record r is (r + p) mod 251. */
function recordsOf(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * RECORD);
  for (const [record, label] of labels.entries()) {
    bytes[record * RECORD] = label;
    for (let pixel = 0; pixel < RECORD - 1; pixel++) bytes[record * RECORD + 1 + pixel] = (record + pixel) % 251;
  }
  return bytes;
}

describe("cifar10", () => {
  let folder = "";

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "livegrad-cifar10-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const write = (file: string, content: Uint8Array | string): Promise<void> => writeFile(join(folder, file), content);
  const failure = async (options: Parameters<typeof cifar10>[1] = {}): Promise<Error> => {
    const error: unknown = await cifar10(folder, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    return error as Error;
  };

  it("reads labels and planes of all batch files that are there, in order", async () => {
    await write("data_batch_3.bin", recordsOf([7]));
    await write("data_batch_1.bin", recordsOf([3, 9]));
    const dataset = await cifar10(folder);
    expect(dataset).toMatchObject({ name: "CIFAR-10 train", length: 3, channels: 3, height: 32, width: 32 });
    expect([...dataset.labels]).toEqual([3, 9, 7]);
    expect(imageView(dataset, 1).get(2, 5, 6)).toBe((1 + 2 * 1024 + 5 * 32 + 6) % 251);
    expect(dataset.classNames[9]).toBe("truck");
  });

  it("reads the test split", async () => {
    await write("test_batch.bin", recordsOf([1, 2]));
    const dataset = await cifar10(folder, { split: "test" });
    expect([...dataset.labels]).toEqual([1, 2]);
    expect(dataset.name).toBe("CIFAR-10 test");
  });

  it("takes the first images up to the limit, over the end of a file", async () => {
    await write("data_batch_1.bin", recordsOf([0, 1]));
    await write("data_batch_2.bin", recordsOf([2, 3]));
    expect([...(await cifar10(folder, { limit: 1 })).labels]).toEqual([0]);
    expect([...(await cifar10(folder, { limit: 3 })).labels]).toEqual([0, 1, 2]);
    expect([...(await cifar10(folder, { limit: 9 })).labels]).toEqual([0, 1, 2, 3]);
  });

  it("takes class names from batches.meta.txt", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    await write("data_batch_1.bin", recordsOf([0]));
    await write("batches.meta.txt", `${names.join("\r\n")}\n\n`);
    expect((await cifar10(folder)).classNames).toEqual(names);
    await write("batches.meta.txt", "a\nb\n");
    expect((await failure()).message).toContain("must name 10 classes, one a line, got 2");
  });

  it.each([
    [3 * RECORD - 1, "its 9218 bytes are 2 whole records and 3072 bytes more"],
    [3 * RECORD + 5, "its 9224 bytes are 3 whole records and 5 bytes more"],
    [100, "its 100 bytes are 0 whole records and 100 bytes more"],
    [0, "it is empty"],
  ])("names a file of %i bytes, and what is wrong with it", async (size, says) => {
    await write("data_batch_1.bin", recordsOf([0, 1, 2, 3]).subarray(0, size));
    const { message } = await failure();
    expect(message).toContain(
      `"${folder}/data_batch_1.bin": it must hold one or more records of 3073 bytes and nothing else`,
    );
    expect(message).toContain(says);
    expect(message).not.toContain("\n");
  });

  it.skipIf(!existsSync("/dev/zero"))("refuses at once what has no end: a pipe, a device", async () => {
    execFileSync("mkfifo", [join(folder, "data_batch_1.bin")]);
    expect((await failure()).message).toMatch(/data_batch_1\.bin" must be a regular file, and it is a pipe; [^\n]+$/);
    await rm(join(folder, "data_batch_1.bin"));
    await symlink("/dev/zero", join(folder, "data_batch_1.bin"));
    expect((await failure()).message).toContain("and it is a device or a socket");
    await rm(join(folder, "data_batch_1.bin"));
    await mkdir(join(folder, "data_batch_1.bin"));
    expect((await failure()).message).toContain("and it is a folder");
    await rm(join(folder, "data_batch_1.bin"), { recursive: true });
    await write("data_batch_1.bin", recordsOf([0]));
    execFileSync("mkfifo", [join(folder, "batches.meta.txt")]);
    expect((await failure()).message).toContain('batches.meta.txt" must be a regular file, and it is a pipe');
  });

  it("reads of a large file what the limit asks for, and refuses the whole of it", async () => {
    await write("data_batch_1.bin", recordsOf([4, 5]));
    await truncate(join(folder, "data_batch_1.bin"), 800_000 * RECORD); // a sparse file of 2.5 GB
    const start = performance.now();
    const dataset = await cifar10(folder, { limit: 3 });
    expect([...dataset.labels]).toEqual([4, 5, 0]);
    expect((await failure()).message).toContain("hold 800000 images, 2.5 GB");
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("says where a wrong label stands", async () => {
    await write("data_batch_1.bin", recordsOf([0, 10]));
    expect((await failure()).message).toContain("labels must be 0 to 9, got 10 in record 1 (byte 3073); this is not");
  });

  it("says what is missing: the folder, the files, or the level below", async () => {
    expect((await failure()).message).toContain("does not hold any of data_batch_1.bin to data_batch_5.bin");
    expect((await failure({ split: "test" })).message).toContain("does not hold test_batch.bin");
    await mkdir(join(folder, "cifar-10-batches-bin"));
    expect((await failure()).message).toContain(`pass "${folder}/cifar-10-batches-bin"`);
    await rm(folder, { recursive: true });
    expect((await failure()).message).toContain(`cifar10: cannot read the folder "${folder}" (ENOENT`);
  });

  it("says that a page has no file system", async () => {
    vi.stubGlobal("process", undefined);
    const message = failure().then((error) => error.message);
    vi.unstubAllGlobals();
    expect(await message).toMatch(/^cifar10: needs a file system, and there is none here; run it in Node\.js/);
  });

  it("refuses options out of range", async () => {
    await expect(cifar10(folder, { limit: 0 })).rejects.toThrow(ValueError);
    await expect(cifar10(folder, { split: "valid" as "test" })).rejects.toThrow('split must be "train" or "test"');
  });
});

describe.skipIf(!hasReal)("cifar10 on real photographs", () => {
  it("gives the first record's bytes", async () => {
    const dataset = await cifar10(REAL, { limit: 10 });
    const bytes = await readFile(join(REAL, "data_batch_1.bin"));
    expect(dataset.labels[0]).toBe(bytes[0]);
    expect(Buffer.compare(dataset.images.subarray(0, 3072), bytes.subarray(1, RECORD))).toBe(0);
    expect(dataset.classNames).toContain("airplane");
  });

  it("has a mean and a standard deviation near those it states", async () => {
    const { images, length, mean, std } = await cifar10(REAL, { limit: 1000 });
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      let squares = 0;
      for (let index = 0; index < length; index++) {
        for (const byte of images.subarray((index * 3 + channel) * 1024, (index * 3 + channel + 1) * 1024)) {
          sum += byte / 255;
          squares += (byte / 255) ** 2;
        }
      }
      const average = sum / (length * 1024);
      expect(Math.abs(average - (mean[channel] as number))).toBeLessThan(0.03);
      expect(Math.abs(Math.sqrt(squares / (length * 1024) - average ** 2) - (std[channel] as number))).toBeLessThan(
        0.03,
      );
    }
  });
});
