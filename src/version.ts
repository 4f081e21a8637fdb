/** The version of this package. */

/** As in package.json. */
export const version: string = "0.1.0";
