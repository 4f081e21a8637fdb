/** Where ECharts stands, which reports hold. */
export { pathOfEcharts } from "../page/echarts.js";
