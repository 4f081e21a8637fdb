/** Factors for `LambdaLR`: warm-ups, and what follows them. Steps count from 0 on. */
import { count, type OptionKinds } from "../../options.js";
import { optionsOf } from "./rule-schedule.js";

/** Options of `linearWarmup` and `inverseSqrt`.
 * @category Schedules */
export interface WarmupOptions {
  /** Steps of the warm-up. */
  readonly warmup: number;
}

/** Options of a warm-up with an end.
 * @category Schedules */
export interface WarmupDecayOptions extends WarmupOptions {
  /** Steps until the rate is 0, those of the warm-up included. */
  readonly total: number;
}

/** Options of `noam`.
 * @category Schedules */
export interface NoamOptions extends WarmupOptions {
  /** Width of the model. */
  readonly dModel: number;
}

const warmupKinds: OptionKinds<WarmupOptions> = { warmup: count };
const decayKinds: OptionKinds<WarmupDecayOptions> = { warmup: count, total: count };

/** (k + 1)/warmup at step k, at most 1.
 * @category Schedules */
export function linearWarmup(options: WarmupOptions): (epoch: number) => number {
  const { warmup } = optionsOf({ name: "linearWarmup", kinds: warmupKinds, defaults: {} }, options);
  return (epoch) => Math.min(1, (epoch + 1) / warmup);
}

/** k/warmup at step k, then in equal steps down to 0 at step `total`.
 * @category Schedules */
export function linearWarmupLinearDecay(options: WarmupDecayOptions): (epoch: number) => number {
  const rules = { name: "linearWarmupLinearDecay", kinds: decayKinds, defaults: {} };
  const { warmup, total } = optionsOf(rules, options);
  return (epoch) => (epoch < warmup ? epoch / warmup : Math.max(0, (total - epoch) / Math.max(1, total - warmup)));
}

/** k/warmup at step k, then along half a cosine down to 0 at step `total`.
 * @category Schedules */
export function linearWarmupCosine(options: WarmupDecayOptions): (epoch: number) => number {
  const rules = { name: "linearWarmupCosine", kinds: decayKinds, defaults: {} };
  const { warmup, total } = optionsOf(rules, options);
  return (epoch) => {
    if (epoch < warmup) return epoch / warmup;
    const share = Math.min(1, (epoch - warmup) / Math.max(1, total - warmup));
    return 0.5 * (1 + Math.cos(Math.PI * share));
  };
}

/** (k + 1)/warmup at step k, then √(warmup/(k + 1)).
 * @category Schedules */
export function inverseSqrt(options: WarmupOptions): (epoch: number) => number {
  const { warmup } = optionsOf({ name: "inverseSqrt", kinds: warmupKinds, defaults: {} }, options);
  return (epoch) => (epoch + 1 < warmup ? (epoch + 1) / warmup : Math.sqrt(warmup / (epoch + 1)));
}

/** dModel^−½ · min((k + 1)^−½, (k + 1) · warmup^−1½) at step k (Vaswani et al. 2017, equation 3).
 * @category Schedules */
export function noam(options: NoamOptions): (epoch: number) => number {
  const rules = { name: "noam", kinds: { warmup: count, dModel: count }, defaults: {} };
  const { warmup, dModel } = optionsOf<NoamOptions>(rules, options);
  return (epoch) => dModel ** -0.5 * Math.min((epoch + 1) ** -0.5, (epoch + 1) * warmup ** -1.5);
}
