import { answered, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const signedOf = (t, visitor) => decodeURIComponent(visitor.cookies.get(t.cookie("session_token")));

const sessionBy = (visitor, authorization) => visitor.get("/get-session", { headers: { authorization } });

const EXPIRED = ["0", "0", "0"];

check("bearer", "accepts the token unsigned, signed, and signed and encoded", async (t) => {
  const ada = await t.sharedUser();
  const signed = signedOf(t, ada);
  for (const authorization of [
    `Bearer ${ada.token}`,
    `Bearer ${signed}`,
    `Bearer ${encodeURIComponent(signed)}`,
    `bearer ${ada.token}`,
    `BEARER ${signed}`,
    `Bearer   ${ada.token}`,
  ]) {
    const answer = answered(await sessionBy(t.visitor(), authorization), 200);
    same(answer.body?.session.token, ada.token, `token by ${authorization.slice(0, 12)}`);
    same(answer.cookies, [], "cookies");
  }
});

check("bearer", "authenticates where a session is required", async (t) => {
  const ada = await t.sharedUser();
  const headers = { authorization: `Bearer ${ada.token}` };
  for (const path of ["/list-accounts", "/list-sessions", "/token"]) {
    answered(await t.visitor().get(path, { headers }), 200);
  }
  answered(await t.visitor().post("/verify-password", { password: ada.password }, { headers }), 200, {
    status: true,
  });
});

check("bearer", "is given by the header set-auth-token", async (t) => {
  const ada = await t.sharedUser();
  const { headers } = await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password });
  same((await sessionBy(t.visitor(), `Bearer ${headers["set-auth-token"]}`)).body?.user.id, ada.user.id, "user");
});

check("bearer", "wins over a cookie", async (t) => {
  const [ada, eve] = [await t.sharedUser(), await t.sharedUser("eve")];
  same((await sessionBy(eve, `Bearer ${ada.token}`)).body?.user.id, ada.user.id, "user");
});

for (const [what, authorization] of [
  ["another scheme", ({ token }) => `Basic ${token}`],
  ["no scheme", ({ token }) => token],
  ["nothing", () => "Bearer "],
  ["a wrong signature", ({ token }) => `Bearer ${token}.${"A".repeat(43)}=`],
  ["a signature cut short", ({ signed }) => `Bearer ${signed.slice(0, -6)}`],
  ["another token with a signature", ({ signed }) => `Bearer ${signed.startsWith("A") ? "B" : "A"}${signed.slice(1)}`],
  ["nonsense", () => "Bearer %%%.%%%"],
]) {
  check(["bearer", "401 UNAUTHORIZED"], `is ignored with ${what}`, async (t) => {
    const ada = await t.sharedUser();
    const header = authorization({ token: ada.token, signed: signedOf(t, ada) });
    same(answered(await sessionBy(t.visitor(), header), 200, null).cookies, [], "cookies");
    refused(await t.visitor().get("/list-accounts", { headers: { authorization: header } }), "401 UNAUTHORIZED");
    same((await sessionBy(ada, header)).body?.user.id, ada.user.id, "user of the cookie beside it");
  });
}

check(["bearer", "401 UNAUTHORIZED"], "of no session is treated like a cookie of an ended session", async (t) => {
  const ada = await t.signedUp();
  const signed = signedOf(t, ada);
  await ada.post("/sign-out", {});
  for (const authorization of [`Bearer ${ada.token}`, `Bearer ${signed}`, `Bearer ${"x".repeat(32)}`]) {
    const answer = answered(await sessionBy(t.visitor(), authorization), 200, null);
    same(
      answer.cookies.map(({ attributes }) => attributes["max-age"]),
      EXPIRED,
      "Max-Age of the cookies",
    );
    refused(await t.visitor().get("/list-accounts", { headers: { authorization } }), "401 UNAUTHORIZED");
  }
});

check(["bearer", "401 UNAUTHORIZED"], "refuses a JWT", async (t) => {
  const ada = await t.sharedUser();
  const { token } = (await ada.get("/token")).body;
  answered(await sessionBy(t.visitor(), `Bearer ${token}`), 200, null);
  refused(
    await t.visitor().get("/list-accounts", { headers: { authorization: `Bearer ${token}` } }),
    "401 UNAUTHORIZED",
  );
});

check(["bearer", "401 UNAUTHORIZED"], "refuses the id of a session", async (t) => {
  const ada = await t.sharedUser();
  const { id } = (await ada.get("/get-session")).body.session;
  refused(await t.visitor().get("/list-accounts", { headers: { authorization: `Bearer ${id}` } }), "401 UNAUTHORIZED");
});

on("secure")("bearer", "refuses an unsigned token where a signature is required", async (t) => {
  const ada = await t.signedUp();
  const answer = answered(await sessionBy(t.visitor(), `Bearer ${ada.token}`), 200, null);
  same(answer.cookies, [], "cookies");
  same((await sessionBy(t.visitor(), `Bearer ${signedOf(t, ada)}`)).body?.session.token, ada.token, "token");
});
