/** The package ECharts: an optional one, which only figures need. */
import { nodeModule } from "../device/host.js";
import { DataError, missingPackage, ValueError } from "../errors.js";

/** ECharts, loaded on the first call.
 * @throws DataError in the name of `op` if it is not installed */
export async function loadEcharts(op: string): Promise<typeof import("echarts")> {
  try {
    return await import("echarts");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}

/** The text of ECharts that a page holds; whoever works long reads it before, lest it be gone afterwards. Needs Node.js.
 * @param op whom the error names
 * @throws DataError with the command that installs it, if it is not there */
export function readEcharts(op: string): string {
  try {
    const path = nodeModule("module")
      .createRequire(import.meta.url)
      .resolve("echarts/dist/echarts.min.js");
    return nodeModule("fs").readFileSync(path, "utf8");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}

/** The text of ECharts among the options of a page.
 * @throws ValueError in the name of `op` if it was left out */
export function checkedEcharts(op: string, echartsSource: string | undefined): string {
  if (echartsSource !== undefined) return echartsSource;
  throw new ValueError(op, "it needs { echartsSource }, the text of echarts/dist/echarts.min.js");
}

/** What to say where it does not load. */
function noEcharts(op: string, cause: unknown): DataError {
  return new DataError(op, `figures need ${missingPackage("echarts@6", cause)}`, { cause });
}
