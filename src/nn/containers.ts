/** What containers of modules hold: each a module, each under a name of its own. */
import { isPlainObject } from "../autograd/plain-object.js";
import { refuseOthersModule } from "../copies.js";
import { describe, ValueError } from "../errors.js";
import { Module } from "./module.js";

/** Modules by name: an object's keys, or a map's where names are numbers or their order matters to somebody.
 * @category Modules */
export type NamedModules<Part extends Module = Module> = Readonly<Record<string, Part>> | ReadonlyMap<string, Part>;

/** @throws ValueError unless a value is a module of this copy of the package */
export function checkModule(container: string, value: unknown, rule: string): void {
  if (value instanceof Module) return;
  refuseOthersModule(container, "a module", value);
  throw new ValueError(container, `${rule}, got ${describe(value)}`, { actual: value });
}

/** The modules of an object or a map, in its order.
 * @throws ValueError if one is no module, or a name is none */
export function namedEntries<Part extends Module>(container: string, modules: NamedModules<Part>): Map<string, Part> {
  const isMap = modules instanceof Map;
  if (!isMap && !isPlainObject(modules)) {
    refuseOthersModule(container, "a module", modules);
    throw new ValueError(container, `it takes modules by name, in an object or a map, got ${describe(modules)}`);
  }
  const entries = new Map<string, Part>(isMap ? modules : Object.entries(modules));
  for (const [name, module] of entries) {
    checkName(container, name);
    checkModule(container, module, `${JSON.stringify(name)} must be a module`);
    if (!isMap && /^\d+$/.test(name)) {
      const rule = "an object's keys that are numbers lose their place; pass a Map, or modules without names";
      throw new ValueError(container, `${rule}, got ${JSON.stringify(name)}`, { actual: name });
    }
  }
  return entries;
}

/** @throws ValueError unless a name can stand in the path of a state dict */
export function checkName(container: string, name: unknown): void {
  if (typeof name === "string" && name !== "" && !name.includes(".")) return;
  throw new ValueError(container, `a name is a string without dots, and not empty, got ${describe(name)}`, {
    actual: name,
  });
}
