import { createHmac } from "node:crypto";
import { answered, differs, holds, isSession, isUser, matches, near, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const compact = on("cached");
const jwt = on("verified");

const SECONDS = 20;

const dataOf = (t, answer) =>
  answer.cookies.filter(({ name, value }) => name === t.cookie("session_data") && value !== "").at(-1);

const decoded = (text) => JSON.parse(Buffer.from(text, "base64url").toString("utf8"));

const nameBy = async (visitor, path = "/get-session") => (await visitor.get(path)).body?.user.name ?? null;

compact("cookie cache", "is set beside the session's cookie at sign-up and sign-in", async (t) => {
  const visitor = t.visitor();
  const [email, password] = [t.address(), "correct horse battery"];
  for (const answer of [
    await visitor.post("/sign-up/email", { name: "Ada", email, password }),
    await t.visitor().post("/sign-in/email", { email, password }),
  ]) {
    same(
      answered(answer, 200)
        .cookies.map(({ name }) => name)
        .sort(),
      [t.cookie("session_data"), t.cookie("session_token")],
      "cookies",
    );
    const { attributes } = dataOf(t, answer);
    same(
      [attributes["max-age"], attributes.path, attributes.samesite, "httponly" in attributes],
      [String(SECONDS), "/", "Lax", true],
      "attributes",
    );
  }
});

compact("cookie cache", "has the session and the user, for as long as it says, signed by the secret", async (t) => {
  const visitor = t.visitor();
  const answer = await visitor.post("/sign-up/email", {
    name: "Ada",
    email: t.address(),
    password: "correct horse battery",
  });
  const data = decoded(decodeURIComponent(dataOf(t, answer).value));
  same(Object.keys(data).sort(), ["expiresAt", "session", "signature"], "members");
  same(Object.keys(data.session).sort(), ["session", "updatedAt", "user", "version"], "members of session");
  isSession(data.session.session, "session", { token: answer.body.token });
  isUser(data.session.user, "user", answer.body.user);
  near(data.expiresAt, Date.now() + SECONDS * 1_000, "expiresAt", 5);
  const text = JSON.stringify({ ...data.session, expiresAt: data.expiresAt });
  same(data.signature, createHmac("sha256", t.secret).update(text).digest("base64url"), "signature");
});

compact("cookie cache", "returns the same as the database", async (t) => {
  const ada = await t.signedUp();
  const cached = answered(await ada.get("/get-session"), 200);
  same(cached.cookies, [], "cookies");
  const read = answered(await ada.get("/get-session", { query: "disableCookieCache=true" }), 200);
  same(cached.body, read.body, "body");
});

compact(
  "cookie cache",
  "keeps what another device has changed from its owner for its time, and for as long alone",
  async (t) => {
    const ada = await t.signedUp();
    const phone = await t.signedIn(ada);
    answered(await phone.post("/update-user", { name: "Countess" }), 200);
    same(await nameBy(phone), "Countess", "name on the device that changed it");
    same(await nameBy(ada), "Ada", "name on the other");
    await t.pause(SECONDS + 0.3);
    const answer = answered(await ada.get("/get-session"), 200);
    same(answer.body.user.name, "Countess", "name afterwards");
    holds(dataOf(t, answer), "the cache is set again");
  },
);

for (const query of [
  "disableCookieCache=true",
  "disableCookieCache=1",
  "disableCookieCache=false",
  "disableCookieCache=0",
]) {
  compact("cookie cache", `is bypassed with ?${query}`, async (t) => {
    const ada = await t.signedUp();
    const phone = await t.signedIn(ada);
    answered(await phone.post("/update-user", { name: "Countess" }), 200);
    same(await nameBy(ada, `/get-session?${query}`), "Countess", "name");
  });
}

compact("cookie cache", "is not bypassed with an empty flag", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await phone.post("/update-user", { name: "Countess" }), 200);
  same(await nameBy(ada, "/get-session?disableCookieCache="), "Ada", "name");
});

