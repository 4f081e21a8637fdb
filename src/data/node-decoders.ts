/** Decoders of images in Node: sharp where it is installed, else plain JavaScript; loaded by those who use them. */
import { DataError, missingPackage } from "../errors.js";
import type { ImageHeader } from "./image-header.js";

/** Pixels as decoders give them: each with its channels side by side, 1 to 4 of them, the last one of 2 and 4 transparency. */
export interface Raster {
  /** Shape `[H, W, channels]`. */
  readonly data: Uint8Array | Uint16Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** What white is: 255, or in a PNG of other than 8 bits 1, 3, 15 or 65,535. */
  readonly white: number;
}

/** How a decoder in plain JavaScript is called: data, for other threads call it too. */
export interface PlainDecoder {
  readonly package: string;
  /** Where the package has its function of bytes and options. */
  readonly path: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What they give: four channels, whose white is the file's. */
export type Plain = Pick<Raster, "data" | "height" | "width">;

/** Decodes in this thread or in another one. */
export type CallPlainly = (op: string, decoder: PlainDecoder, bytes: Uint8Array) => Promise<Plain>;

/** Both leave the check of sizes to the header's: more than this do not come here. */
export const plainDecoders: Readonly<Record<ImageHeader["format"], PlainDecoder>> = {
  png: { package: "pngjs", path: ["PNG", "sync", "read"], options: { skipRescale: true } },
  jpeg: {
    package: "jpeg-js",
    path: ["decode"],
    options: { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB: 4096 },
  },
};

type Decode = (bytes: Uint8Array, options: object) => Plain;

/** Decodes in this thread. */
export const callHere: CallPlainly = async (op, decoder, bytes) => {
  const loaded = loadPackage(op, decoder.package);
  const decode = decoder.path.reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], loaded);
  return (decode as Decode)(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), decoder.options);
};

/** Where a package is: those of this file are Node's alone, and no bundler for pages should look for them.
 * @throws DataError that says how to install it */
export function pathOfPackage(op: string, name: string): string {
  return found(op, name, () => packages().resolve(name));
}

function loadPackage(op: string, name: string): unknown {
  return found(op, name, () => packages()(name));
}

function packages(): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(import.meta.url);
}

function found<T>(op: string, name: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw new DataError(op, `to decode images it needs ${missingPackage(name, cause)}`, { cause });
  }
}

/** What is used of the package sharp. Its own types would have to be there for everybody who compiles against livegrad. */
type Sharp = (
  bytes: Uint8Array,
  options: { readonly failOn: "error"; readonly ignoreIcc: boolean },
) => {
  toColourspace(space: "srgb"): {
    raw(): {
      toBuffer(options: { readonly resolveWithObject: true }): Promise<{
        readonly data: Uint8Array;
        readonly info: { readonly height: number; readonly width: number; readonly channels: number };
      }>;
    };
  };
};

let sharp: Sharp | null | undefined;

/** The package sharp, null where it is not installed. Where it is and does not load, that is an error, not another decoder. */
export function loadSharp(op: string): Sharp | null {
  if (sharp !== undefined) return sharp;
  try {
    sharp = loadPackage(op, "sharp") as Sharp;
  } catch (error) {
    const { code } = (error as DataError).cause as { readonly code?: string };
    if (code !== "MODULE_NOT_FOUND") throw error;
    sharp = null;
  }
  return sharp;
}

/** Decodes with sharp, in threads of its own. */
export async function decodeWithSharp(decode: Sharp, bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await decode(bytes, { failOn: "error", ignoreIcc: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, height: info.height, width: info.width, channels: info.channels, white: 255 };
}
