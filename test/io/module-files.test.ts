/** Tests of modules that are loaded from files and saved into them, among them a net that others trained. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BatchNorm2d,
  batchOf,
  Conv2d,
  cifar10,
  cifarNet,
  FormatError,
  generator,
  Linear,
  Sequential,
  setDevice,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { httpSource, openSafetensors, readSafetensors, writeNpz, writeSafetensors } from "../../src/io/index.js";
import { openFile } from "../../src/io.js";

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
let folder = "";
beforeAll(() => {
  setDevice("simd");
  folder = mkdtempSync(join(tmpdir(), "livegrad-files-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The net of the fixtures' checkpoints. */
function small(seed: number): Sequential {
  return new Sequential({ conv: new Conv2d(1, 2, 2, { generator: generator(seed) }), bn: new BatchNorm2d(2) });
}

function numbers(model: { stateDict(): Record<string, Tensor> }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(model.stateDict()).map(([name, value]) => [name, value.arraySync()]));
}

describe("Module.load and Module.save", () => {
  it("keep every number, and the file's name when they fail", async () => {
    const [first, second] = [
      new Linear(3, 2, { generator: generator(1) }),
      new Linear(3, 2, { generator: generator(2) }),
    ];
    const path = join(folder, "linear.safetensors");
    await first.save(path, { step: "3" });
    expect(await second.load(path)).toEqual({ missing: [], unexpected: [] });
    expect(numbers(second)).toEqual(numbers(first));
    expect(readSafetensors(readFileSync(path)).metadata.get("step")).toBe("3");
    expect(readdirSync(folder)).toEqual(["linear.safetensors"]); // nothing is left beside it
    await second.load(pathToFileURL(path));
    await second.load(new Blob([readFileSync(path)]));
    await expect(new Linear(4, 2, { generator: generator(1) }).load(path)).rejects.toThrow(
      `load: "${path}": shapes differ: weight is [2, 4], got [2, 3]`,
    );
    const other = new Sequential(first);
    await expect(other.load(path)).rejects.toThrow("missing: 0.weight, 0.bias; unexpected: bias, weight");
    expect(await other.load(path, { strict: false })).toEqual({
      missing: ["0.weight", "0.bias"],
      unexpected: ["bias", "weight"],
    });
    await expect(first.load(join(folder, "none.pth"))).rejects.toThrow("none.pth");
    await expect(first.load(folder)).rejects.toThrow("it is a folder");
    await expect(first.load(7 as never)).rejects.toThrow("source must be a path, a URL, bytes or a Blob");
    await expect(first.save(join(folder, "a.pth"))).rejects.toThrow("must be that of a file and end with .safetensors");
    await expect(first.save(join(folder, "none", "a.safetensors"))).rejects.toThrow("cannot write");
  });

  it("take the weights out of checkpoints of both of PyTorch's forms, without the prefix of DataParallel", async () => {
    const [zip, legacy] = [small(0), small(1)];
    await zip.load(join(fixtures, "zip-checkpoint.pth"));
    await legacy.load(join(fixtures, "legacy-checkpoint.pth"));
    expect(numbers(zip)).toEqual(numbers(legacy));
    const expected = JSON.parse(readFileSync(join(fixtures, "expected.json"), "utf8"))["zip-checkpoint.pth"];
    const weight = await (zip.stateDict()["conv.weight"] as Tensor).data();
    expect([...weight]).toEqual(expected["conv.weight"].values);
  });

  it("convert element types, and refuse integers that do not fit", async () => {
    const model = new Linear(1, 1, { generator: generator(0) });
    const float16 = { dtype: "float16", data: Float32Array.of(1.5) } as const;
    const bias = { dtype: "int64", shape: [1], data: BigInt64Array.of(-3n) } as const;
    await model.load(writeNpz({ weight: { ...float16, shape: [1, 1] }, bias }));
    expect(numbers(model)).toEqual({ weight: [[1.5]], bias: [-3] });
    const huge = { ...bias, data: BigInt64Array.of(2n ** 60n) };
    await expect(model.load(writeSafetensors({ weight: { ...float16, shape: [1, 1] }, bias: huge }))).rejects.toThrow(
      "bias: load: an integer of 64 bits must not be beyond ±2⁵³ − 1, got 1152921504606846976",
    );
    expect(numbers(model)).toEqual({ weight: [[1.5]], bias: [-3] });
  });

  it("refuse what runs code, with the file's name", async () => {
    const failure = small(0).load(join(fixtures, "refused-os-system.pth"));
    await expect(failure).rejects.toBeInstanceOf(FormatError);
    await expect(failure).rejects.toMatchObject({ reason: "forbidden-global", op: "load" });
  });
});

