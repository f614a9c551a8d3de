// What a case says about what came. A mismatch names what was looked at, what was due and what came.
import { isDeepStrictEqual } from "node:util";
import { ERRORS } from "./protocol.mjs";
import { note } from "./seen.mjs";

export class Mismatch extends Error {
  constructor(what, due, came) {
    super(`${what}: due ${shown(due)}, came ${shown(came)}`);
  }
}

export function same(came, due, what) {
  if (!isDeepStrictEqual(came, due)) {
    throw new Mismatch(what, due, came);
  }
}

export function differs(came, other, what) {
  if (isDeepStrictEqual(came, other)) {
    throw new Mismatch(what, new Word("something else"), came);
  }
}

export function matches(came, pattern, what) {
  if (typeof came !== "string" || !pattern.test(came)) {
    throw new Mismatch(what, new Word(`a text like ${pattern}`), came);
  }
}

export function holds(condition, what, came = condition) {
  if (!condition) {
    throw new Mismatch(what, new Word("that it holds"), came);
  }
}

/** The status, and the whole body where one is due; a function looks at the body by itself. */
export function answered(answer, status, body) {
  const what = `${answer.request}`;
  if (answer.status !== status) {
    throw new Mismatch(what, new Word(status), new Word(`${answer.status} ${answer.text.slice(0, 300)}`));
  }
  if (typeof body === "function") {
    body(answer.body, `body of ${what}`);
  } else if (body !== undefined) {
    same(answer.body, body, `body of ${what}`);
  }
  return answer;
}

/** An error by its name in protocol.mjs, with its exact message; the case gives messages that vary. */
export function refused(answer, error, text = ERRORS[error]) {
  const [status, ...rest] = error.split(" ");
  const code = /^[A-Z_]+$/.test(rest.join(" ")) ? rest.join(" ") : undefined;
  if (error === "404") {
    answered(answer, 404);
    same(answer.text, "", `body of ${answer.request}`);
  } else {
    answered(answer, Number(status), code ? { message: text, code } : { message: text });
    matches(answer.headers["content-type"], /^application\/json\b/, `content-type of ${answer.request}`);
  }
  note(error);
  return answer;
}

export const invalid = (answer, text) => refused(answer, "400 VALIDATION_ERROR", text);

/** A redirect, which has no body. */
export function redirected(answer, location) {
  answered(answer, 302);
  if (location instanceof RegExp) {
    matches(answer.headers.location, location, `location of ${answer.request}`);
  } else {
    same(answer.headers.location, location, `location of ${answer.request}`);
  }
  same(answer.text, "", `body of ${answer.request}`);
  return answer;
}

// Clients read the digits of the fraction as milliseconds, so that any other number of them is another time.
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Exactly the members of a user, each of its kind, and of those that are given the same. */
export function isUser(user, what, due = {}) {
  members(user, "createdAt email emailVerified id image name updatedAt", what);
  matches(user.id, /^\S+$/, `${what}: id`);
  matches(user.createdAt, DATE, `${what}: createdAt`);
  matches(user.updatedAt, DATE, `${what}: updatedAt`);
  same(typeof user.emailVerified, "boolean", `${what}: type of emailVerified`);
  for (const [name, value] of Object.entries(due)) {
    same(user[name], value, `${what}: ${name}`);
  }
}

export function isSession(session, what, due = {}) {
  members(session, "createdAt expiresAt id ipAddress token updatedAt userAgent userId", what);
  for (const name of ["createdAt", "expiresAt", "updatedAt"]) {
    matches(session[name], DATE, `${what}: ${name}`);
  }
  for (const name of ["id", "token", "userId"]) {
    matches(session[name], /^\S+$/, `${what}: ${name}`);
  }
  for (const name of ["ipAddress", "userAgent"]) {
    same(typeof session[name], "string", `${what}: type of ${name}`);
  }
  for (const [name, value] of Object.entries(due)) {
    same(session[name], value, `${what}: ${name}`);
  }
}

export function members(object, names, what) {
  holds(object !== null && typeof object === "object", `${what} is an object`, object);
  same(Object.keys(object).sort(), names.split(" ").sort(), `members of ${what}`);
}

/** Within two minutes, which leaves room for a busy machine. */
export function near(came, due, what, seconds = 120) {
  if (!(Math.abs(came - due) <= seconds * 1_000)) {
    throw new Mismatch(
      what,
      new Word(`about ${new Date(due).toISOString()}`),
      new Word(`${new Date(came).toISOString()}`),
    );
  }
}

class Word {
  constructor(word) {
    this.word = String(word);
  }
}

function shown(value) {
  if (value instanceof Word) {
    return value.word;
  }
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
