// What a case has asked for and been told, so that no case covers what it only says it does.
import { AsyncLocalStorage } from "node:async_hooks";

export const seen = new AsyncLocalStorage();

export function note(name) {
  seen.getStore()?.add(name);
}
