/** The header of a NumPy array (NEP 1): a dictionary in Python's notation, of which the three entries are read and nothing else. */
import { describe } from "../../errors.js";
import { refuse } from "../format-error.js";
import type { FileDType } from "../named-array.js";

/** What a header says. */
export interface NpyHeader {
  readonly dtype: FileDType;
  readonly order: "little" | "big";
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** Types by NumPy's letter and size. */
const dtypes: ReadonlyMap<string, FileDType> = new Map([
  ["f8", "float64"],
  ["f4", "float32"],
  ["f2", "float16"],
  ["i8", "int64"],
  ["i4", "int32"],
  ["i2", "int16"],
  ["i1", "int8"],
  ["u8", "uint64"],
  ["u4", "uint32"],
  ["u2", "uint16"],
  ["u1", "uint8"],
  ["b1", "bool"],
]);

/** NumPy's name of a type; null where it has none. */
export function descrOf(dtype: FileDType): string | null {
  const code = [...dtypes].find(([, known]) => known === dtype)?.[0];
  if (code === undefined) return null;
  return `${code.endsWith("1") ? "|" : "<"}${code}`;
}

/** The text of a header. */
export function headerText(dtype: FileDType, shape: readonly number[]): string {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  return `{'descr': '${descrOf(dtype)}', 'fortran_order': False, 'shape': (${tuple}), }`;
}

const TOKEN = /[ \t\n\r]*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(-?\d+)L?(?![\w.])|(\w+)|([{}()[\]:,]))/y;

/** One word or sign; a text and a number are told apart from those by their kind. */
interface Token {
  readonly kind: "text" | "integer" | "word" | "sign" | "end";
  readonly value: string;
}

class Tokens {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      const rest = this.#text.slice(this.#at).trim();
      if (rest === "") return { kind: "end", value: "its end" };
      return refuse("bad-header", `its header has ${describe(rest.slice(0, 20))} where a value or a sign should be`);
    }
    this.#at = TOKEN.lastIndex;
    const [, single, double, integer, word, sign = ""] = match;
    if (single !== undefined || double !== undefined) return { kind: "text", value: single ?? (double as string) };
    if (integer !== undefined) return { kind: "integer", value: integer };
    if (word !== undefined) return { kind: "word", value: word };
    return { kind: "sign", value: sign };
  }

  expect(sign: string): void {
    const token = this.next();
    if (token.kind !== "sign" || token.value !== sign) unexpected(token, `"${sign}"`);
  }
}

function unexpected({ value }: Token, wanted: string): never {
  return refuse("bad-header", `its header has ${describe(value)} where ${wanted} should be`);
}

/** What a header says. @param text the whole of it */
export function parseNpyHeader(text: string): NpyHeader {
  const tokens = new Tokens(text);
  const found: { descr?: string; fortran_order?: boolean; shape?: number[] } = {};
  tokens.expect("{");
  for (let token = tokens.next(); token.value !== "}" || token.kind !== "sign"; token = tokens.next()) {
    if (token.kind !== "text") unexpected(token, "a name");
    if (Object.hasOwn(found, token.value)) refuse("bad-header", `its header has ${describe(token.value)} twice`);
    tokens.expect(":");
    if (token.value === "descr") found.descr = descrIn(tokens);
    else if (token.value === "fortran_order") found.fortran_order = flagIn(tokens);
    else if (token.value === "shape") found.shape = shapeIn(tokens);
    else refuse("bad-header", `its header has the unknown name ${describe(token.value)}`);
    const divider = tokens.next();
    if (divider.kind === "sign" && divider.value === "}") break;
    if (divider.kind !== "sign" || divider.value !== ",") unexpected(divider, 'a "," or "}"');
  }
  const end = tokens.next();
  if (end.kind !== "end") unexpected(end, "its end");
  const { descr, fortran_order: fortranOrder, shape } = found;
  if (descr === undefined || fortranOrder === undefined || shape === undefined)
    refuse("bad-header", "its header must have descr, fortran_order and shape");
  return { ...elementOf(descr), fortranOrder, shape };
}

function descrIn(tokens: Tokens): string {
  const token = tokens.next();
  if (token.kind === "text") return token.value;
  if (token.kind === "sign" && token.value === "[")
    return refuse("unsupported-dtype", "it is a structured array; split its fields into arrays of their own");
  return unexpected(token, "a type");
}

function flagIn(tokens: Tokens): boolean {
  const token = tokens.next();
  if (token.kind !== "word" || (token.value !== "True" && token.value !== "False")) unexpected(token, "True or False");
  return token.value === "True";
}

function shapeIn(tokens: Tokens): number[] {
  tokens.expect("(");
  const shape: number[] = [];
  for (;;) {
    const token = tokens.next();
    if (token.kind === "sign" && token.value === ")") return shape;
    if (token.kind !== "integer") unexpected(token, "a size");
    shape.push(sizeOf(token.value));
    const divider = tokens.next();
    const isEnd = divider.kind === "sign" && divider.value === ")";
    if (isEnd && shape.length === 1) refuse("bad-header", `its shape (${token.value}) is a number, not a tuple`);
    if (isEnd) return shape;
    if (divider.kind !== "sign" || divider.value !== ",") unexpected(divider, 'a "," or ")"');
  }
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (!Number.isSafeInteger(size) || text.startsWith("-")) refuse("bad-shape", `its shape has the size ${text}`);
  return size;
}

function elementOf(descr: string): { dtype: FileDType; order: "little" | "big" } {
  const [, mark = "", code = ""] = /^([<>|=]?)(.*)$/s.exec(descr) ?? [];
  if (code.startsWith("O"))
    refuse("object-array", "it is an array of Python objects, a pickle that runs code when it is loaded");
  const dtype = dtypes.get(code);
  const isMarked = code.endsWith("1") ? mark !== "=" : mark === "<" || mark === ">";
  if (dtype === undefined || !isMarked) {
    const known = [...dtypes.keys()].join(", ");
    refuse("unsupported-dtype", `its elements are ${describe(descr)}; read are ${known} with < or > before them`);
  }
  return { dtype, order: mark === ">" ? "big" : "little" };
}
