import { answered, holds, isSession, isUser, matches, members, near, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "GET /get-session";
const DAY = 86_400_000;

check(ROW, "is 200 null without a session", async (t) => {
  const answer = answered(await t.visitor().get("/get-session"), 200, null);
  same(answer.text, "null", "text");
  same(answer.cookies, [], "cookies");
  same(answer.headers["set-auth-jwt"], undefined, "set-auth-jwt");
});

check(ROW, "has the session and the user", async (t) => {
  const ada = await t.sharedUser();
  const answer = await ada.get("/get-session", { headers: { "user-agent": "conformance/1" } });
  answered(answer, 200, (body, what) => {
    members(body, "session user", what);
    isSession(body.session, "session", { token: ada.token, userId: ada.user.id });
    isUser(body.user, "user");
    same(body.user, ada.user, "user");
  });
  same(answer.cookies, [], "cookies");
});

check(ROW, "is not cacheable by proxies", async (t) => {
  for (const visitor of [t.visitor(), await t.sharedUser()]) {
    const { headers } = await visitor.get("/get-session");
    same(headers["cache-control"], "no-store", "cache-control");
    same(headers.pragma, "no-cache", "pragma");
  }
});

check(ROW, "lasts seven days with rememberMe, and one day without", async (t) => {
  const ada = await t.signedUp();
  const { session } = (await ada.get("/get-session")).body;
  near(Date.parse(session.expiresAt), Date.now() + 7 * DAY, "expiresAt");
  const brief = await t.signedIn(ada, { rememberMe: false });
  near(Date.parse((await brief.get("/get-session")).body.session.expiresAt), Date.now() + DAY, "expiresAt");
});

check(ROW, "has the user agent of the sign-in", async (t) => {
  const visitor = t.visitor();
  visitor.headers = { "user-agent": "Mozilla/5.0 (conformance)" };
  await visitor.post("/sign-up/email", { name: "Ada", email: t.address(), password: "correct horse battery" });
  const { session } = (await visitor.get("/get-session", { headers: { "user-agent": "another" } })).body;
  same(session.userAgent, "Mozilla/5.0 (conformance)", "userAgent");
});

check(ROW, "has a JWT in an exposed header", async (t) => {
  const ada = await t.sharedUser();
  const { headers } = await ada.get("/get-session");
  matches(headers["set-auth-jwt"], /^[\w-]+\.[\w-]+\.[\w-]+$/, "set-auth-jwt");
  matches(headers["access-control-expose-headers"], /\bset-auth-jwt\b/i, "access-control-expose-headers");
});

check(ROW, "takes its flags without ado", async (t) => {
  const ada = await t.sharedUser();
  for (const query of [
    "disableCookieCache=true",
    "disableCookieCache=false",
    "disableRefresh=true",
    "disableRefresh=",
    "other=1",
  ]) {
    same(answered(await ada.get("/get-session", { query }), 200).body.session.token, ada.token, `token with ?${query}`);
  }
});

check(
  ["POST /get-session", "405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"],
  "is refused unless refreshes are deferred",
  async (t) => {
    for (const visitor of [t.visitor(), await t.sharedUser()]) {
      refused(await visitor.post("/get-session", {}), "405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED");
    }
  },
);

const plain = on("plain");

plain(ROW, "refreshes a session of some age, and sets its cookie again", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  const before = answered(await ada.get("/get-session"), 200);
  same(before.cookies, [], "cookies before");
  await t.pause(12.3);
  const kept = answered(await ada.get("/get-session", { query: "disableRefresh=true" }), 200);
  same(kept.body.session.expiresAt, before.body.session.expiresAt, "expiresAt with disableRefresh");
  same(kept.cookies, [], "cookies with disableRefresh");
  const after = answered(await ada.get("/get-session"), 200);
  holds(Date.parse(after.body.session.expiresAt) > Date.parse(before.body.session.expiresAt), "expiresAt has moved on");
  holds(Date.parse(after.body.session.updatedAt) > Date.parse(before.body.session.updatedAt), "updatedAt has moved on");
  same(after.body.session.createdAt, before.body.session.createdAt, "createdAt");
  same(after.body.session.token, ada.token, "token");
  const [cookie] = after.cookies;
  same([cookie?.name, cookie?.attributes["max-age"]], [t.cookie("session_token"), "26"], "cookie and its Max-Age");
  same(after.headers["set-auth-token"], decodeURIComponent(cookie.value), "set-auth-token");
});

plain(ROW, "refreshes no session without rememberMe", async (t) => {
  const person = await t.signedUp();
  const ada = await t.signedIn(person, { rememberMe: false });
  const before = await ada.get("/get-session");
  await t.pause(12.3);
  const after = answered(await ada.get("/get-session"), 200);
  same(after.body.session.expiresAt, before.body.session.expiresAt, "expiresAt");
  same(after.cookies, [], "cookies");
});

plain(ROW, "is null after the session's end, and expires the cookies", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  const twin = ada.twin();
  await t.pause(26.3);
  const answer = answered(await ada.get("/get-session"), 200, null);
  same(
    answer.cookies.map(({ name, attributes }) => [name, attributes["max-age"]]),
    ["session_token", "session_data", "dont_remember"].map((name) => [t.cookie(name), "0"]),
    "cookies",
  );
  refused(await twin.get("/list-accounts"), "401 UNAUTHORIZED");
});

const deferred = on("secure");

deferred(ROW, "writes nothing where refreshes are deferred, but reports when one is due", async (t) => {
  const ada = await t.signedUp();
  const before = answered(await ada.get("/get-session"), 200);
  same(before.body.needsRefresh, false, "needsRefresh of a new session");
  await t.pause(10.3);
  const after = answered(await ada.get("/get-session"), 200);
  members(after.body, "needsRefresh session user", "body");
  same(after.body.needsRefresh, true, "needsRefresh of an older one");
  same(after.body.session.expiresAt, before.body.session.expiresAt, "expiresAt");
  same(after.cookies, [], "cookies");
});

deferred("POST /get-session", "refreshes where refreshes are deferred", async (t) => {
  const ada = await t.signedUp();
  const before = answered(await ada.post("/get-session", {}), 200);
  members(before.body, "session user", "body");
  await t.pause(10.3);
  const after = answered(await ada.post("/get-session", {}), 200);
  members(after.body, "session user", "body");
  holds(Date.parse(after.body.session.expiresAt) > Date.parse(before.body.session.expiresAt), "expiresAt has moved on");
  same(
    after.cookies.map(({ name }) => name),
    [t.cookie("session_token")],
    "cookies",
  );
});

deferred("POST /get-session", "is 200 null without a session", async (t) => {
  answered(await t.visitor().post("/get-session", {}), 200, null);
});

deferred("POST /get-session", "needs a trusted origin beside a cookie", async (t) => {
  const ada = await t.signedUp();
  refused(await ada.post("/get-session", {}, { headers: { origin: null } }), "403 MISSING_OR_NULL_ORIGIN");
});
