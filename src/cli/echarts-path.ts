/** Where ECharts stands, which reports hold. */
import { createRequire } from "node:module";
import { noEcharts } from "../experiments/report/echarts.js";

/** Path of the text of ECharts that a page holds.
 * @param op whom the error names
 * @throws DataError with the command that installs it, if it is not there */
export function pathOfEcharts(op: string): string {
  try {
    return createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}
