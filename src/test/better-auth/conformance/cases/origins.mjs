import { answered, holds, invalid, refused } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const EVIL = "https://evil.example.net";

/** Asks with such headers for what changes nothing; null leaves out what a visitor with cookies would send. */
const ask = (visitor, headers) => visitor.post("/revoke-session", { token: "unknown" }, { headers });

for (const [what, headers, error] of [
  ["no origin", () => ({ origin: null }), "403 MISSING_OR_NULL_ORIGIN"],
  ["an empty origin", () => ({ origin: "" }), "403 MISSING_OR_NULL_ORIGIN"],
  ["the origin null", () => ({ origin: "null" }), "403 MISSING_OR_NULL_ORIGIN"],
  [
    "the origin null from another site",
    () => ({ origin: "null", "sec-fetch-site": "cross-site" }),
    "403 MISSING_OR_NULL_ORIGIN",
  ],
  ["a foreign origin", () => ({ origin: EVIL }), "403 INVALID_ORIGIN"],
  ["a foreign origin and a good referer", (t) => ({ origin: EVIL, referer: `${t.origin}/` }), "403 INVALID_ORIGIN"],
  ["a foreign referer", () => ({ origin: null, referer: `${EVIL}/page` }), "403 INVALID_ORIGIN"],
  ["its own origin and more", (t) => ({ origin: `${t.origin}.evil.example.net` }), "403 INVALID_ORIGIN"],
  ["its own origin as a user name", (t) => ({ origin: `${t.origin}@evil.example.net` }), "403 INVALID_ORIGIN"],
  ["another port", (t) => ({ origin: `${t.origin.replace(/:\d+$/, "")}:4` }), "403 INVALID_ORIGIN"],
  ["another scheme", (t) => ({ origin: t.origin.replace("http:", "https:") }), "403 INVALID_ORIGIN"],
  ["a word", () => ({ origin: "nonsense" }), "403 INVALID_ORIGIN"],
  ["a trusted origin and more", () => ({ origin: "https://front.example.com.evil.example.net" }), "403 INVALID_ORIGIN"],
  ["a trusted origin with another scheme", () => ({ origin: "http://front.example.com" }), "403 INVALID_ORIGIN"],
  ["a trusted origin with a port", () => ({ origin: "https://front.example.com:8443" }), "403 INVALID_ORIGIN"],
  ["below a trusted origin", () => ({ origin: "https://sub.front.example.com" }), "403 INVALID_ORIGIN"],
  ["the end of a pattern alone", () => ({ origin: "https://example.org" }), "403 INVALID_ORIGIN"],
  ["a pattern with another scheme", () => ({ origin: "http://a.example.org" }), "403 INVALID_ORIGIN"],
  ["a pattern as the beginning", () => ({ origin: "https://a.example.org.evil.example.net" }), "403 INVALID_ORIGIN"],
  ["a pattern without its dot", () => ({ origin: "https://evilexample.org" }), "403 INVALID_ORIGIN"],
  ["a pattern of hosts without its dot", () => ({ origin: "https://evilwild.dev" }), "403 INVALID_ORIGIN"],
  [
    "a pattern of ports on another host",
    () => ({ origin: "http://ports.test.evil.example.net:3000" }),
    "403 INVALID_ORIGIN",
  ],
]) {
  check(["origins", error], `refuse a cookie with ${what}`, async (t) => {
    const ada = await t.sharedUser();
    refused(await ada.post("/update-user", { name: "Countess" }, { headers: headers(t) }), error);
    const { name } = (await ada.get("/get-session")).body.user;
    holds(name === "Ada", "the name is unchanged", name);
  });
}

for (const [what, headers] of [
  ["its own", (t) => ({ origin: t.origin })],
  ["its own in capitals", (t) => ({ origin: t.origin.replace("http://", "HTTP://") })],
  ["a trusted one", () => ({ origin: "https://front.example.com" })],
  ["a trusted one in capitals", () => ({ origin: "https://FRONT.example.com" })],
  ["its own as the referer", (t) => ({ origin: null, referer: `${t.origin}/page?a=b` })],
  ["a trusted one as the referer", () => ({ origin: null, referer: "https://front.example.com/page" })],
  ["a pattern's", () => ({ origin: "https://app.example.org" })],
  ["a pattern's with several labels", () => ({ origin: "https://a.b.example.org" })],
  ["a host pattern's with https", () => ({ origin: "https://a.wild.dev" })],
  ["a host pattern's with http", () => ({ origin: "http://a.wild.dev" })],
  ["a port pattern's", () => ({ origin: "http://ports.test:3000" })],
  ["a scheme", () => ({ origin: "myapp://" })],
  ["an application's", () => ({ origin: "myapp://callback" })],
]) {
  check("origins", `accept a cookie with ${what}`, async (t) => {
    answered(await ask(await t.sharedUser(), headers(t)), 200, { status: true });
  });
}

check("origins", "accept null from the same site where the request's own host is trusted", async (t) => {
  const ada = await t.sharedUser();
  const headers = { origin: "null", "sec-fetch-site": "same-origin", host: new URL(t.public).host };
  answered(await ask(ada, headers), 200, { status: true });
});