compact("cookie cache", "is accepted for a revoked session until it expires", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/revoke-session", { token: phone.token }), 200);
  same(await nameBy(phone), "Ada", "name");
  await t.pause(SECONDS + 0.3);
  answered(await phone.get("/get-session"), 200, null);
});

compact("cookie cache", "lets a revoked session fetch a JWT until it expires", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/revoke-session", { token: phone.token }), 200);
  answered(await phone.get("/token"), 200);
});

compact("cookie cache", "lets a revoked session change the name until it expires", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/revoke-session", { token: phone.token }), 200);
  answered(await phone.post("/update-user", { name: "Eve" }), 200, { status: true });
});

compact("cookie cache", "lets a revoked session prolong itself by changing the name", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/revoke-session", { token: phone.token }), 200);
  await t.pause(SECONDS / 2);
  await phone.post("/update-user", { name: "Eve" });
  await t.pause(SECONDS / 2 + 0.5);
  same(await nameBy(phone), "Eve", "name");
});

for (const [method, path, body] of [
  ["POST", "/revoke-session", { token: "x" }],
  ["POST", "/revoke-sessions", {}],
  ["POST", "/revoke-other-sessions", {}],
  ["POST", "/verify-password", { password: "correct horse" }],
  ["POST", "/change-password", { currentPassword: "correct horse", newPassword: "another horse" }],
  ["POST", "/change-email", { newEmail: "countess@example.com" }],
  ["POST", "/delete-user", {}],
]) {
  compact(["cookie cache", `${method} ${path}`, "401 UNAUTHORIZED"], `does not count at ${path}`, async (t) => {
    const ada = await t.signedUp();
    const phone = await t.signedIn(ada);
    answered(await ada.post("/revoke-session", { token: phone.token }), 200);
    refused(await phone.send(method, path, { json: body }), "401 UNAUTHORIZED");
  });
}

compact("cookie cache", "is expired at sign-out with the other cookies", async (t) => {
  const ada = await t.signedUp();
  const { cookies } = await ada.post("/sign-out", {});
  same(
    [...new Set(cookies.map(({ name }) => name))].sort(),
    ["dont_remember", "session_data", "session_token"].map((name) => t.cookie(name)),
    "names",
  );
  same(
    cookies.every(({ value, attributes }) => value === "" && attributes["max-age"] === "0"),
    true,
    "all are expired",
  );
});

compact("cookie cache", "is no session without the session's cookie", async (t) => {
  const ada = await t.sharedUser();
  ada.cookies.delete(t.cookie("session_token"));
  answered(await ada.get("/get-session"), 200, null);
  refused(await ada.get("/list-accounts"), "401 UNAUTHORIZED");
});

compact("cookie cache", "of another session is replaced", async (t) => {
  const [ada, eve] = [await t.signedUp(), await t.signedUp()];
  const stolen = eve.cookies.get(t.cookie("session_data"));
  ada.cookies.set(t.cookie("session_data"), stolen);
  const answer = answered(await ada.get("/get-session"), 200);
  same(answer.body.user.id, ada.user.id, "user");
  differs(dataOf(t, answer)?.value, stolen, "cache");
  holds(dataOf(t, answer), "the cache is set again");
});

for (const [what, altered] of [
  ["nonsense", () => "nonsense"],
  ["altered", (value) => `${value.slice(0, 40)}${value[40] === "A" ? "B" : "A"}${value.slice(41)}`],
  ["cut short", (value) => value.slice(0, -4)],
]) {
  for (const [configuration, check] of Object.entries({ compact, jwt })) {
    check("cookie cache", `is replaced when it is ${what}, as ${configuration}`, async (t) => {
      const ada = configuration === "jwt" ? await verifiedUser(t) : await t.signedUp();
      const name = t.cookie("session_data");
      const value = altered(ada.cookies.get(name));
      ada.cookies.set(name, value);
      const answer = answered(await ada.get("/get-session"), 200);
      same(answer.body.user.id, ada.user.id, "user");
      holds(dataOf(t, answer), "the cache is set again");
      differs(dataOf(t, answer).value, value, "cache");
    });
  }
}

