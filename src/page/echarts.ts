/** The package ECharts: an optional one, which only figures need. */
import { nodeModule } from "../device/host.js";
import { DataError, missingPackage } from "../errors.js";

/** ECharts, loaded on the first call.
 * @throws DataError in the name of `op` if it is not installed */
export async function loadEcharts(op: string): Promise<typeof import("echarts")> {
  try {
    return await import("echarts");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}

/** Path of the text of ECharts that a page holds. Needs Node.js.
 * @param op whom the error names
 * @throws DataError with the command that installs it, if it is not there */
export function pathOfEcharts(op: string): string {
  try {
    return nodeModule("module")
      .createRequire(import.meta.url)
      .resolve("echarts/dist/echarts.min.js");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}

/** What to say where it does not load. */
function noEcharts(op: string, cause: unknown): DataError {
  return new DataError(op, `figures need ${missingPackage("echarts@6", cause)}`, { cause });
}
