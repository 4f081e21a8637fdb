/** The package ECharts: an optional one, which only figures need. */
import { DataError, missingPackage } from "../../errors.js";

/** ECharts, loaded on the first call.
 * @throws DataError in the name of `op` if it is not installed */
export async function loadEcharts(op: string): Promise<typeof import("echarts")> {
  try {
    return await import("echarts");
  } catch (cause) {
    throw noEcharts(op, cause);
  }
}

/** What to say where it does not load. */
export function noEcharts(op: string, cause: unknown): DataError {
  return new DataError(op, `figures need ${missingPackage("echarts@6", cause)}`, { cause });
}
