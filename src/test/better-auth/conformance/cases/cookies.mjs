import { createHmac } from "node:crypto";
import { answered, differs, holds, matches, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const EXPIRED = ["session_token", "session_data", "dont_remember"];

function signed(secret, value) {
  return encodeURIComponent(`${value}.${createHmac("sha256", secret).update(value).digest("base64")}`);
}

/** A client with this session cookie. */
function bearing(t, value, name = t.cookie("session_token")) {
  const visitor = t.visitor();
  visitor.cookies.set(name, value);
  return visitor;
}

check("cookies", "have the path /, last a week, and are HttpOnly", async (t) => {
  const { headers } = await signUp(t);
  same(headers["set-cookie"].length, 1, "number of cookies");
  const value = "[A-Za-z0-9]{32}\\.(?:[A-Za-z0-9]|%2B|%2F){43}%3D";
  matches(
    headers["set-cookie"][0],
    new RegExp(`^better-auth\\.session_token=${value}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax$`),
    "set-cookie",
  );
});

on("secure")("cookies", "have another name and are secure where the address is", async (t) => {
  const { headers } = await signUp(t);
  matches(
    headers["set-cookie"][0],
    /^__Secure-better-auth\.session_token=[^;]+; Max-Age=26; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    "set-cookie",
  );
});

on("secure")("cookies", "are expired under that name", async (t) => {
  const ada = await t.signedUp();
  const { cookies } = await ada.post("/sign-out", {});
  same(
    cookies.map(({ name }) => name),
    EXPIRED.map((name) => `__Secure-better-auth.${name}`),
    "names",
  );
  for (const { line } of cookies) {
    matches(line, /=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/, "set-cookie");
  }
});

on("secure")("cookies", "are read by the secure name only", async (t) => {
  const ada = await t.sharedUser();
  const value = ada.cookies.get("__Secure-better-auth.session_token");
  answered(await bearing(t, value, "better-auth.session_token").get("/get-session"), 200, null);
});

check("cookies", "are read by their own name only", async (t) => {
  const ada = await t.sharedUser();
  const value = ada.cookies.get("better-auth.session_token");
  answered(await bearing(t, value, "__Secure-better-auth.session_token").get("/get-session"), 200, null);
});

check("cookies", "are expired with the attributes that they were set with", async (t) => {
  const { cookies } = await (await t.signedUp()).post("/sign-out", {});
  same(
    cookies.map(({ line }) => line),
    EXPIRED.map((name) => `better-auth.${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`),
    "set-cookie",
  );
});

check("cookies", "hold the token and its signature by the secret", async (t) => {
  const { body, cookies } = await signUp(t);
  same(cookies[0].value, signed(t.secret, body.token), "value");
});

check("cookies", "are those of the mail client and the script: set-auth-token has the value in clear", async (t) => {
  const { cookies, headers } = await signUp(t);
  same(headers["set-auth-token"], decodeURIComponent(cookies[0].value), "set-auth-token");
  matches(headers["access-control-expose-headers"], /\bset-auth-token\b/i, "access-control-expose-headers");
});

check("cookies", "have one of their own for sessions without rememberMe", async (t) => {
  const { cookies } = await signUp(t, { rememberMe: false });
  const [token, flag] = ["session_token", "dont_remember"].map((name) =>
    cookies.find((cookie) => cookie.name === t.cookie(name)),
  );
  matches(token.line, /^better-auth\.session_token=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/, "session_token");
  same(
    flag.line,
    `better-auth.dont_remember=${signed(t.secret, "true")}; Path=/; HttpOnly; SameSite=Lax`,
    "dont_remember",
  );
});

check("cookies", "without rememberMe stay browser-session cookies when they are set again", async (t) => {
  const ada = await t.signedIn(await t.signedUp(), { rememberMe: false });
  const { cookies } = answered(await ada.post("/update-user", { name: "Countess" }), 200);
  holds(cookies.length > 0, "a cookie is set");
  for (const cookie of cookies) {
    same(cookie.attributes["max-age"], undefined, `Max-Age of ${cookie.name}`);
  }
});

check("cookies", "are read in quotes, and without percent encoding", async (t) => {
  const ada = await t.sharedUser();
  const value = ada.cookies.get(t.cookie("session_token"));
  for (const form of [`"${value}"`, decodeURIComponent(value)]) {
    same((await bearing(t, form).get("/get-session")).body?.session.token, ada.token, "token");
  }
});

check("cookies", "are read beside other cookies", async (t) => {
  const ada = await t.sharedUser();
  const name = t.cookie("session_token");
  const cookie = `theme=dark; ${name}=${ada.cookies.get(name)}; _ga=GA1.2.3`;
  same((await t.visitor().get("/get-session", { headers: { cookie } })).body?.session.token, ada.token, "token");
});

check("cookies", "are read by the first of a name", async (t) => {
  const [ada, eve] = [await t.sharedUser(), await t.sharedUser("eve")];
  const name = t.cookie("session_token");
  const cookie = `${name}=${ada.cookies.get(name)}; ${name}=${eve.cookies.get(name)}`;
  same((await t.visitor().get("/get-session", { headers: { cookie } })).body?.user.id, ada.user.id, "user");
});

for (const [what, altered] of [
  ["without a signature", ({ token }) => token],
  ["with an empty signature", ({ token }) => `${token}.`],
  ["with a signature of another", ({ token, other }) => `${token}.${other}`],
  [
    "with an altered signature",
    ({ token, signature }) => `${token}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`,
  ],
  ["with a signature cut short", ({ token, signature }) => `${token}.${signature.slice(0, -2)}`],
  ["with a signature without its end", ({ token, signature }) => `${token}.${signature.slice(0, -1)}`],
  [
    "with another token",
    ({ token, signature }) => `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}.${signature}`,
  ],
  ["that are empty", () => ""],
  ["that are a dot", () => "."],
  ["that are nonsense", () => "%%%"],
]) {
  check(["cookies", "401 UNAUTHORIZED"], `are ignored ${what}, and not expired`, async (t) => {
    const [ada, eve] = [await t.sharedUser(), await t.sharedUser("eve")];
    const parts = (visitor) => decodeURIComponent(visitor.cookies.get(t.cookie("session_token"))).split(/\.(?=[^.]*$)/);
    const [token, signature] = parts(ada);
    const value = altered({ token, signature, other: parts(eve)[1] });
    const encoded = value === "%%%" ? value : encodeURIComponent(value);
    const visitor = bearing(t, encoded);
    same(answered(await visitor.get("/get-session"), 200, null).cookies, [], "cookies");
    same(refused(await visitor.get("/list-accounts"), "401 UNAUTHORIZED").cookies, [], "cookies");
  });
}

check("cookies", "that are signed but have no session are expired", async (t) => {
  for (const value of [signed(t.secret, "A".repeat(32)), await deadCookie(t)]) {
    for (const asked of [(visitor) => visitor.get("/get-session"), (visitor) => visitor.get("/list-accounts")]) {
      const answer = await asked(bearing(t, value));
      holds([200, 401].includes(answer.status), "null or 401", answer.status);
      same(
        answer.cookies.map(({ name, attributes }) => [name, attributes["max-age"]]),
        EXPIRED.map((name) => [t.cookie(name), "0"]),
        "cookies",
      );
    }
  }
});

check("cookies", "differ from sign-in to sign-in", async (t) => {
  const ada = await t.sharedUser();
  const phone = await t.signedIn(ada);
  differs(phone.cookies.get(t.cookie("session_token")), ada.cookies.get(t.cookie("session_token")), "value");
});

check("cookies", "are not set by requests that change nothing", async (t) => {
  const ada = await t.sharedUser();
  for (const path of ["/get-session", "/list-sessions", "/list-accounts", "/token", "/ok"]) {
    same((await ada.get(path)).cookies, [], `cookies of ${path}`);
  }
});

async function signUp(t, more = {}) {
  const body = { name: "Ada", email: t.address(), password: "correct horse battery", ...more };
  return answered(await t.visitor().post("/sign-up/email", body), 200);
}

async function deadCookie(t) {
  const ada = await t.signedUp();
  const value = ada.cookies.get(t.cookie("session_token"));
  await ada.post("/sign-out", {});
  return value;
}
