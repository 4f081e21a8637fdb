/** The place where code makes its tensors: a current device for each function that `withDevice` runs, and one for the rest. */
import { ValueError } from "../errors.js";
import type { Device } from "./device.js";
import { kindOfLater, refuseAsync } from "./synchronous.js";

/** What holds the current device. */
export interface Place {
  /** Null until one was set or needed. */
  device: Device | null;
}

const outermost: Place = { device: null };

/** Where there is no `AsyncStorage`: the place of whatever runs now. */
let now: Place = outermost;

/** What Node (and whoever follows it) has to tell asynchronous functions apart. */
interface AsyncStorage<T> {
  run<R>(store: T, fn: () => R): R;
  getStore(): T | undefined;
}

/** Undefined until it is needed, null where there is none. A program that never changes places pays nothing for it. */
let storage: AsyncStorage<Place> | null | undefined;

/** The place of the code that asks. */
export function placeNow(): Place {
  return storage?.getStore() ?? now;
}

/** Runs `fn` in a place of its own, where `device` is current, and everything that `fn` awaits and starts. */
export function inPlaceOf<T>(op: string, device: Device, fn: () => T): T {
  if (storage === undefined) storage = asyncStorage();
  return storage === null ? takingTurns(op, device, fn) : storage.run({ device }, () => promiseOrValue(op, fn()));
}

function promiseOrValue<T>(op: string, result: T): T {
  return kindOfLater(result) === "promise" ? result : refuseAsync(op, result);
}

/** Whether an async function has the place to itself until it is done. */
let isTaken = false;

/** The same where nothing tells whose turn it is after an await: one async function at a time. */
function takingTurns<T>(op: string, device: Device, fn: () => T): T {
  const before = now;
  now = { device };
  let result: T;
  try {
    result = promiseOrValue(op, fn());
  } catch (error) {
    now = before;
    throw error;
  }
  if (!(result instanceof Promise)) {
    now = before;
    return result;
  }
  if (isTaken) {
    now = before;
    result.catch(() => undefined);
    throw overlapping(op);
  }
  isTaken = true;
  return result.finally(() => {
    isTaken = false;
    now = before;
  }) as T;
}

function overlapping(op: string): ValueError {
  return new ValueError(
    op,
    "two async functions cannot have devices of their own at the same time here, where there is no AsyncLocalStorage to " +
      "tell them apart; await the first before the second, or pass { device } to what makes tensors",
  );
}

/** Looked up while it runs, so that no bundle for a page asks for a module of Node's. */
function asyncStorage(): AsyncStorage<Place> | null {
  const node = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:async_hooks");
  return node?.AsyncLocalStorage === undefined ? null : new node.AsyncLocalStorage();
}
