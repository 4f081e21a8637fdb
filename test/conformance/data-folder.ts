/** Where the images lie that a conformance file names: in `../data`, seen from the file's folder. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ReadData } from "./gradient-flow-cases.js";

/** Reads from the data folder beside the folder of the conformance file at `path`. */
export function dataBeside(path: string): ReadData {
  return (name) => readFile(join(dirname(resolve(path)), "..", "data", name));
}
