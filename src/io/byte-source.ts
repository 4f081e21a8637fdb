/** Where bytes come from: memory, a file, or a server that answers requests for ranges. */
import { DataError, describe, ValueError } from "../errors.js";
import { checkedOptions, type OptionKinds, ownCheck } from "../options.js";
import { refuse } from "./format-error.js";

/** Bytes that can be read piece by piece. An open file is one, and so is a URL.
 * @category Files */
export interface ByteSource {
  /** What errors call it. */
  readonly name?: string | undefined;
  /** How many bytes there are. */
  readonly size: number;
  /** The bytes `[offset, offset + length)`, all of which must be there. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A `URL`, by what is needed of it, for not every program has the type.
 * @category Files */
export interface UrlLike {
  /** The address. */
  readonly href: string;
}

/** An `AbortSignal`, likewise.
 * @category Files */
export interface AbortLike {
  /** Whether what it is given to should end. */
  readonly aborted: boolean;
}

/** Options of {@link httpSource}.
 * @category Files */
export interface HttpSourceOptions {
  /** Headers of every request, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An `AbortSignal`, which ends the requests that are under way. */
  readonly signal?: AbortLike | undefined;
}

const httpSourceOptions: OptionKinds<HttpSourceOptions> = { headers: ownCheck, signal: ownCheck };

/** A file on a server, of which each read fetches a range (RFC 9110, section 14). Its size is asked for at once.
 * @param url an absolute URL, as a text or a `URL`; in a page also a relative one
 * @throws DataError if the server does not answer, or knows no ranges
 * @example
 * ```ts
 * const file = await openSafetensors(await httpSource("https://example.org/model.safetensors"));
 * const weight = await file.read("fc.weight"); // 20 kB of a file of 100 MB
 * ```
 * @category Files */
export async function httpSource(url: string | UrlLike, options: HttpSourceOptions = {}): Promise<ByteSource> {
  const init = checkedOptions("httpSource", options, httpSourceOptions);
  if (!(typeof url === "string" || url instanceof URL) || String(url) === "") {
    throw new ValueError("httpSource", `url must be a URL, got ${describe(url)}`, { actual: url });
  }
  const name = String(url);
  const { size } = await fetchRange(name, init, 0, 1);
  return {
    name,
    size,
    read: async (offset, length) =>
      length === 0 ? new Uint8Array(0) : (await fetchRange(name, init, offset, length)).bytes,
  };
}

/** Reads `[offset, offset + length)`, and how large the whole is. */
async function fetchRange(
  url: string,
  { headers, signal }: HttpSourceOptions,
  offset: number,
  length: number,
): Promise<{ bytes: Uint8Array; size: number }> {
  const range = `bytes=${offset}-${offset + length - 1}`;
  let response: Response;
  try {
    response = await fetch(url, { headers: { ...headers, range }, ...(signal && { signal: signal as AbortSignal }) });
  } catch (error) {
    throw new DataError("httpSource", `${url} cannot be fetched (${String(error)})`, { cause: error });
  }
  const size = Number(/^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
  if (response.status !== 206 || !Number.isSafeInteger(size)) {
    await response.body?.cancel();
    const remedy = response.ok ? "; it knows no ranges: fetch the whole file, and read its bytes" : "";
    throw new DataError("httpSource", `${url} answered ${response.status} to a request for ${range}${remedy}`, {
      expected: 206,
      actual: response.status,
    });
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length !== length)
    throw new DataError("httpSource", `${url} gave ${bytes.length} bytes for ${range}`, { expected: length });
  return { bytes, size };
}

/** The bytes that were given, without a copy.
 * @throws ValueError if it is nothing that holds bytes */
export function checkedBytes(op: string, bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // not Node's Buffer
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new ValueError(op, `bytes must be a Uint8Array or an ArrayBuffer, got ${describe(bytes)}`, { actual: bytes });
}

/** A piece of a source, which must give as many bytes as it was asked for. */
export async function pieceOf(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes instanceof Uint8Array && bytes.length === length) return bytes;
  return refuse("truncated", `its source gave ${describe(bytes)} for ${length} bytes at ${offset}`);
}
