/** Decodes images with every decoder and compares with Pillow; reads folders of them, good and broken. */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Pixels } from "../../src/data/index.js";
import { callHere } from "../../src/data/node-decoders.js";
import { channelStatistics, DataError, DataLoader, decodeImage, imageFolder, subset } from "../../src/index.js";
import { crc32 } from "../../src/io/crc.js";
import { FormatError } from "../../src/io/index.js";

interface Case {
  readonly name: string;
  readonly file: string;
  readonly height: number;
  readonly width: number;
  readonly rgb: readonly number[];
  readonly grey: readonly number[];
}

const path = fileURLToPath(new URL("pillow/images.json", import.meta.url));
const { images, folder: ordered } = JSON.parse(readFileSync(path, "utf8")) as {
  readonly images: readonly Case[];
  readonly folder: {
    readonly paths: readonly string[];
    readonly classes: readonly string[];
    readonly samples: readonly (readonly [string, number])[];
  };
};
const bytesOf = (name: string): Uint8Array => {
  const file = images.find((one) => one.name === name)?.file as string;
  return Uint8Array.from(Buffer.from(file, "base64"));
};

/** Largest difference of two lists of bytes. */
function difference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(left.length).toBe(right.length);
  return Array.from(left).reduce((most, value, i) => Math.max(most, Math.abs(value - (right[i] as number))), 0);
}

let isSharpHidden = false;
vi.mock("../../src/data/node-decoders.js", async (original) => {
  const real = await original<typeof import("../../src/data/node-decoders.js")>();
  return { ...real, loadSharp: (op: string) => (isSharpHidden ? null : real.loadSharp(op)) };
});

