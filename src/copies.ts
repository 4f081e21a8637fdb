/** Two copies of the package in one process: the classes of one are unknown to the other. */
import { ValueError } from "./errors.js";

/** What stands in errors where a module or a tensor of another copy is met. */
export const anotherCopy: string =
  "it was made by another copy of livegrad in this process, whose classes this one does not know; install one only " +
  "(`npm ls livegrad` lists them) and import it in one way";

/** Marks the modules of every copy. */
export const moduleMark: symbol = Symbol.for("livegrad.Module");

/** For what is no tensor of this copy: throws if it is one of another.
 * @param op who got it
 * @param what it should have been, such as `its argument 1` */
export function refuseOthersTensor(op: string, what: string, value: unknown): void {
  if (isTensorOfAnyCopy(value)) throw new ValueError(op, `${what} is of no use here: ${anotherCopy}`);
}

/** For what is no module of this copy: throws if it is one of another. */
export function refuseOthersModule(op: string, what: string, value: unknown): void {
  if (typeof value === "object" && value !== null && moduleMark in value)
    throw new ValueError(op, `${what} is of no use here: ${anotherCopy}`);
}

/** Whether a value is a tensor, whichever copy made it. */
export function isTensorOfAnyCopy(value: unknown): boolean {
  return typeof value === "object" && value !== null && "isTensor" in value;
}
