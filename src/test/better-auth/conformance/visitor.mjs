// An HTTP client that keeps cookies as a browser does, and of which a case can control every detail.
import { request } from "node:http";
import { note } from "./seen.mjs";

export class Visitor {
  constructor({ base, origin }) {
    this.base = base;
    this.origin = origin;
    this.cookies = new Map();
    this.headers = {};
  }

  get(path, options) {
    return this.send("GET", path, options);
  }

  /** The body as JSON; undefined sends none, and then no content type. */
  post(path, body, options) {
    return this.send("POST", path, { json: body, ...options });
  }

  /**
   * Sends the cookies that it has, and with them its origin where it is no GET, as a browser would; headers that are
   * given win, and those that are given as null are left out. A raw text is sent as it is, without a content type.
   */
  async send(method, path, { query, headers = {}, json, raw, outside = false } = {}) {
    const url = new URL(this.base);
    const search = query === undefined ? "" : `?${typeof query === "string" ? query : new URLSearchParams(query)}`;
    const target = `${outside ? "" : "/api/auth"}${path}${search}`;
    const all = { ...this.headers };
    if (this.cookies.size > 0) {
      all.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      if (method !== "GET") {
        all.origin = this.origin;
      }
    }
    if (json !== undefined) {
      all["content-type"] = "application/json";
    }
    Object.assign(all, headers);
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    if (body !== undefined) {
      all["content-length"] = Buffer.byteLength(body);
    }
    for (const name of Object.keys(all).filter((name) => all[name] === null)) {
      delete all[name];
    }
    const options = { host: url.hostname, port: url.port, method, path: target, headers: all };
    let answer = await sent(options, body);
    // The 503 of a busy server is no result yet; it says when to retry.
    for (let n = 0; n < 5 && answer.status === 503 && Number(answer.headers["retry-after"]) > 0; n++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      answer = await sent(options, body);
    }
    const endpoint = target.replace(/\?.*/, "").replace("/api/auth", "");
    note(`${method} ${endpoint.replace(/^\/reset-password\/.+/, "/reset-password/:token")}`);
    answer.request = `${method} ${target.length > 120 ? `${target.slice(0, 120)}…` : target}`;
    for (const cookie of answer.cookies) {
      if (cookie.attributes["max-age"] === "0") {
        this.cookies.delete(cookie.name);
      } else {
        this.cookies.set(cookie.name, cookie.value);
      }
    }
    return answer;
  }

  /** Another device with the same cookies. */
  twin() {
    const twin = new Visitor(this);
    twin.cookies = new Map(this.cookies);
    return Object.assign(twin, { email: this.email, password: this.password, user: this.user, token: this.token });
  }
}

function sent(options, body) {
  return new Promise((resolve, reject) => {
    const asking = request({ ...options, agent: false, timeout: 30_000 }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({
          status: response.statusCode,
          headers: response.headers,
          cookies: (response.headers["set-cookie"] ?? [])
            .map(cookieOf)
            // Latchkey's own: it tells a known device, and the original has none.
            .filter((cookie) => !cookie.name.endsWith("latchkey_device")),
          text,
          body: parsed(text),
        });
      });
    });
    asking.on("timeout", () => asking.destroy(new Error(`no answer to ${options.method} ${options.path}`)));
    asking.on("error", reject).end(body);
  });
}

function cookieOf(line) {
  const [first, ...attributes] = line.split("; ");
  const at = first.indexOf("=");
  return {
    line,
    name: first.slice(0, at),
    value: first.slice(at + 1),
    attributes: Object.fromEntries(
      attributes.map((attribute) => attribute.split("=")).map(([name, value = ""]) => [name.toLowerCase(), value]),
    ),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
