/** Exit statuses of the commands beside 0, 1 and 2. */

/** A number of a network was not finite. */
export const DIVERGED = 3;
