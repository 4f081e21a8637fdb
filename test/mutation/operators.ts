/** The mutation operators: which mistakes each node of the syntax tree can hold.
 *
 * Left alone, because a change there is none in float64 on the reference device, or says nothing about the result:
 * types, error messages, strings; the `+ 0.5` of `Math.floor((a + 0.5) / b)`, `| 0` and `let i = 0; i++;`, which help
 * float32 compilers; the question `needsGrad[i]`, which saves work whose result is thrown away; and the inside of
 * `x > 0 || x <= 0`, which asks whether x is a number, and for which any bound will do. */
import ts from "typescript";
import { callEdits } from "./call-operators.js";
import type { Edit, Kind } from "./mutant.js";

const { SyntaxKind } = ts;

/** All edits of a file, in the order of the source. */
export function editsOf(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (isLeftAlone(node, source)) return;
    if (inFunction || isFlag(node)) edits.push(...distinct(node, source));
    if (isNumberTest(node, source)) return;
    const inside = inFunction || ts.isFunctionLike(node) || ts.isPropertyDeclaration(node);
    node.forEachChild((child) => visit(child, inside));
  };
  visit(source, false);
  return edits;
}

/** Whether nothing in a node is mutated. */
function isLeftAlone(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isModuleDeclaration(node)) return true;
  if (ts.isThrowStatement(node) || (ts.isNewExpression(node) && /Error$/.test(node.expression.getText(source))))
    return true;
  return isIntegerIdiom(node, source);
}

/** `let i = 0;` and `i++;` of the three lines that make `i` an integer for gpu.js; the third assigns it. */
function isIntegerIdiom(node: ts.Node, source: ts.SourceFile): boolean {
  if (!ts.isBlock(node.parent ?? node) || node.parent === undefined) return false;
  const { statements } = node.parent as ts.Block;
  const at = statements.indexOf(node as ts.Statement);
  const texts = (from: number) => statements.slice(from, from + 3).map((s) => s.getText(source));
  const matches = ([a = "", b = "", c = ""]: string[]) => {
    const name = /^let (\w+) = 0;$/.exec(a)?.[1];
    return name !== undefined && b === `${name}++;` && new RegExp(`^${name} =\\s`).test(c);
  };
  return matches(texts(at)) || (at > 0 && matches(texts(at - 1)));
}

/** `broadcasts: true` of an op's declaration, which stands outside of any function. */
export function isFlag(node: ts.Node): node is ts.PropertyAssignment {
  return (
    ts.isPropertyAssignment(node) &&
    node.initializer.kind === SyntaxKind.TrueKeyword &&
    node.name.getText() === "broadcasts"
  );
}

/** The edits of a node, without repetitions. */
function distinct(node: ts.Node, source: ts.SourceFile): Edit[] {
  const seen = new Set([node.getText(source)]);
  return editsAt(node, source).flatMap(([kind, replacement]) => {
    if (seen.has(replacement)) return [];
    seen.add(replacement);
    return [{ node, kind, replacement }];
  });
}

type Found = [Kind, string][];

function editsAt(node: ts.Node, source: ts.SourceFile): Found {
  const text = (part: ts.Node) => part.getText(source);
  if (isFlag(node)) return [["flip a flag", "broadcasts: false"]];
  if (ts.isExpressionStatement(node)) return isSuperCall(node) ? [] : [["remove a statement", ";"]];
  if (ts.isBinaryExpression(node)) {
    return [...(isNumberTest(node, source) ? [] : binaryEdits(node, source)), ...conditionEdits(node)];
  }
  if (ts.isPrefixUnaryExpression(node)) return [...prefixEdits(node, text(node.operand)), ...conditionEdits(node)];
  if (ts.isPostfixUnaryExpression(node)) {
    const other = node.operator === SyntaxKind.PlusPlusToken ? "--" : "++";
    return [["flip a sign", text(node.operand) + other]];
  }
  if (ts.isNumericLiteral(node)) return numberEdits(node);
  if (node.kind === SyntaxKind.TrueKeyword) return [["flip a flag", "false"]];
  if (node.kind === SyntaxKind.FalseKeyword) return [["flip a flag", "true"]];
  if (ts.isPropertyAccessExpression(node)) return [...transpositions(node, source), ...conditionEdits(node)];
  if (ts.isElementAccessExpression(node)) return [...neighbour(node, source), ...conditionEdits(node)];
  if (ts.isArrayLiteralExpression(node)) return arrayEdits(node, source);
  if (ts.isCallExpression(node)) return [...callEdits(node, source), ...conditionEdits(node), ...gradientEdits(node)];
  if (ts.isIdentifier(node)) return [...conditionEdits(node), ...gradientEdits(node)];
  if (ts.isConditionalExpression(node)) return gradientEdits(node);
  return [];
}

