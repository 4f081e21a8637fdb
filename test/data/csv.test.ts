/** Reads tables in CSV, good and broken. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CsvDatasetOptions, csvDataset, DataLoader, generator, randomSplit, ValueError } from "../../src/index.js";
import { FormatError } from "../../src/io/index.js";

const bytesOf = (table: string): Uint8Array => new TextEncoder().encode(table);
const read = (table: string, options: CsvDatasetOptions) => csvDataset(bytesOf(table), options);

describe("csvDataset", () => {
  it("reads numbers, and words as classes in order of their letters", async () => {
    const table = await read("a,b,kind\n1,-2.5e-1,pear\n+3,.5,Apple\r\n5,6.,pear\n", { label: "kind" });
    expect(table).toMatchObject({ length: 3, columns: ["a", "b"], classNames: ["Apple", "pear"] });
    expect(table.x).toEqual({ shape: [3, 2], data: Float32Array.of(1, -0.25, 3, 0.5, 5, 6) });
    expect(table.y).toEqual({ shape: [3], data: Int32Array.of(1, 0, 1) });
    expect(await table.get(1)).toEqual({
      x: { shape: [2], data: Float32Array.of(3, 0.5) },
      y: { shape: [], data: Int32Array.of(0) },
    });
  });

  it("takes a label of numbers as it is, or as classes in order of their size", async () => {
    const table = "10,1\n9,2\n10,3\n";
    const options = { label: 0, header: false, precision: "float64" } as const;
    expect((await read(table, options)).y.data).toEqual(Float64Array.of(10, 9, 10));
    const classes = await read(table, { ...options, classes: true });
    expect([classes.columns, classes.classNames, classes.y.data]).toEqual([["1"], ["9", "10"], Int32Array.of(1, 0, 1)]);
  });

  it("numbers classes as a list says, for a table that has not all", async () => {
    const { y, classNames } = await read("x,y\n1,c\n2,a\n", { label: "y", classes: ["a", "b", "c"] });
    expect([[...y.data], classNames]).toEqual([
      [2, 0],
      ["a", "b", "c"],
    ]);
    await expect(read("x,y\n1,d\n", { label: "y", classes: ["a"] })).rejects.toThrow(
      'csvDataset: "a table": line 2, column "y" must be one of the classes, got "d"',
    );
  });

  it("reads quotes, a byte order mark, empty lines, other delimiters, and the columns that are named in their order", async () => {
    const table = '\uFEFF"a ""x""";b;"c\nd"\n\n"1";"2";"a;b"\n\n';
    const { columns, x, classNames } = await read(table, { label: 2, columns: ["b", 'a "x"'], delimiter: ";" });
    expect([columns, [...x.data], classNames]).toEqual([["b", 'a "x"'], [2, 1], ["a;b"]]);
  });

  it("goes into loaders and parts as other data sets do, from a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "livegrad-csv-"));
    try {
      await writeFile(join(folder, "t.csv"), "a,y\n1,u\n2,v\n3,u\n4,v\n");
      const table = await csvDataset(join(folder, "t.csv"), { label: "y" });
      const [part] = randomSplit(table, [0.5, 0.5], { generator: generator(0), stratify: table.y.data });
      for await (const { x, y } of new DataLoader(part, { batchSize: 2 })) {
        expect([x.shape, [...y.data].sort()]).toEqual([
          [2, 1],
          [0, 1],
        ]);
      }
      await expect(csvDataset(join(folder, "none.csv"), { label: "y" })).rejects.toThrow(/cannot read .*none\.csv/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ["is empty", "", "truncated", "it is empty"],
    ["has no rows", "a,y\n", "truncated", "it has no rows below the names of its columns"],
    [
      "lacks a number",
      'a,y\n"1","p\nq"\n,u\n',
      "bad-data",
      'line 4, column "a" is empty, and a number is missing there',
    ],
    ["lacks a label", "a,y\n1,u\n2, \n", "bad-label", 'line 3, column "y" is empty, and the label is missing there'],
    [
      "has a word among its numbers",
      "a,y\n1,u\nNA,u\n",
      "bad-data",
      'line 3, column "a" must be a number of float32, got "NA"',
    ],
    [
      "has a number in hexadecimal",
      "a,y\n0x10,u\n",
      "bad-data",
      'line 2, column "a" must be a number of float32, got "0x10"',
    ],
    [
      "has a number that is too large",
      "a,y\n1e39,u\n",
      "bad-data",
      'column "a" must be a number of float32, got "1e39"',
    ],
    ["has a short line", "a,b,y\n1,2,u\n1,u\n", "bad-shape", "line 3 has 2 columns, and the first has 3"],
    ["does not close its quotes", 'a,y\n1,"u\n2,v\n', "bad-data", "line 2 is no CSV: Quoted field unterminated"],
    ["has two columns of one name", "a,a,y\n1,2,u\n", "duplicate-key", 'two of its columns are called "a"'],
    ["is a web page", "<!doctype html>\n", "bad-magic", "it must be a table in CSV; it is a web page"],
  ])("refuses a table that %s", async (_, table, reason, message) => {
    const error: unknown = await read(table, { label: "y", name: "t.csv" }).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).reason).toBe(reason);
    expect((error as Error).message).toMatch(/^csvDataset: "t\.csv": [^\n]+$/);
    expect((error as Error).message).toContain(message);
  });

  it("refuses what is not UTF-8", async () => {
    await expect(csvDataset(Uint8Array.of(0xff, 0xfe, 97, 0), { label: 0 })).rejects.toThrow("it is no text in UTF-8");
  });

  it("says which columns there are where one is asked for that is none", async () => {
    const refusal = read("a;y\n1;u\n", { label: "y" });
    await expect(refusal).rejects.toBeInstanceOf(ValueError);
    await expect(refusal).rejects.toThrow('there is no column "y"; there are ["a;y"]; pass delimiter if');
    await expect(read("a,y\n1,u\n", { label: 2 })).rejects.toThrow("there is no column 2");
    await expect(read("a,y\n1,u\n", { label: "y", delimiter: "\n" })).rejects.toThrow("delimiter must be one letter");
  });
});