check(
  ["origins", "403 INVALID_ORIGIN"],
  "refuse null from the same site where the request's own host is not",
  async (t) => {
    const ada = await t.sharedUser();
    const headers = { origin: "null", "sec-fetch-site": "same-origin", host: "evil.example.net" };
    refused(await ask(ada, headers), "403 INVALID_ORIGIN");
  },
);

check("origins", "are checked with any cookie, and without one at sign-in and sign-up only", async (t) => {
  const ada = await t.sharedUser();
  const body = { email: ada.email };
  const foreign = { origin: EVIL };
  refused(
    await t.visitor().post("/request-password-reset", body, { headers: { ...foreign, cookie: "theme=dark" } }),
    "403 INVALID_ORIGIN",
  );
  refused(
    await t.visitor().post("/request-password-reset", body, { headers: { cookie: "theme=dark" } }),
    "403 MISSING_OR_NULL_ORIGIN",
  );
  answered(await t.visitor().post("/request-password-reset", body, { headers: foreign }), 200);
  answered(await t.visitor().post("/sign-out", {}, { headers: foreign }), 200);
});

check("origins", "are not checked for GET", async (t) => {
  const ada = await t.sharedUser();
  for (const headers of [{ origin: EVIL }, { origin: "null" }, { referer: `${EVIL}/` }]) {
    answered(await ada.get("/list-accounts", { headers }), 200);
  }
});

check("origins", "are checked for a bearer token only beside a cookie", async (t) => {
  const { token } = await t.sharedUser();
  const authorization = `Bearer ${token}`;
  answered(await ask(t.visitor(), { authorization }), 200);
  answered(await ask(t.visitor(), { authorization, origin: EVIL }), 200);
  refused(await ask(t.visitor(), { authorization, cookie: "theme=dark" }), "403 MISSING_OR_NULL_ORIGIN");
});

check("origins", "are not made by the headers of a proxy", async (t) => {
  const ada = await t.sharedUser();
  const headers = {
    origin: EVIL,
    "x-forwarded-host": "evil.example.net",
    "x-forwarded-proto": "https",
    forwarded: "host=evil.example.net",
  };
  refused(await ask(ada, headers), "403 INVALID_ORIGIN");
});

for (const [path, body] of [
  ["/sign-in/email", (ada) => ({ email: ada.email, password: ada.password })],
  ["/sign-up/email", (ada, t) => ({ name: "Eve", email: t.address("eve"), password: "correct horse battery" })],
]) {
  for (const [what, headers, error] of [
    ["Sec-Fetch-Site alone", () => ({ "sec-fetch-site": "same-origin" }), "403 MISSING_OR_NULL_ORIGIN"],
    ["Sec-Fetch-Mode alone", () => ({ "sec-fetch-mode": "cors" }), "403 MISSING_OR_NULL_ORIGIN"],
    ["Sec-Fetch-Dest alone", () => ({ "sec-fetch-dest": "empty" }), "403 MISSING_OR_NULL_ORIGIN"],
    ["the origin null", () => ({ origin: "null" }), "403 MISSING_OR_NULL_ORIGIN"],
    ["a foreign origin", () => ({ origin: EVIL }), "403 INVALID_ORIGIN"],
    ["a foreign referer", () => ({ referer: `${EVIL}/` }), "403 INVALID_ORIGIN"],
    [
      "a foreign origin of a script",
      () => ({ origin: EVIL, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }),
      "403 INVALID_ORIGIN",
    ],
    [
      "a form of another site",
      (t) => ({
        origin: t.origin,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
      }),
      "403 CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
    ],
    [
      "a form of another site, whatever its origin",
      () => ({ origin: EVIL, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
      "403 CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
    ],
  ]) {
    check(["origins", error], `refuse at ${path}, without a cookie, ${what}`, async (t) => {
      const ada = await t.sharedUser();
      const answer = refused(await t.visitor().post(path, body(ada, t), { headers: headers(t) }), error);
      holds(answer.cookies.length === 0, "no cookie is set", answer.cookies);
    });
  }

  for (const [what, headers] of [
    ["nothing", () => ({})],
    ["its own", (t) => ({ origin: t.origin })],
    [
      "a trusted one",
      () => ({ origin: "https://front.example.com", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }),
    ],
    [
      "its own from a page",
      (t) => ({ origin: t.origin, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" }),
    ],
    ["its own as the referer", (t) => ({ referer: `${t.origin}/sign-in` })],
  ]) {
    check("origins", `accept at ${path}, without a cookie, ${what}`, async (t) => {
      const ada = await t.sharedUser();
      answered(await t.visitor().post(path, body(ada, t), { headers: headers(t) }), 200);
    });
  }
}

check("origins", "are checked after the body where there is no cookie", async (t) => {
  const answer = await t.visitor().post("/sign-in/email", { email: 1, password: "x" }, { headers: { origin: EVIL } });
  invalid(answer, "[body.email] Invalid input: expected string, received number");
});

on("secure")(["origins", "403 INVALID_ORIGIN"], "are those of the public address and not of the socket", async (t) => {
  const ada = await t.signedUp();
  answered(await ask(ada, { origin: t.origin }), 200, { status: true });
  refused(await ask(ada, { origin: new URL(t.base).origin }), "403 INVALID_ORIGIN");
  refused(await ask(ada, { origin: t.origin.replace("https:", "http:") }), "403 INVALID_ORIGIN");
});