function isSuperCall({ expression }: ts.ExpressionStatement): boolean {
  return ts.isCallExpression(expression) && expression.expression.kind === SyntaxKind.SuperKeyword;
}

const boundary: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const opposite: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
};

function binaryEdits(node: ts.BinaryExpression, source: ts.SourceFile): Found {
  const [left, right] = [node.left.getText(source), node.right.getText(source)];
  const operator = node.operatorToken.getText(source);
  if (operator in boundary) return [["off by one", `${left} ${boundary[operator]} ${right}`]];
  if (operator === "===" || operator === "!==") {
    return isCondition(node) ? [] : [["force a condition", `${left} ${opposite[operator]} ${right}`]];
  }
  if (operator in opposite) return [["flip a sign", `${left} ${opposite[operator]} ${right}`]];
  const drops: Found = [
    ["drop a term", left],
    ["drop a term", right],
  ];
  switch (operator) {
    case "&&":
    case "||":
    case "??":
      return drops;
    case "+":
      if (isText(node) || isRoundingGuard(node)) return [];
      return [["flip a sign", `${left} - ${wrapped(node.right, right)}`], ...drops];
    case "-":
      return [
        ["flip a sign", `${left} + ${right}`],
        ["swap operands", `${right} - ${wrapped(node.left, left)}`],
        ["drop a term", left],
      ];
    case "*":
      return [["swap operands", `${left} / ${wrapped(node.right, right)}`], ...drops];
    case "/":
      return [
        ["swap operands", `${wrapped(node.right, right)} / ${wrapped(node.left, left)}`],
        ["drop a term", `${left} * ${wrapped(node.right, right)}`],
        ["drop a term", left],
      ];
    case "%":
      return [["drop a term", left]];
    default:
      return [];
  }
}

function wrapped(node: ts.Node, text: string): string {
  return ts.isBinaryExpression(node) || ts.isConditionalExpression(node) ? `(${text})` : text;
}

/** A sum of strings. */
function isText(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right);
  return ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node);
}

/** `(a + 0.5) / b`, where a rounded quotient of integers must not fall below the integer. */
function isRoundingGuard(node: ts.BinaryExpression): boolean {
  const outer = node.parent?.parent;
  return (
    ts.isNumericLiteral(node.right) &&
    node.right.text === "0.5" &&
    ts.isParenthesizedExpression(node.parent) &&
    ts.isBinaryExpression(outer) &&
    outer.operatorToken.kind === SyntaxKind.SlashToken
  );
}

/** Whether a branch is taken by this expression alone. Parts of `a && b` are dropped instead. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent)) return parent.expression === node;
  return (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) && parent.condition === node;
}

/** `x > 0 || x <= 0`: true but for NaN, written without `!==` for GPUs. */
function isNumberTest(node: ts.Node, source: ts.SourceFile): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  const test = node.getText(source).replaceAll(/\s+/g, " ");
  return /^(.+) (?:> (.+) \|\| \1 <=|>= (.+) \|\| \1 <|< (.+) \|\| \1 >=|<= (.+) \|\| \1 >) (?:\2\3\4\5)$/.test(test);
}

function conditionEdits(node: ts.Expression): Found {
  if (!isCondition(node)) return [];
  const isCompound = ts.isBinaryExpression(node) && !isNumberTest(node, node.getSourceFile());
  if (isCompound && /^(&&|\|\||\?\?)$/.test(node.operatorToken.getText())) return [];
  if (ts.isConditionalExpression(node.parent) && isNeedsGrad(node.parent)) return [];
  return [
    ["force a condition", "true"],
    ["force a condition", "false"],
  ];
}

/** `needsGrad[i] ? … : null`: its only mistake is no gradient. */
function isNeedsGrad(node: ts.ConditionalExpression): boolean {
  return node.whenFalse.kind === SyntaxKind.NullKeyword && node.condition.getText().startsWith("needsGrad");
}

