/** Models in files of the user's: what a file exports that makes a module. */
import { existsSync } from "node:fs";
import { parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { DataError, describe } from "../errors.js";
import type { ModelMaker } from "../experiments/models.js";
import { type AnyModule, Module } from "../nn/module.js";
import type { Generator } from "../random.js";

/** Whether a word of the command line names a file, not a model of the zoo. */
export function isFile(word: string): boolean {
  return /[\\/]|\.[cm]?[jt]sx?$/.test(word);
}

/** What a file exports, by name: functions of a generator, and modules' classes that take one. A default export has the name of the
 * file.
 * @param command who asks
 * @throws DataError if the file is not there, cannot be loaded or exports no model */
export async function modelsIn(command: string, path: string): Promise<[name: string, make: ModelMaker][]> {
  const whole = resolve(path);
  if (!existsSync(whole)) throw new DataError(command, `there is no file ${path}`, { actual: path });
  const exported = Object.entries(await load(command, path, whole));
  const makers = exported.flatMap(([name, value]): [string, ModelMaker][] => {
    const make = makerOf(value);
    return make === null ? [] : [[name === "default" ? parse(path).name : name, make]];
  });
  if (makers.length > 0) return makers;
  const names = exported.map(([name, value]) => `${name}: ${describe(value)}`);
  const found = names.length === 0 ? "nothing" : names.join(", ");
  const rule = `${path} must export a function that makes a module, as (generator) => new Net(generator)`;
  throw new DataError(command, `${rule}; it exports ${found}`);
}

function makerOf(value: unknown): ModelMaker | null {
  if (typeof value !== "function") return null;
  if (!/^class\b/.test(Function.prototype.toString.call(value))) return value as ModelMaker;
  if (!(value.prototype instanceof Module)) return null;
  const Net = value as new (generator: Generator) => AnyModule;
  return (generator) => new Net(generator);
}

async function load(command: string, path: string, whole: string): Promise<object> {
  try {
    return (await import(pathToFileURL(whole).href)) as object;
  } catch (cause) {
    throw new DataError(command, `cannot load ${path}: ${whyNot(command, cause)}`, { cause });
  }
}

function whyNot(command: string, cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    if (!isMainThread) return `Node ${process.versions.node} does not run TypeScript in worker threads`;
    const livegrad = process.argv[1] ?? "livegrad";
    return (
      `Node ${process.versions.node} does not run TypeScript; run the command with tsx (npx tsx ${livegrad} ${command} …), ` +
      "compile the file, or take Node 22.18 or later"
    );
  }
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] as string;
}
