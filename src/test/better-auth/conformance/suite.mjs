// The registry of cases, and the tools of a case.
import { randomBytes } from "node:crypto";
import { answered } from "./expect.mjs";
import { Visitor } from "./visitor.mjs";

export const cases = [];

/** Thrown by a case for which the target lacks something; it is counted as not run. */
export class NotRun extends Error {}

/**
 * The cases of a configuration: check(covers, sentence, run). What a case covers are names of protocol.mjs; the first
 * is the row in which it is counted.
 */
export function on(configuration) {
  return (covers, sentence, run) => {
    const covered = [covers].flat();
    const name = `${covered[0]} ${sentence}`;
    if (cases.some((other) => other.name === name)) {
      throw new Error(`two cases are called: ${name}`);
    }
    cases.push({ name, row: covered[0], covers: covered, configuration, run });
  };
}

/** What the cases of one configuration of a target are given. */
export class Stage {
  constructor(server, mail, slots, known) {
    this.base = server.base;
    this.public = server.public ?? server.base;
    this.origin = new URL(this.public).origin;
    this.auth = `${this.public.replace(/\/$/, "")}/api/auth`;
    this.knownSecret = server.secret;
    this.sink = mail;
    this.slots = slots;
    this.known = known;
    this.prefix = this.origin.startsWith("https:") ? "__Secure-" : "";
  }

  get secret() {
    return this.knownSecret ?? leftOut("the target does not say what secret signs the cookies");
  }

  get mail() {
    return this.sink ?? leftOut("the target does not say where its mails go");
  }

  cookie(name) {
    return `${this.prefix}better-auth.${name}`;
  }

  /** A client without cookies. */
  visitor() {
    return new Visitor(this);
  }

  /** An address that is unique across runs. */
  address(name = "ada") {
    return `${name}-${randomBytes(9).toString("hex")}@example.com`;
  }

  /** A new user, signed in where sign-up does that. */
  async signedUp(more = {}) {
    const visitor = this.visitor();
    visitor.email = more.email ?? this.address();
    visitor.password = more.password ?? `correct horse ${randomBytes(6).toString("hex")}`;
    const { email, password } = visitor;
    const answer = answered(await visitor.post("/sign-up/email", { name: "Ada", email, password, ...more }), 200);
    visitor.user = answer.body.user;
    visitor.token = answer.body.token;
    return visitor;
  }

  /** A user who exists already, for cases that neither change their data or sessions nor read their e-mails. */
  async sharedUser(name = "ada") {
    this.known[name] ??= this.signedUp();
    return (await this.known[name]).twin();
  }

  /** Another device of the same user. */
  async signedIn(person, more = {}) {
    const visitor = this.visitor();
    visitor.headers = { ...person.headers };
    Object.assign(visitor, { email: person.email, password: more.password ?? person.password });
    const { email, password } = visitor;
    const answer = answered(await visitor.post("/sign-in/email", { email, password, ...more }), 200);
    visitor.user = answer.body.user;
    visitor.token = answer.body.token;
    return visitor;
  }

  /** Opens the link of an e-mail at the server itself. */
  follow(visitor, link, options) {
    return visitor.get(link.pathname + link.search, { outside: true, ...options });
  }

  /** Lets others go on meanwhile. */
  async pause(seconds) {
    this.slots.release();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    await this.slots.acquire(true);
  }
}

/** So many at a time. Those who have waited for a clock come first, for the clock goes on. */
export class Slots {
  constructor(count) {
    this.free = count;
    this.waiting = [];
  }

  async acquire(first = false) {
    if (this.free > 0) {
      this.free--;
    } else {
      await new Promise((resolve) => (first ? this.waiting.unshift(resolve) : this.waiting.push(resolve)));
    }
  }

  release() {
    const next = this.waiting.shift();
    if (next) {
      next();
    } else {
      this.free++;
    }
  }
}

function leftOut(why) {
  throw new NotRun(why);
}
