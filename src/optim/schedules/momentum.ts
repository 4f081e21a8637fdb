/** The momentum of a group, for schedules that cycle it against the rate. */
import { ValueError } from "../../errors.js";
import type { ParamGroup } from "../param-group.js";

/** What may stand for momentum in a group. */
interface WithMomentum {
  momentum?: number;
  betas?: readonly [number, number];
}

/** Sets the momentum: μ, or β₁ where the optimiser has betas.
 * @throws ValueError if it has neither */
export function setMomentum(op: string, group: ParamGroup, value: number): void {
  const target = group as WithMomentum;
  if (target.momentum !== undefined) target.momentum = value;
  else if (target.betas !== undefined) target.betas = [value, target.betas[1]];
  else throw new ValueError(op, "the optimiser has neither momentum nor betas to cycle; pass { cycleMomentum: false }");
}
