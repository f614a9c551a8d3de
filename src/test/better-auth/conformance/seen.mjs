// Records the requests and errors of a case, so that no case claims to cover what it did not.
import { AsyncLocalStorage } from "node:async_hooks";

export const seen = new AsyncLocalStorage();

export function note(name) {
  seen.getStore()?.add(name);
}
