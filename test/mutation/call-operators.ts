/** Mistakes in calls: arguments swapped, a call left out. Backward rules are made of calls. */
import ts from "typescript";
import type { Kind } from "./mutant.js";

/** Functions whose two arguments may change places. */
const commutative = new Set(
  "add mul maximum minimum equal notEqual logicalAnd logicalOr logicalXor Math.max Math.min sameShape broadcastShapes".split(
    " ",
  ),
);

/** Functions of two terms, either of which can be dropped. */
const ofTwoTerms = new Set("add sub mul maximum minimum Math.max Math.min logicalAnd logicalOr".split(" "));

const opposite: Readonly<Record<string, string>> = {
  "Math.max": "Math.min",
  "Math.min": "Math.max",
  "Math.floor": "Math.ceil",
  "Math.ceil": "Math.floor",
  maximum: "minimum",
  minimum: "maximum",
  greater: "greaterEqual",
  greaterEqual: "greater",
  less: "lessEqual",
  lessEqual: "less",
};

/** Methods of arrays that give an array: left out, it is the array itself. */
const arrayMethods = new Set("filter slice toReversed reverse sort toSorted concat flat".split(" "));

/** Calls that are no step of a calculation. */
const notDropped = /^(run|defineOp|super|String|Number|Boolean|Symbol|require|import|at$)/;

export function callEdits(node: ts.CallExpression, source: ts.SourceFile): [Kind, string][] {
  const callee = node.expression.getText(source);
  const text = (part: ts.Node) => part.getText(source);
  if (ts.isOptionalChain(node)) return [];
  if (ts.isPropertyAccessExpression(node.expression)) {
    const { expression: object, name } = node.expression;
    const rest = node.arguments.map(text).join(", ");
    if (name.text === "some") return [["force a condition", `${text(object)}.every(${rest})`]];
    if (name.text === "every") return [["force a condition", `${text(object)}.some(${rest})`]];
    if (arrayMethods.has(name.text)) return [["drop a call", text(object)]];
    if (!callee.startsWith("Math.")) return [];
  } else if (!ts.isIdentifier(node.expression)) return [];
  return [...opposites(callee, node, text), ...drops(callee, node, text), ...swaps(callee, node, text)];
}

function opposites(callee: string, node: ts.CallExpression, text: (part: ts.Node) => string): [Kind, string][] {
  const other = opposite[callee];
  if (other === undefined) return [];
  if (!callee.startsWith("Math.") && !new RegExp(`\\b${other}\\b`).test(importsOf(node))) return [];
  return [["force a condition", `${other}(${node.arguments.map(text).join(", ")})`]];
}

function importsOf(node: ts.Node): string {
  const source = node.getSourceFile();
  return source.statements
    .filter((s) => ts.isImportDeclaration(s))
    .map((s) => s.getText(source))
    .join();
}

/** The first operand in place of the result, and the second one where either is a term. */
function drops(callee: string, node: ts.CallExpression, text: (part: ts.Node) => string): [Kind, string][] {
  if (notDropped.test(callee) || ts.isExpressionStatement(node.parent) || isCutOff(node)) return [];
  const operands = node.arguments.filter(isOperand);
  const [first, second] = operands;
  if (first === undefined) return [];
  const terms = ofTwoTerms.has(callee) && second !== undefined ? [first, second] : [first];
  // Outside of a tensor's arithmetic `mul(2, g)` without its g is a number, which is no mistake one makes.
  return terms.filter((term) => !ts.isNumericLiteral(term)).map((term) => ["drop a call", text(term)]);
}

/** `Math.floor(a) | 0`, which `a | 0` is, too. */
function isCutOff({ parent }: ts.CallExpression): boolean {
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.BarToken;
}

function swaps(callee: string, node: ts.CallExpression, text: (part: ts.Node) => string): [Kind, string][] {
  if (commutative.has(callee)) return [];
  const args = node.arguments;
  return args.slice(1).flatMap((second, i): [Kind, string][] => {
    const first = args[i] as ts.Expression;
    if (!isOperand(first) || !isOperand(second)) return [];
    const swapped = args
      .map(text)
      .with(i, text(second))
      .with(i + 1, text(first));
    return [["swap operands", `${callee}(${swapped.join(", ")})`]];
  });
}

function isOperand(node: ts.Node): boolean {
  if (ts.isSpreadElement(node) || ts.isFunctionLike(node) || ts.isObjectLiteralExpression(node)) return false;
  return !ts.isStringLiteral(node) && !/^(op|name|kernel|options)$|^kernels\./.test(node.getText());
}
