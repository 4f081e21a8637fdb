/** Says in one line why a folder or file cannot be written, and what to do. */
import { DataError } from "./errors.js";

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "permission denied; choose another folder or change its permissions",
  EPERM: "not permitted; choose another folder or change its permissions",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "no space is left on the disk; free some, or choose another folder",
  EDQUOT: "the disk quota is used up; free some space, or choose another folder",
  EFBIG: "it would be larger than files may be here; raise the limit, or choose another folder",
  EISDIR: "it is a folder, not a file; choose another name",
  EEXIST: "it is a file, not a folder; choose another name or remove it",
  ENOENT: "there is no such folder, and none can be made; choose another",
  ENOTDIR: "a part of the path is a file, not a folder; choose another name or remove it",
  ENAMETOOLONG: "the path is too long; choose a shorter one",
};

/** The code of a system error, empty where it has none. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

/** The error that explains another one, met while writing to `path`. */
export function cannotWrite(op: string, path: string, cause: unknown): DataError {
  if (cause instanceof DataError) return cause;
  const code = codeOf(cause);
  const reason = REMEDIES[code] ?? (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
  return new DataError(op, `cannot write ${path}: ${reason}`, { actual: code, cause });
}
