/** Colours that mean the same in every report. */

/** Viridis, dark to light: equal steps look equal, also to colour-blind eyes and in grey. */
export const HEAT_COLORS: readonly string[] = ["#440154", "#414487", "#2A788E", "#22A884", "#7AD151", "#FDE725"];
