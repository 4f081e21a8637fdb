/** What the API pages need beyond typedoc: ops as functions with named parameters, and the spellings that people search for. */
import { Comment, Converter, ParameterReflection, ReflectionFlag, ReflectionKind } from "typedoc";

/** What functions are called elsewhere, beside their own name in small letters. */
const elsewhere = {
  bce: ["binary_cross_entropy"],
  bceWithLogits: ["binary_cross_entropy_with_logits"],
  broadcastTo: ["expand"],
  clamp: ["clip"],
  concat: ["cat", "concatenate"],
  fold: ["col2im"],
  hardTanh: ["hardtanh"],
  indexSelect: ["take"],
  logicalNot: ["not"],
  matmul: ["mm", "bmm", "dot product"],
  noGrad: ["no_grad", "inference_mode"],
  oneHot: ["one_hot"],
  poissonNllLoss: ["poisson_nll_loss"],
  stopGradient: ["stop_gradient", "detach"],
  tile: ["repeat"],
  unfold: ["im2col"],
  variance: ["var"],
};

/** What `Symbol.dispose` is for. */
const disposal = "`using x = …` disposes it at the end of the block, where `lib` has a type of `Symbol.dispose`.";

/** The type of an op that is a value: `Op<…>`, `UnaryOp`, `BinaryOp`. */
const opType = /^(\w*Op)\b/;

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_context, signature) => nameParameters(signature));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const variable of context.project.getReflectionsByKind(ReflectionKind.Variable)) {
      if (opType.test(String(variable.type)))
        app.logger.warn(`${variable.getFriendlyFullName()} is an op; its comment needs @function`);
    }
    for (const fn of context.project.getReflectionsByKind(ReflectionKind.Function)) complete(fn, context);
    for (const property of context.project.getReflectionsByKind(ReflectionKind.Property)) {
      // Its name is found by the compiler, so that no comment can stand at it.
      if (property.name === "[dispose]") property.comment = new Comment([{ kind: "text", text: disposal }]);
    }
  });
}

/** An op is declared over a tuple of tensors: `(...args: [x: Tensor | number])` becomes `(x: Tensor | number)`. */
function nameParameters(signature) {
  const [rest, ...others] = signature.parameters ?? [];
  if (!rest?.flags.isRest || others.length > 0 || rest.type?.type !== "tuple") return;
  if (!rest.type.elements.every(({ type }) => type === "namedTupleMember")) return;
  signature.parameters = rest.type.elements.map(({ name, element, isOptional }) => {
    const parameter = new ParameterReflection(name, ReflectionKind.Parameter, signature);
    parameter.type = element;
    parameter.setFlag(ReflectionFlag.Optional, isOptional);
    signature.project.registerReflection(parameter, undefined, undefined);
    return parameter;
  });
}

/** Adds what the op's type says of shapes, and the other spellings of a function's name. */
function complete(fn, context) {
  const signature = fn.signatures?.[0];
  if (signature?.comment === undefined) return;
  const declared = context.getSymbolFromReflection(fn)?.valueDeclaration?.type?.getText?.();
  const alias = opType.exec(declared ?? "")?.[1];
  const type = context.project.getReflectionsByKind(ReflectionKind.TypeAlias).find(({ name }) => name === alias);
  const paragraphs = alias === "Op" || type?.comment === undefined ? [] : [textOf(type.comment)];
  const snake = fn.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const spellings = new Set([snake, fn.name.toLowerCase(), ...(elsewhere[fn.name] ?? [])]);
  spellings.delete(fn.name);
  if (spellings.size > 0) paragraphs.push(`Other spellings: ${[...spellings].join(", ")}.`);
  for (const paragraph of paragraphs) signature.comment.summary.push({ kind: "text", text: `\n\n${paragraph}` });
}

function textOf(comment) {
  return comment.summary.map(({ text }) => text).join("");
}
