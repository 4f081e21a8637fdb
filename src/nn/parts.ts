/** The parts of a module: what of its properties is a parameter or a child. */
import { isPlainObject } from "../autograd/plain-object.js";
import { anotherCopy, isTensorOfAnyCopy } from "../copies.js";
import { ValueError } from "../errors.js";
import { Parameter } from "./parameter.js";

/** A property's name as PyTorch writes it: `selfAttention` is `self_attention`, `bnReLU` is `bn_re_lu`. */
export function snakeCase(name: string): string {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Z])([A-Z][a-z])/g, "$1_$2");
  return parted.toLowerCase();
}

/** The parts of one module by name, in the order of its properties: a property's name is written as PyTorch writes it; those in
 * arrays, objects, maps and sets, however deep, have the key, as it is, as a part of their name (`heads.a`, `grid.0.1`).
 * @param isPart which values are asked for
 * @throws ValueError for a module or parameter that another copy of the package made, and where two properties would have
 * one name */
export function partsOf<T extends object>(
  owner: object,
  isPart: (value: object) => value is T,
): [name: string, part: T][] {
  const found: [string, T][] = [];
  const visit = (value: unknown, name: string, around: readonly object[]): void => {
    if (typeof value !== "object" || value === null) return;
    if (isPart(value)) {
      found.push([name, value]);
      return;
    }
    if (around.includes(value)) return; // data may hold itself
    const inside = [...around, value];
    for (const [key, item] of entriesOf(value)) {
      if (typeof item === "object" && item !== null) visit(item, `${name}.${key}`, inside);
    }
  };
  const properties = new Map<string, string>();
  for (const [property, value] of Object.entries(owner)) {
    if (typeof value !== "object" || value === null) continue;
    const name = snakeCase(property);
    const before = found.length;
    visit(value, name, []);
    if (found.length === before) continue;
    const other = properties.get(name);
    if (other !== undefined) {
      const rule = `its properties ${other} and ${property} are both called ${name} in a state dict; rename one`;
      throw new ValueError(owner.constructor.name, rule);
    }
    properties.set(name, property);
  }
  return found;
}

/** Whether a value is a parameter.
 * @throws ValueError if it is one of another copy of the package */
export function isParameter(value: object): value is Parameter {
  if (value instanceof Parameter) return true;
  if (value.constructor?.name === "Parameter" && isTensorOfAnyCopy(value))
    throw new ValueError("Parameter", anotherCopy);
  return false;
}

/** What a container holds, by key; nothing of what is no container, such as a tensor, a typed array or a generator. */
function entriesOf(value: object): Iterable<readonly [key: unknown, item: unknown]> {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Map) return value;
  if (value instanceof Set) return [...value].entries();
  return isPlainObject(value) ? Object.entries(value) : [];
}