describe("a file on a server", () => {
  const bytes = writeSafetensors({ weight: { dtype: "float32", shape: [1, 1], data: Float32Array.of(2) } });
  const requests: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    requests.push(request.headers.range);
    if (request.url === "/missing") response.writeHead(404).end();
    else if (from === undefined || request.url === "/whole") response.end(bytes);
    else {
      response.setHeader("content-range", `bytes ${from}-${to}/${bytes.length}`);
      response.writeHead(206).end(bytes.subarray(Number(from), Number(to) + 1));
    }
  });
  let address = "";
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it("is read tensor by tensor, or loaded whole", async () => {
    const file = await openSafetensors(await httpSource(`${address}/ranges`));
    expect([...(await file.read("weight")).data]).toEqual([2]);
    expect(requests.at(-1)).toBe(`bytes=${bytes.length - 4}-${bytes.length - 1}`);
    const model = new Linear(1, 1, { bias: false, generator: generator(0) });
    await model.load(`${address}/whole`);
    expect(numbers(model)).toEqual({ weight: [[2]] });
  });

  it("is refused where there is none, or no ranges are served", async () => {
    await expect(httpSource(`${address}/missing`)).rejects.toThrow("answered 404");
    await expect(httpSource(`${address}/whole`)).rejects.toThrow("it knows no ranges");
    await expect(new Linear(1, 1, { generator: generator(0) }).load(`${address}/missing`)).rejects.toThrow(
      "answered 404",
    );
  });
});

describe("openFile", () => {
  it("gives pieces of a file", async () => {
    const file = await openFile(join(fixtures, "bool-5.npy"));
    expect([...(await file.read(1, 5))]).toEqual([..."NUMPY"].map((letter) => letter.charCodeAt(0)));
    await expect(file.read(file.size - 1, 2)).rejects.toThrow("ends at byte");
    await file.close();
  });
});

const pretrained = fileURLToPath(new URL("../../../shared/training/pretrained/", import.meta.url));
const isThere = existsSync(pretrained);
if (!isThere) console.warn(`skipped: a net that others trained, for ${pretrained} is not there`);

describe.runIf(isThere)("a ResNet-20 that others trained with PyTorch", () => {
  it("loads with one call, and predicts of 500 photographs what PyTorch predicts", async () => {
    const expected = JSON.parse(readFileSync(join(pretrained, "expected.json"), "utf8")) as {
      predictions: number[];
      logitsFloat32First50: number[][];
    };
    const model = cifarNet({ depth: 20, generator: generator(0) });
    await model.load(join(pretrained, "resnet20-12fca82f.th"));
    model.eval();
    const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }; // theirs, of ImageNet
    const images = { ...(await cifar10(pretrained, { split: "test" })), ...normalization };
    const predictions: number[] = [];
    let worst = 0;
    for (let start = 0; start < images.length; start += 50) {
      const batch = batchOf(
        images,
        Array.from({ length: 50 }, (_, i) => start + i),
      );
      const logits = model.forward(tensor(batch.images)).arraySync() as number[][];
      for (const row of logits) predictions.push(row.indexOf(Math.max(...row)));
      if (start > 0) continue;
      expected.logitsFloat32First50.forEach((row, i) => {
        row.forEach((value, k) => {
          worst = Math.max(worst, Math.abs(value - (logits[i]?.[k] ?? Number.NaN)));
        });
      });
    }
    expect(predictions).toEqual(expected.predictions);
    expect(worst).toBeLessThan(1e-3);
  });
});
