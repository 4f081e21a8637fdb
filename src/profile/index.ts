/** Profiles: where the time of a training step goes. */
export type { ChromeTrace, ChromeTraceEvent } from "./chrome-trace.js";
export { type KernelEvent, type OpProfile, type Profile, profile } from "./profile.js";
