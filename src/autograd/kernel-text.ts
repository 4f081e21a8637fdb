/** Reads the text of a kernel before any device does: what cannot run on every one of them is refused by name. */
import { type AnyNode, type ArrowFunctionExpression, type FunctionExpression, parseExpressionAt } from "acorn";
import type { KernelFunction } from "../device/device.js";
import { ValueError } from "../errors.js";

/** What a kernel's text says of it. */
export interface KernelText {
  /** Number of its inputs. */
  readonly inputs: number;
  /** Names that it reads as `this.constants.NAME`. */
  readonly constants: ReadonlySet<string>;
}

const read = new WeakMap<KernelFunction, KernelText>();

/** The text of a kernel, read once.
 * @throws ValueError that names the kernel, what it must not use, and why; a kernel is compiled from its text, which stands alone */
export function textOf(kernel: KernelFunction): KernelText {
  const known = read.get(kernel);
  if (known !== undefined) return known;
  const text = readText(kernel);
  read.set(kernel, text);
  return text;
}

type Fn = FunctionExpression | ArrowFunctionExpression;

const rule = "every device compiles the kernel's text, which must stand alone";

function refused(kernel: KernelFunction, what: string): ValueError {
  const name = kernel.name === "" ? "kernel" : kernel.name;
  return new ValueError(name, what);
}

function readText(kernel: KernelFunction): KernelText {
  const fn = parsed(kernel);
  const named = "a kernel must be a named top-level function: function name(this: KernelThis, x: Flat): number { … }";
  if (fn === null)
    throw refused(kernel, `its text cannot be read (a method, a bound or a built-in function); ${named}`);
  if (fn.type === "ArrowFunctionExpression") {
    throw refused(kernel, `it is an arrow function, which has no cell as its \`this\`; ${named}`);
  }
  if (kernel.name === "") throw refused(kernel, `it has no name; ${named}`);
  if (fn.async || fn.generator) throw refused(kernel, `it is async or a generator, but a cell is a number; ${named}`);
  const declared = new Set<string>(["Math", "Infinity"]);
  for (const parameter of fn.params) {
    if (parameter.type !== "Identifier") {
      const what = parameter.type === "AssignmentPattern" ? "a default value" : "a pattern or a rest";
      throw refused(kernel, `a parameter of it has ${what}; ${rule}, and its parameters are plain names`);
    }
    declared.add(parameter.name);
  }
  for (const node of nodesOf(fn.body)) {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") declared.add(node.id.name);
  }
  const constants = new Set<string>();
  for (const node of nodesOf(fn.body)) checkNode(kernel, node, declared, constants);
  return { inputs: fn.params.length, constants };
}

/** The function that a text is; null if it is none that stands alone. */
function parsed(kernel: KernelFunction): Fn | null {
  try {
    const node = parseExpressionAt(`(${Function.prototype.toString.call(kernel)})`, 0, { ecmaVersion: "latest" });
    return node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression" ? node : null;
  } catch {
    return null;
  }
}

function checkNode(kernel: KernelFunction, node: AnyNode, declared: ReadonlySet<string>, constants: Set<string>): void {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      throw refused(kernel, `it has a function inside; ${rule}: write that function's expression in its place`);
    case "CallExpression":
      checkCall(kernel, node.callee, declared);
      return;
    case "Identifier":
      if (declared.has(node.name)) return;
      throw refused(
        kernel,
        `${node.name} is not defined in it; ${rule}: pass it in { constants } or { floats }, read as this.constants.${node.name}, ` +
          "or as an input",
      );
    case "MemberExpression": {
      const { object, property } = node;
      const isConstant = object.type === "MemberExpression" && isThis(object, "constants");
      if (isConstant && !node.computed && property.type === "Identifier") constants.add(property.name);
      if (object.type === "ThisExpression" && !["thread", "constants"].some((name) => isThis(node, name))) {
        throw refused(kernel, "its `this` has nothing but thread and constants");
      }
    }
  }
}

function checkCall(kernel: KernelFunction, callee: AnyNode, declared: ReadonlySet<string>): void {
  if (callee.type === "Identifier") {
    const what = declared.has(callee.name) ? "is no function" : "is a function outside of it";
    throw refused(kernel, `${callee.name} ${what}; ${rule}: only Math's functions can be called`);
  }
  const isMath =
    callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "Math";
  if (isMath) return;
  const name =
    callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : "that";
  throw refused(kernel, `${name} cannot be called in it; ${rule}: only Math's functions can be called`);
}

function isThis(node: AnyNode, name: string): boolean {
  return (
    node.type === "MemberExpression" &&
    node.object.type === "ThisExpression" &&
    !node.computed &&
    node.property.type === "Identifier" &&
    node.property.name === name
  );
}

/** A node and all below it that stand for values; names of properties and labels do not. */
function* nodesOf(node: AnyNode): Generator<AnyNode> {
  yield node;
  for (const [key, child] of Object.entries(node) as [string, unknown][]) {
    const isName =
      (key === "property" && node.type === "MemberExpression" && !node.computed) ||
      (key === "key" && node.type === "Property" && !node.computed) ||
      key === "label";
    if (isName) continue;
    for (const item of Array.isArray(child) ? child : [child]) if (isNode(item)) yield* nodesOf(item);
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value;
}