let folder = "";
beforeEach(async () => {
  isSharpHidden = false;
  folder = await mkdtemp(join(tmpdir(), "livegrad-images-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes files, in folders as their paths say. */
async function fill(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

describe.each(["sharp", "plain JavaScript"])("decodeImage, by %s", (decoder) => {
  beforeEach(() => {
    isSharpHidden = decoder !== "sharp";
  });

  it.each(images)("gives Pillow's pixels of $name", async ({ name, height, width, rgb, grey }) => {
    const image = await decodeImage(bytesOf(name), { name });
    expect(image).toMatchObject({ channels: 3, height, width });
    const black = await decodeImage(bytesOf(name), { name, channels: 1 });
    expect(black).toMatchObject({ channels: 1, height, width });
    // Decoders of JPEG round differently, and take colours of half the size to full size in different ways.
    const most = name.endsWith(".png") ? 0 : decoder === "sharp" ? 2 : 9;
    expect(difference(image.data, rgb)).toBeLessThanOrEqual(most);
    expect(difference(black.data, grey)).toBeLessThanOrEqual(most);
  });

  it.each(images)("refuses $name wherever it is cut off", async ({ name }) => {
    const bytes = bytesOf(name);
    for (let length = 0; length < bytes.length; length += 11) {
      const error: unknown = await decodeImage(bytes.subarray(0, length), { name }).catch((reason: unknown) => reason);
      expect(error, `${length} bytes`).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(new RegExp(`^decodeImage: "${name}": [^\n]+$`));
    }
  });

  it("refuses changed bytes of a PNG, whose checksums tell", async () => {
    const bytes = bytesOf("rgb.png");
    bytes[60] = (bytes[60] as number) ^ 8;
    await expect(decodeImage(bytes, { name: "rgb.png" })).rejects.toThrow(/^decodeImage: "rgb\.png": it is damaged \(/);
  });

  it("leaves out what follows an image", async () => {
    for (const name of ["rgb.png", "rgb.jpg"]) {
      const [alone, followed] = [bytesOf(name), Uint8Array.of(...bytesOf(name), ...new Uint8Array(40))];
      expect((await decodeImage(followed)).data).toEqual((await decodeImage(alone)).data);
    }
  });
});

describe("decodeImage", () => {
  it.each([
    ["nothing", "", "truncated", /it is empty/],
    ["a web page", "<!DOCTYPE html><html>", "bad-magic", /it is a web page/],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n", "bad-magic", /it is a Git LFS pointer/],
    ["a GIF", "GIF89a", "bad-magic", /begins with the bytes 71 73 70 56/],
  ])("refuses %s", async (_, text, reason, message) => {
    const refusal = decodeImage(new TextEncoder().encode(text), { name: "cat.png" });
    await expect(refusal).rejects.toMatchObject({ reason, file: "cat.png", message: expect.stringMatching(message) });
  });

  it("refuses a header that claims more pixels than are decoded, before it decodes any", async () => {
    for (const [name, place] of [["rgb.png", 16] as const, ["rgb.jpg", -1] as const]) {
      const bytes = bytesOf(name);
      const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
      if (place < 0) bytes.fill(0xff, frame + 5, frame + 9);
      else bytes.set([0, 1, 0, 0, 0, 1, 0, 0], place);
      await expect(decodeImage(bytes)).rejects.toMatchObject({ reason: "limit" });
    }
  });

  it("does not take the end of a thumbnail for that of the photograph", async () => {
    const [bytes, thumbnail] = [bytesOf("rgb.jpg"), bytesOf("grey.jpg")];
    const size = thumbnail.length + 2;
    const segment = [0xff, 0xe1, size >> 8, size & 255, ...thumbnail];
    const whole = Uint8Array.of(...bytes.subarray(0, 2), ...segment, ...bytes.subarray(2));
    expect((await decodeImage(whole)).width).toBe(36);
    await expect(decodeImage(whole.subarray(0, -200))).rejects.toMatchObject({ reason: "truncated" });
  });

  it("says which package it lacks", async () => {
    const call = callHere("decodeImage", { package: "no-such-decoder", path: [], options: {} }, new Uint8Array(0));
    await expect(call).rejects.toThrow(
      "decodeImage: to decode images it needs the package no-such-decoder, which is not installed: npm install no-such-decoder",
    );
  });
});

describe("imageFolder", () => {
  it("has torchvision's classes and order", async () => {
    const png = bytesOf("rgb.png");
    await fill(Object.fromEntries(ordered.paths.map((name, i) => [name, i === 0 ? bytesOf("grey.png") : png])));
    const dataset = await imageFolder(folder);
    expect(dataset.classNames).toEqual(ordered.classes);
    expect(Array.from(dataset.labels)).toEqual(ordered.samples.map(([, label]) => label));
    const tenth = ordered.samples.findIndex(([name]) => name === "b/10.png");
    const greys = await Promise.all(ordered.samples.map(async (_, i) => isGrey((await dataset.get(i)).image.data)));
    expect(greys).toEqual(ordered.samples.map((_, i) => i === tenth));
  });

  it("gives batches, parts and statistics as other data sets do", async () => {
    await fill({ "a/0.png": bytesOf("rgb.png"), "b/0.jpg": bytesOf("palette.png") });
    const dataset = await imageFolder(folder);
    const [rgb, palette] = ["rgb.png", "palette.png"].map((name) => images.find((one) => one.name === name) as Case);
    const { mean } = await channelStatistics(dataset);
    const reds = [rgb, palette].flatMap((one) => (one as Case).rgb.slice(0, 35));
    expect(mean[0]).toBeCloseTo(reds.reduce((sum, red) => sum + red, 0) / 70 / 255, 12);
    const loader = new DataLoader(subset(dataset, [1, 0]), { batchSize: 2, precision: "float64" });
    for await (const batch of loader) {
      expect(batch.images.shape).toEqual([2, 3, 5, 7]);
      expect([...batch.labels.data]).toEqual([1, 0]);
      expect([...batch.images.data.subarray(0, 105)]).toEqual((palette as Case).rgb.map((byte) => byte / 255));
    }
  });

  it("reads grey where one channel is asked for, follows links, and passes over what begins with a dot", async () => {
    const png = bytesOf("rgb.png");
    await fill({ "a/0.png": png, "a/._0.png": "resource", ".checkpoints/0.png": png, "a/.old/1.png": "x" });
    await symlink(join(folder, "a"), join(folder, "b"));
    const dataset = await imageFolder(folder, { channels: 1 });
    expect([dataset.length, dataset.classNames]).toEqual([2, ["a", "b"]]);
    expect([...(await dataset.get(1)).image.data]).toEqual(images[0]?.grey);
  });

  it.each([
    ["has no folder in it", { "0.png": "x" }, /^imageFolder: folder ".*" has no folder in it; it takes a folder that/],
    ["has a class without images", { "a/0.png": bytesOf("rgb.png"), "b/x.txt": "x" }, /the class ".*\/b" has no \.png/],
    ["has an image of another format", { "a/0.webp": "RIFF" }, /".*a\/0\.webp": PNG and JPEG are read/],
    ["has a web page for an image", { "a/0.png": "<!doctype html>" }, /".*a\/0\.png": .* it is a web page/],
    [
      "has an image that is cut off",
      { "a/0.jpg": bytesOf("rgb.jpg").subarray(0, 600) },
      /"[^"]*a\/0\.jpg": it is cut off/,
    ],
    ["has an empty file", { "a/0.png": bytesOf("rgb.png"), "a/1.png": "" }, /"[^"]*a\/1\.png": .* it is empty/],
  ])("refuses at once a folder that %s", async (_, files, message) => {
    await fill(files);
    const error: unknown = await imageFolder(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  it("refuses a folder that is none", async () => {
    await expect(imageFolder(join(folder, "none"))).rejects.toThrow(
      /^imageFolder: cannot read the folder ".*none" \(ENOENT/,
    );
    await fill({ file: "x" });
    await expect(imageFolder(join(folder, "file"))).rejects.toThrow(/\(ENOTDIR/);
  });

  it("looks at both ends of a long file, and at all of it where these do not tell", async () => {
    const png = bytesOf("rgb.png");
    const long = Buffer.concat([png.subarray(0, 33), chunkOf(200_000), png.subarray(33)]);
    await fill({ "a/0.png": long, "a/1.png": Buffer.concat([png, Buffer.alloc(200_000)]) });
    const dataset = await imageFolder(folder);
    expect((await dataset.get(0)).image.data).toEqual((await dataset.get(1)).image.data);
    await fill({ "a/0.png": long.subarray(0, -8) });
    await expect(imageFolder(folder)).rejects.toMatchObject({ reason: "truncated" });
  });

  it("says which file is damaged inside when it comes to it", async () => {
    const bytes = bytesOf("rgb.png");
    bytes[60] = (bytes[60] as number) ^ 8;
    await fill({ "a/0.png": bytesOf("rgb.png"), "a/1.png": bytes });
    const loader = new DataLoader(await imageFolder(folder), { batchSize: 1 });
    let seen = 0;
    const walk = async (): Promise<void> => {
      for await (const _ of loader) seen++;
    };
    await expect(walk()).rejects.toThrow(/^imageFolder: ".*a\/1\.png": it is damaged/);
    expect(seen).toBe(1);
  });
});

function isGrey(planes: Pixels): boolean {
  const plane = planes.length / 3;
  return Array.from(planes).every((byte, i) => byte === planes[i % plane]);
}

/** A chunk of a PNG that says nothing. */
function chunkOf(length: number): Buffer {
  const data = Buffer.concat([Buffer.from("tEXt"), Buffer.alloc(length, 65)]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(length);
  sum.writeUInt32BE(crc32(data));
  return Buffer.concat([size, data, sum]);
}
