/** Tests of event files: read by a parser of their own, and by TensorBoard where it is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import ndarray from "ndarray";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SummaryWriter } from "../../../src/train/tensorboard/summary-writer.js";
import { MemoryFile } from "../logs/memory-file.js";
import { castagnoli, type ReadEvent, type ReadHistogram, readEventFile, recordsOf } from "./event-file.js";

/** What a writer writes, but for the version that begins each file. */
function written(write: (writer: SummaryWriter) => void): ReadEvent[] {
  const file = new MemoryFile();
  write(new SummaryWriter(file));
  return readEventFile(file.read()).slice(1);
}

const names = fc.string({ unit: "grapheme", minLength: 1 });
const steps = fc.maxSafeNat();

describe("SummaryWriter", () => {
  it("begins a file with its version and the time", () => {
    const file = new MemoryFile();
    const before = Date.now() / 1000;
    new SummaryWriter(file);
    const [first, ...others] = readEventFile(file.read());
    expect(first).toMatchObject({ fileVersion: "brain.Event:2", step: 0 });
    expect(first?.wallTime).toBeGreaterThanOrEqual(before);
    expect(others).toEqual([]);
  });

  it("says from which step on earlier files do not count", () => {
    const file = new MemoryFile();
    new SummaryWriter(file, { purgeStep: 301 });
    expect(readEventFile(file.read())[1]).toMatchObject({ step: 301, session: 1 });
  });

  it("writes scalars as float32, at any step and time", () => {
    fc.assert(
      fc.property(names, fc.double(), steps, fc.double({ noNaN: true }), (tag, value, step, wallTime) => {
        const [event] = written((writer) => writer.addScalar(tag, value, step, wallTime));
        expect(event).toEqual({ tag, scalar: Math.fround(value), step, wallTime });
      }),
    );
  });

  it("writes text as a tensor of one string, for the text plugin", () => {
    fc.assert(
      fc.property(names, fc.string({ unit: "grapheme" }), steps, (tag, words, step) => {
        const [event] = written((writer) => writer.addText(tag, words, step, 1));
        const text = { plugin: "text", dtype: 7, sizes: [1], strings: [words] };
        expect(event).toEqual({ tag: `${tag}/text_summary`, text, step, wallTime: 1 });
      }),
    );
  });

  it("writes images that decode to the same pixels", () => {
    const images = fc
      .record({
        channels: fc.integer({ min: 1, max: 4 }),
        height: fc.integer({ min: 1, max: 9 }),
        width: fc.integer({ min: 1, max: 9 }),
      })
      .chain((shape) => {
        const size = shape.channels * shape.height * shape.width;
        return fc.record({ shape: fc.constant(shape), bytes: fc.uint8Array({ minLength: size, maxLength: size }) });
      });
    fc.assert(
      fc.property(images, ({ shape: { channels, height, width }, bytes }) => {
        const view = ndarray(bytes, [channels, height, width]);
        const [event] = written((writer) => writer.addImage("image", view, 3));
        expect(event?.image).toMatchObject({ height, width, colorspace: channels });
        const pixels = Array.from({ length: height * width * channels }, (_, i) => {
          const [c, x, y] = [i % channels, Math.floor(i / channels) % width, Math.floor(i / channels / width)];
          return view.get(c, y, x);
        });
        expect(pixelsOf(event?.image?.png as Buffer)).toEqual({ height, width, channels, pixels });
      }),
    );
  });

  it("takes floats from 0 to 1, and images of one plane", () => {
    const view = ndarray(Float32Array.of(-1, 0, 0.5, 1, 2, 0.2), [2, 3]);
    const [event] = written((writer) => writer.addImage("image", view, 0));
    expect(pixelsOf(event?.image?.png as Buffer).pixels).toEqual([0, 0, 128, 255, 255, 51]);
  });

  it("counts every number of a histogram in the bucket it belongs to", () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.constantFrom(0, -0, 1e-12, -1e-12, Number.MAX_VALUE, -Number.MAX_VALUE),
    );
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 50 }), (values) => {
        const [event] = written((writer) => writer.addHistogram("weights", values, 1));
        const { limits, counts, ...rest } = histogramOf(event);
        expect(rest).toEqual({
          min: Math.min(...values),
          max: Math.max(...values),
          num: values.length,
          sum: values.reduce((sum, value) => sum + value, 0),
          sumSquares: values.reduce((sum, value) => sum + value * value, 0),
        });
        const within = (low: number, high: number) =>
          values.filter((value) => value >= low && (value < high || (value === Number.MAX_VALUE && high === value)))
            .length;
        expect(counts).toEqual(limits.map((limit, i) => (i === 0 ? 0 : within(limits[i - 1] as number, limit))));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect(counts.at(-1)).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it("has the buckets of TensorFlow and PyTorch", () => {
    const [event] = written((writer) => writer.addHistogram("weights", [-1e-12, 0, 1e-12, 1.05e-12, 1], 1));
    const { limits, counts } = histogramOf(event);
    const buckets = [-1e-12, 0, 1e-12, 1.1e-12, 1.21e-12];
    expect(limits.slice(0, 5)).toEqual(buckets.map((limit) => expect.closeTo(limit, 25)));
    expect(counts.slice(0, 5)).toEqual([0, 1, 1, 2, 0]);
    expect((limits[9] as number) / (limits[8] as number)).toBeCloseTo(1.1, 12);
  });

  it.each([
    ["a tag", () => writer().addScalar("", 1, 0), 'addScalar: a tag is a name, got ""'],
    [
      "a step",
      () => writer().addScalar("loss", 1, 1.5),
      'addScalar: the step of "loss" must be an integer from 0 on, got 1.5',
    ],
    ["a number", () => writer().addScalar("loss", "1" as never, 1), 'addScalar: "loss" takes a number, got "1"'],
    [
      "a time",
      () => writer().addText("note", "x", 1, Number.NaN),
      'addText: the time of "note" must be seconds, got NaN',
    ],
    ["text", () => writer().addText("note", 5 as never, 1), 'addText: "note" takes text, got 5'],
    ["no numbers", () => writer().addHistogram("w", [], 1), 'addHistogram: "w" takes one number or more, got []'],
    [
      "NaN",
      () => writer().addHistogram("w", [1, Number.NaN], 1),
      'addHistogram: "w" takes finite numbers, got NaN at 1',
    ],
    [
      "a shape",
      () => writer().addImage("i", ndarray(new Uint8Array(5), [5, 1, 1]), 1),
      /with 1 to 4 channels.*got shape \[5, 1, 1\]/,
    ],
    ["no image", () => writer().addImage("i", null as never, 1), /an image is an array of shape.*got null/],
    ["an image with NaN", () => writer().addImage("i", ndarray(Float32Array.of(Number.NaN), [1, 1]), 1), /has a NaN/],
    [
      "an option",
      () => new SummaryWriter(new MemoryFile(), { purge: 1 } as never),
      /no option purge; did you mean purgeStep\?/,
    ],
    ["no target", () => new SummaryWriter({} as never), /takes the path of a folder, or a LogFile/],
    ["an empty path", () => new SummaryWriter(""), /takes the path of a file, got ""/],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

function histogramOf(event: ReadEvent | undefined): ReadHistogram {
  if (event?.histogram === undefined) throw new Error("no histogram was written");
  return event.histogram;
}

function writer(): SummaryWriter {
  return new SummaryWriter(new MemoryFile());
}

describe("the test's own parser", () => {
  it("knows the checksum of the standard (RFC 3720, B.4)", () => {
    expect(castagnoli(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(castagnoli(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  });

  it("refuses every file of which a bit is another", () => {
    const file = new MemoryFile();
    new SummaryWriter(file).addScalar("loss", 1, 1);
    const bytes = Buffer.from(file.read());
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const broken = Buffer.from(bytes);
      broken[bit >> 3] = (broken[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => recordsOf(broken)).toThrow();
    }
  });
});

describe("in a folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "livegrad-events-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("each writer has a file of its own, which sorts by time", () => {
    const [one, other] = [new SummaryWriter(folder), new SummaryWriter(folder, { filenameSuffix: ".more" })];
    one.addScalar("loss", 1, 1);
    other.addScalar("loss", 2, 2);
    one.close();
    other.close();
    const files = readdirSync(folder).sort();
    expect(files).toEqual([
      expect.stringMatching(/^events\.out\.tfevents\.\d{10}\./),
      expect.stringMatching(/\.more$/),
    ]);
    const read = files.map((file) => readEventFile(readFileSync(join(folder, file)))[1]?.scalar);
    expect(read).toEqual([1, 2]);
    expect(() => one.addScalar("loss", 1, 3)).toThrow(/is closed/);
  });

  const python = process.env["LIVEGRAD_PYTHON"] || "python3";
  const hasTensorBoard = spawnSync(python, ["-c", "import tensorboard, PIL"]).status === 0;

  it.runIf(hasTensorBoard)("TensorBoard's own package reads the same", () => {
    const first = new SummaryWriter(folder);
    for (const step of [1, 2, 3, 4]) first.addScalar("loss/train", 1 / step, step, 1000 + step);
    first.addHistogram("weights", [-1, 0.5, 0.5, 2e30], 2);
    first.addImage(
      "picture",
      ndarray(
        Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
        [3, 2, 2],
      ),
      2,
    );
    first.addText("note", "*naïve*", 2);
    first.close();
    const second = new SummaryWriter(folder, { purgeStep: 4 });
    second.addScalar("loss/train", 9, 4, 2004);
    second.close();
    const script = fileURLToPath(new URL("read_events.py", import.meta.url));
    const { stdout, stderr } = spawnSync(python, [script, folder], { encoding: "utf8" });
    const read = JSON.parse(stdout || `{"failed": ${JSON.stringify(stderr)}}`);
    const third = Math.fround(1 / 3);
    expect(read.scalars).toEqual({
      "loss/train": [
        [1, 1001, 1],
        [2, 1002, 0.5],
        [3, 1003, third],
        [4, 2004, 9],
      ],
    });
    expect(read).toMatchObject({
      version: 2,
      histograms: { weights: [{ step: 2, num: 4 }] },
      images: {
        picture: [
          { step: 2, mode: "RGB", size: [2, 2], pixels: [0, 80, 160, 20, 100, 180, 40, 120, 200, 60, 140, 220] },
        ],
      },
      texts: { "note/text_summary": [[2, "*naïve*"]] },
    });
  });
});

/** Decodes a PNG whose rows have no filter. */
function pixelsOf(png: Buffer) {
  expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    expect(png.readUInt32BE(at + 8 + length)).toBe(crcOf(png.subarray(at + 4, at + 8 + length)));
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
  const header = chunks.get("IHDR") as Buffer;
  const [width, height, depth, colorType] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  expect([depth, ...header.subarray(10)]).toEqual([8, 0, 0, 0]);
  const channels = { 0: 1, 4: 2, 2: 3, 6: 4 }[colorType as 0];
  const rows = inflateSync(chunks.get("IDAT") as Buffer);
  const stride = 1 + width * channels;
  const pixels = Array.from({ length: height }, (_, y) => {
    expect(rows[y * stride]).toBe(0);
    return [...rows.subarray(y * stride + 1, (y + 1) * stride)];
  }).flat();
  return { height, width, channels, pixels };
}

/** CRC-32 of the PNG specification, bit by bit. */
function crcOf(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
