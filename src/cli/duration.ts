/** How long something takes, in words. */
export { duration } from "../train/logs/duration.js";
