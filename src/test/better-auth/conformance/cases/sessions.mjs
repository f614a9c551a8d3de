import { answered, holds, invalid, isSession, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const tokenOf = async (visitor) => (await visitor.get("/get-session")).body?.session.token ?? null;

/** Its own session of another device, as a list on the first names it. */
async function namedBy(visitor, other) {
  const { id } = (await other.get("/get-session")).body.session;
  return (await visitor.get("/list-sessions")).body.find((session) => session.id === id).token;
}

check("GET /list-sessions", "lists every session of the caller and none of other users", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  await t.signedUp();
  const answer = answered(await ada.get("/list-sessions"), 200);
  holds(Array.isArray(answer.body), "the body is an array", answer.body);
  same(answer.body.length, 2, "number of sessions");
  for (const session of answer.body) {
    isSession(session, "session", { userId: ada.user.id });
  }
  const ids = [];
  for (const device of [ada, phone]) {
    ids.push((await device.get("/get-session")).body.session.id);
  }
  same(answer.body.map(({ id }) => id).sort(), ids.sort(), "ids");
});

check("GET /list-sessions", "lists the caller's own session with its token", async (t) => {
  const ada = await t.signedUp();
  await t.signedIn(ada);
  const { body } = await ada.get("/list-sessions");
  same(body.filter(({ token }) => token === ada.token).length, 1, "sessions with the caller's token");
});

check("GET /list-sessions", "lists the other sessions with their tokens", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const { body } = await ada.get("/list-sessions");
  same(body.map(({ token }) => token).sort(), [ada.token, phone.token].sort(), "tokens");
});

check("GET /list-sessions", "lists no ended sessions", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  await phone.post("/sign-out", {});
  same(
    (await ada.get("/list-sessions")).body.map(({ token }) => token),
    [ada.token],
    "tokens",
  );
});

check("POST /revoke-session", "ends another session by its listed token", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const answer = await ada.post("/revoke-session", { token: await namedBy(ada, phone) });
  answered(answer, 200, { status: true });
  same(answer.cookies, [], "cookies");
  answered(await phone.get("/get-session"), 200, null);
  same(await tokenOf(ada), ada.token, "token of the caller's session");
});

check("POST /revoke-session", "ends another session by its token", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/revoke-session", { token: phone.token }), 200, { status: true });
  same(await tokenOf(phone), null, "token of the other session");
});

check("POST /revoke-session", "ends the caller's own and expires the cookies", async (t) => {
  const ada = await t.signedUp();
  const twin = ada.twin();
  const answer = answered(await ada.post("/revoke-session", { token: ada.token }), 200, { status: true });
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
  same(await tokenOf(twin), null, "token of the session");
});

check("POST /revoke-session", "ignores the token of another user's session", async (t) => {
  const ada = await t.signedUp();
  const eve = await t.signedUp();
  const { id } = (await ada.get("/get-session")).body.session;
  for (const token of [ada.token, id, "x".repeat(32), ""]) {
    const answer = answered(await eve.post("/revoke-session", { token }), 200, { status: true });
    same(answer.cookies, [], "cookies");
  }
  same(await tokenOf(ada), ada.token, "token of the other's session");
  same(await tokenOf(eve), eve.token, "token of the caller's session");
});

check(["POST /revoke-session", "400 VALIDATION_ERROR"], "requires a token", async (t) => {
  const ada = await t.sharedUser();
  invalid(await ada.post("/revoke-session", {}), "[body.token] Invalid input: expected string, received undefined");
  invalid(
    await ada.post("/revoke-session", { token: 1 }),
    "[body.token] Invalid input: expected string, received number",
  );
});

check("POST /revoke-sessions", "ends every session, the caller's too", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const other = await t.signedUp();
  const twin = ada.twin();
  const answer = answered(await ada.post("/revoke-sessions", {}), 200, { status: true });
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
  same([await tokenOf(twin), await tokenOf(phone)], [null, null], "tokens of the sessions");
  same(await tokenOf(other), other.token, "token of another user's session");
});

check("POST /revoke-other-sessions", "ends every session but the caller's", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const tablet = await t.signedIn(ada, { rememberMe: false });
  const other = await t.signedUp();
  const answer = answered(await ada.post("/revoke-other-sessions", {}), 200, { status: true });
  same(answer.cookies, [], "cookies");
  same([await tokenOf(phone), await tokenOf(tablet)], [null, null], "tokens of the other sessions");
  same([await tokenOf(ada), await tokenOf(other)], [ada.token, other.token], "tokens that are left");
});

check("POST /revoke-other-sessions", "is fine when there are none", async (t) => {
  answered(await (await t.signedUp()).post("/revoke-other-sessions", {}), 200, { status: true });
});

check("POST /revoke-other-sessions", "needs no body", async (t) => {
  const ada = await t.signedUp();
  answered(await ada.post("/revoke-other-sessions"), 200, { status: true });
  answered(await ada.post("/revoke-sessions"), 200, { status: true });
});

for (const [method, path, body] of [
  ["GET", "/list-sessions"],
  ["POST", "/revoke-session", { token: "x" }],
  ["POST", "/revoke-sessions", {}],
  ["POST", "/revoke-other-sessions", {}],
  ["POST", "/update-user", { name: "Ada" }],
  ["POST", "/update-session", { a: "b" }],
  ["POST", "/change-password", { currentPassword: "correct horse", newPassword: "another horse" }],
  ["POST", "/verify-password", { password: "correct horse" }],
  ["POST", "/change-email", { newEmail: "ada@example.com" }],
  ["POST", "/delete-user", {}],
  ["GET", "/list-accounts"],
  ["GET", "/token"],
]) {
  check([`${method} ${path}`, "401 UNAUTHORIZED"], "needs a session", async (t) => {
    const answer = refused(await t.visitor().send(method, path, { json: body }), "401 UNAUTHORIZED");
    same(answer.cookies, [], "cookies");
  });
}

on("plain")(["GET /list-sessions", "403 SESSION_NOT_FRESH"], "needs a fresh session", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  answered(await ada.get("/list-sessions"), 200);
  await t.pause(12.3);
  refused(await ada.get("/list-sessions"), "403 SESSION_NOT_FRESH");
});