function prefixEdits(node: ts.PrefixUnaryExpression, operand: string): Found {
  switch (node.operator) {
    case SyntaxKind.MinusToken:
      return [["flip a sign", operand]];
    case SyntaxKind.ExclamationToken:
      return isCondition(node) ? [] : [["force a condition", operand]];
    case SyntaxKind.PlusPlusToken:
      return [["flip a sign", `--${operand}`]];
    case SyntaxKind.MinusMinusToken:
      return [["flip a sign", `++${operand}`]];
    default:
      return [];
  }
}

/** An integer becomes its neighbours, a fraction changes by a hundredth. */
function numberEdits(node: ts.NumericLiteral): Found {
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return [];
  if (ts.isBinaryExpression(node.parent) && isRoundingGuard(node.parent)) return [];
  if (ts.isBinaryExpression(node.parent) && node.parent.operatorToken.kind === SyntaxKind.BarToken) return [];
  const value = Number(node.text);
  if (!Number.isInteger(value)) return [["change a number", String(value * 1.01)]];
  const more: [Kind, string] = ["off by one", String(value + 1)];
  return value === 0 ? [more] : [more, ["off by one", String(value - 1)]];
}

const nextThread: Readonly<Record<string, string>> = { x: "y", y: "x", z: "y" };

/** `thread.x` for `thread.y`, `constants.strideY` for `constants.strideX`, where the function reads the other, too. */
function transpositions(node: ts.PropertyAccessExpression, source: ts.SourceFile): Found {
  const object = node.expression.getText(source);
  const name = node.name.text;
  if (object === "this.thread") return [["transpose an index", `this.thread.${nextThread[name]}`]];
  if (object !== "this.constants") return [];
  const reader = ts.findAncestor(node, ts.isFunctionDeclaration)?.getText(source) ?? "";
  const read = counterparts(name).find((other) => new RegExp(`this\\.constants\\.${other}\\b`).test(reader));
  return read === undefined ? [] : [["transpose an index", `this.constants.${read}`]];
}

const pairs: readonly (readonly [RegExp, string])[] = [
  [/X$/, "Y"],
  [/Y$/, "X"],
  [/height/, "width"],
  [/width/, "height"],
  [/Height/, "Width"],
  [/Width/, "Height"],
  [/row/, "col"],
  [/col/, "row"],
  [/A$/, "B"],
  [/B$/, "A"],
  [/0$/, "1"],
  [/1$/, "0"],
  [/2$/, "1"],
  [/[3-9]$/, "2"],
];

function counterparts(name: string): string[] {
  return pairs.flatMap(([pattern, other]) => (pattern.test(name) ? [name.replace(pattern, other)] : []));
}

/** The next element in place of the one that a kernel reads. */
function neighbour(node: ts.ElementAccessExpression, source: ts.SourceFile): Found {
  const { argumentExpression: index, expression: array, parent } = node;
  const isWritten = ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.getText() === "=";
  if (!source.fileName.includes("/kernels/") || !ts.isIdentifier(index) || isWritten) return [];
  return [["off by one", `${array.getText(source)}[${index.text} + 1]`]];
}

/** Neighbours of a list change places: two gradients, two sizes of a shape, two axes. */
function arrayEdits(node: ts.ArrayLiteralExpression, source: ts.SourceFile): Found {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.left === node) return [];
  const items = node.elements.map((element) => element.getText(source));
  if (node.elements.some((element) => ts.isStringLiteral(element))) return [];
  return items.slice(1).map((_, i) => {
    const swapped = items.with(i, items[i + 1] as string).with(i + 1, items[i] as string);
    return ["swap operands", `[${swapped.join(", ")}]`];
  });
}

/** `null` in place of one of the gradients that a backward rule returns. */
function gradientEdits(node: ts.Expression): Found {
  const list = node.parent;
  if (!ts.isArrayLiteralExpression(list)) return [];
  const rule = ts.findAncestor(list, (a): a is ts.PropertyAssignment => ts.isPropertyAssignment(a));
  const isReturned = ts.isReturnStatement(list.parent) || ts.isArrowFunction(list.parent);
  const isRule = rule?.name.getText() === "backward" && ts.findAncestor(list, ts.isArrowFunction) === rule.initializer;
  return isReturned && isRule ? [["no gradient", "null"]] : [];
}