compact("cookie cache", "ends with the browser where the session does", async (t) => {
  const ada = await t.sharedUser();
  const answer = await t
    .visitor()
    .post("/sign-in/email", { email: ada.email, password: ada.password, rememberMe: false });
  same(dataOf(t, answer).attributes["max-age"], undefined, "Max-Age");
});

compact("cookie cache", "is cut where it is too long for a cookie", async (t) => {
  const name = "Ada ".repeat(45) + "L";
  const image = `https://example.com/${"a".repeat(2_000)}`;
  const visitor = t.visitor();
  const body = { name, image, email: t.address(), password: "correct horse battery" };
  visitor.headers = { "user-agent": "conformance ".repeat(100) };
  const answer = answered(await visitor.post("/sign-up/email", body), 200);
  const pieces = answer.cookies.filter((cookie) => cookie.name.startsWith(`${t.cookie("session_data")}.`));
  same(
    pieces.map((cookie) => cookie.name),
    [0, 1].map((n) => `${t.cookie("session_data")}.${n}`),
    "names",
  );
  const text = decodeURIComponent(pieces.map(({ value }) => value).join(""));
  isUser(decoded(text).session.user, "user", { name, image });
  same(answered(await visitor.get("/get-session"), 200).body.user.image, image, "image");
});

async function verifiedUser(t) {
  const ada = await t.signedUp();
  await t.follow(t.visitor(), await t.mail.linkTo(ada.email, "/verify-email"));
  return t.signedIn(ada);
}

jwt("cookie cache", "is a JWT that the secret signs, where that is configured", async (t) => {
  const ada = await verifiedUser(t);
  const value = decodeURIComponent(ada.cookies.get(t.cookie("session_data")));
  matches(value, /^[\w-]+\.[\w-]+\.[\w-]+$/, "value");
  const [header, payload, signature] = value.split(".");
  same(decoded(header), { alg: "HS256" }, "header");
  same(signature, createHmac("sha256", t.secret).update(`${header}.${payload}`).digest("base64url"), "signature");
  const claims = decoded(payload);
  same(Object.keys(claims).sort(), ["exp", "iat", "session", "updatedAt", "user", "version"], "claims");
  isSession(claims.session, "session", { token: ada.token, userId: ada.user.id });
  isUser(claims.user, "user", ada.user);
  same([typeof claims.version, claims.exp - claims.iat], ["string", 300], "type of version, and exp less iat");
  near(claims.updatedAt, Date.now(), "updatedAt");
});

jwt("cookie cache", "as a JWT is of version 1", async (t) => {
  const ada = await verifiedUser(t);
  const [, payload] = decodeURIComponent(ada.cookies.get(t.cookie("session_data"))).split(".");
  same(decoded(payload).version, "1", "version");
});

jwt("cookie cache", "as a JWT returns the same as the database", async (t) => {
  const ada = await verifiedUser(t);
  const cached = answered(await ada.get("/get-session"), 200);
  const read = answered(await ada.get("/get-session", { query: "disableCookieCache=true" }), 200);
  same(cached.body, read.body, "body");
});

jwt(["cookie cache", "401 UNAUTHORIZED"], "as a JWT is no credential by itself", async (t) => {
  const ada = await verifiedUser(t);
  const value = decodeURIComponent(ada.cookies.get(t.cookie("session_data")));
  refused(
    await t.visitor().get("/list-accounts", { headers: { authorization: `Bearer ${value}` } }),
    "401 UNAUTHORIZED",
  );
  const thief = t.visitor();
  thief.cookies.set(t.cookie("session_token"), value);
  refused(await thief.get("/list-accounts"), "401 UNAUTHORIZED");
});

on("default")("cookie cache", "that was set before is expired where it is disabled", async (t) => {
  const ada = await t.signedUp();
  ada.cookies.set(t.cookie("session_data"), "left");
  const answer = answered(await ada.get("/get-session"), 200);
  same(answer.body.user.id, ada.user.id, "user");
  same(
    answer.cookies.map(({ name, attributes }) => [name, attributes["max-age"]]),
    [[t.cookie("session_data"), "0"]],
    "cookies",
  );
});
