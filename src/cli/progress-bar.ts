/** The bar of every command. */
export { ProgressBar } from "../train/logs/progress-bar.js";
