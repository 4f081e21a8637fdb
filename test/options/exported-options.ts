/** What of the package takes options, and which, as the TypeScript compiler sees it. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A function, class or method that takes options. */
export interface OptionsTaker {
  /** Its public name: `sum`, `Linear`, `init.orthogonal`, `Module.loadStateDict`. */
  readonly name: string;
  /** Which of its parameters the options are. */
  readonly index: number;
  /** Options that must be given. */
  readonly required: readonly string[];
  /** Options that may be left out. */
  readonly optional: readonly string[];
}

/** A property of an exported interface of options. */
export interface OptionProperty {
  /** `SumOptions.axis`. */
  readonly name: string;
  readonly isOptional: boolean;
  /** Whether its declared type has undefined. */
  readonly mayBeUndefined: boolean;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = ts.getParsedCommandLineOfConfigFile(
  `${root}tsconfig.json`,
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
    },
  },
);
const entries = ["src/index.ts", "src/testing/index.ts", "src/testing/vitest/index.ts"].map((path) => `${root}${path}`);
const program = ts.createProgram(entries, config?.options ?? {});
const checker = program.getTypeChecker();

/** An export: whether it is there when the program runs (a class that is exported as a type is not). */
type Export = readonly [name: string, symbol: ts.Symbol, isValue: boolean];

function exportsOf(path: string): Export[] {
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} is no module`);
  return named(module, "");
}

/** Exports by name, those of a namespace (`init.orthogonal`) included. */
function named(module: ts.Symbol, prefix: string): Export[] {
  return checker.getExportsOfModule(module).flatMap((exported): Export[] => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const name = `${prefix}${exported.name}`;
    if (symbol.flags & ts.SymbolFlags.ValueModule) return named(symbol, `${name}.`);
    const isType = exported.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false;
    return [[name, symbol, !isType && (symbol.flags & ts.SymbolFlags.Value) !== 0]];
  });
}

const all: readonly Export[] = entries.flatMap(exportsOf);

/** Names of the exported values, those of a namespace included. */
export const exportedValues: readonly string[] = all.filter(([, , isValue]) => isValue).map(([name]) => name);

/** The functions, classes and methods of the package itself that take options. */
export const optionsTakers: readonly OptionsTaker[] = exportsOf(entries[0] as string)
  .filter(([, , isValue]) => isValue)
  .flatMap(([name, symbol]) => {
    const type = checker.getTypeOfSymbol(symbol);
    const signatures = [...type.getCallSignatures(), ...type.getConstructSignatures()].filter(isPublic);
    const methods = symbol.flags & ts.SymbolFlags.Class ? methodsOf(name, symbol) : [];
    return [...takersOf(name, signatures), ...methods];
  });

/** The properties of every exported interface of options. */
export const optionProperties: readonly OptionProperty[] = all
  .filter(([name, { flags }]) => name.endsWith("Options") && flags & ts.SymbolFlags.Type)
  .flatMap(([name, symbol]) => propertiesOf(checker.getDeclaredTypeOfSymbol(symbol)).map((p) => propertyOf(name, p)));

/** The methods that an exported class declares itself. */
function methodsOf(name: string, symbol: ts.Symbol): OptionsTaker[] {
  return [...(symbol.members?.values() ?? [])]
    .filter(({ flags }) => flags & ts.SymbolFlags.Method)
    .flatMap((method) => takersOf(`${name}.${method.name}`, checker.getTypeOfSymbol(method).getCallSignatures()));
}

function takersOf(name: string, signatures: readonly ts.Signature[]): OptionsTaker[] {
  const takers = signatures.flatMap((signature) =>
    signature.parameters.flatMap((parameter, index): OptionsTaker[] => {
      const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
      if (parameter.name !== "options" && !isNamedOptions(type)) return [];
      const properties = propertiesOf(type);
      const isOptional = ({ flags }: ts.Symbol): boolean => (flags & ts.SymbolFlags.Optional) !== 0;
      const optional = [...new Set(properties.filter(isOptional).map((p) => p.name))];
      const required = properties.filter((p) => !optional.includes(p.name)).map((p) => p.name);
      return [{ name, index, required: [...new Set(required)], optional }];
    }),
  );
  return takers.slice(0, 1); // overloads take the same options
}

/** Whether anyone may call it; an abstract class's constructor is for its subclasses. */
function isPublic({ declaration }: ts.Signature): boolean {
  if (declaration === undefined || !ts.isConstructorDeclaration(declaration)) return true;
  return (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Protected) === 0;
}

function isNamedOptions(type: ts.Type): boolean {
  return (type.aliasSymbol ?? type.symbol)?.name.endsWith("Options") ?? false;
}

/** The properties of a type; of a union, those of each of its members. */
function propertiesOf(type: ts.Type): readonly ts.Symbol[] {
  return type.isUnion()
    ? type.types.flatMap((one) => checker.getPropertiesOfType(one))
    : checker.getPropertiesOfType(type);
}

function propertyOf(owner: string, property: ts.Symbol): OptionProperty {
  const type = checker.getTypeOfSymbol(property);
  const members = type.isUnion() ? type.types : [type];
  // What only may be missing has, under exactOptionalPropertyTypes, another type in that place.
  const isUndefined = (one: ts.Type): boolean => one === checker.getUndefinedType();
  return {
    name: `${owner}.${property.name}`,
    isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    mayBeUndefined: members.some((one) => isUndefined(one) || (one.flags & ts.TypeFlags.Unknown) !== 0),
  };
}
