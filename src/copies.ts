/** Two copies of the package in one process: the classes of one are unknown to the other. */

/** What stands in errors where a module or a tensor of another copy is met. */
export const anotherCopy: string =
  "it was made by another copy of livegrad in this process, whose classes this one does not know; install one only " +
  "(`npm ls livegrad` lists them) and import it in one way";

/** Marks the modules of every copy. */
export const moduleMark: symbol = Symbol.for("livegrad.Module");

/** Whether a value is a tensor, whichever copy made it. */
export function isTensorOfAnyCopy(value: unknown): boolean {
  return typeof value === "object" && value !== null && "isTensor" in value;
}
