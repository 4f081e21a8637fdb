/** How much of a data set is held in memory at once. */

/** Largest sum of image bytes in one data set: 2 GiB, some 700,000 photographs of CIFAR-10's size. */
export const MOST_IMAGE_BYTES: number = 2 ** 31;

/** A number of bytes in words: `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(2)} ${units[power]}`;
}
