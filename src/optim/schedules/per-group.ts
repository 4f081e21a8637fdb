/** Options that may be one number for all groups, or one for each. */
import { ValueError } from "../../errors.js";

/** The number for a group.
 * @throws ValueError if there is a list of another length than that of the groups */
export function forGroup(
  op: string,
  option: string,
  value: number | readonly number[],
  group: number,
  groups: number,
): number {
  if (typeof value === "number") return value;
  if (value.length === groups) return value[group] as number;
  throw new ValueError(op, `${option} has ${value.length} numbers for ${groups} parameter groups`, { actual: value });
}
