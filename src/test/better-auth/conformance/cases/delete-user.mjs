import { answered, invalid, matches, redirected, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "POST /delete-user";
const CALLBACK = "GET /delete-user/callback";

const SENT = { success: true, message: "Verification email sent" };
const DELETED = { success: true, message: "User deleted" };

const isSignedIn = async (visitor) => (await visitor.get("/get-session")).body !== null;

async function deletionLink(t, person, body = {}) {
  const { mail } = t;
  answered(await person.post("/delete-user", body), 200, SENT);
  return mail.linkTo(person.email, "/delete-user/callback");
}

const callback = (visitor, token, more = {}) => visitor.get("/delete-user/callback", { query: { token, ...more } });

async function isGone(t, person) {
  const { email, password } = person;
  refused(await t.visitor().post("/sign-in/email", { email, password }), "401 INVALID_EMAIL_OR_PASSWORD");
}

check(ROW, "e-mails a link below its own address, and deletes nothing yet", async (t) => {
  const ada = await t.signedUp();
  const link = await deletionLink(t, ada, { callbackURL: "/goodbye" });
  same(`${link.origin}${link.pathname}`, `${t.auth}/delete-user/callback`, "link");
  same(link.searchParams.get("callbackURL"), "/goodbye", "callbackURL of the link");
  matches(link.searchParams.get("token"), /^[0-9a-zA-Z_-]{32,}$/, "token of the link");
  same(await isSignedIn(ada), true, "signed in");
});

check(ROW, "accepts the link's token", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  const answer = answered(await ada.post("/delete-user", { token }), 200, DELETED);
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
  same(await isSignedIn(phone), false, "the other device is signed in");
  await isGone(t, ada);
});

check([ROW, "404 INVALID_TOKEN"], "refuses a token that is unknown, or another user's", async (t) => {
  const ada = await t.signedUp();
  const eve = await t.signedUp();
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  refused(await eve.post("/delete-user", { token }), "404 INVALID_TOKEN");
  refused(await eve.post("/delete-user", { token: "unknown" }), "404 INVALID_TOKEN");
  same([await isSignedIn(ada), await isSignedIn(eve)], [true, true], "signed in");
});

check([ROW, "400 INVALID_PASSWORD"], "verifies a given password", async (t) => {
  const ada = await t.signedUp();
  refused(await ada.post("/delete-user", { password: "another horse battery" }), "400 INVALID_PASSWORD");
  same(t.mail.countTo(ada.email), 0, "mails after a wrong password");
  await deletionLink(t, ada, { password: ada.password });
});

check([ROW, "400 PASSWORD_TOO_LONG"], "refuses a password that is too long", async (t) => {
  const ada = await t.sharedUser();
  refused(await ada.post("/delete-user", { password: "x".repeat(129) }), "400 PASSWORD_TOO_LONG");
});

check([ROW, "400 VALIDATION_ERROR"], "wants texts", async (t) => {
  const ada = await t.sharedUser();
  invalid(
    await ada.post("/delete-user", { password: 1 }),
    "[body.password] Invalid input: expected string, received number",
  );
  invalid(
    await ada.post("/delete-user", { token: true }),
    "[body.token] Invalid input: expected string, received boolean",
  );
});

check(CALLBACK, "deletes the user by the link in the mail", async (t) => {
  const ada = await t.signedUp();
  const link = await deletionLink(t, ada, { callbackURL: "/goodbye" });
  const answer = redirected(await t.follow(ada, link), "/goodbye");
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
  await isGone(t, ada);
});

check(CALLBACK, "reports success in JSON where there is no callback URL", async (t) => {
  const ada = await t.signedUp();
  answered(await callback(ada, (await deletionLink(t, ada)).searchParams.get("token")), 200, DELETED);
  await isGone(t, ada);
});

check([CALLBACK, "404 FAILED_TO_GET_USER_INFO"], "needs the session of that user", async (t) => {
  const ada = await t.signedUp();
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  refused(await callback(t.visitor(), token), "404 FAILED_TO_GET_USER_INFO");
  same(await isSignedIn(ada), true, "signed in");
});

check([CALLBACK, "404 INVALID_TOKEN"], "refuses a token that is unknown, or another user's", async (t) => {
  const ada = await t.signedUp();
  const eve = await t.signedUp();
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  refused(await callback(eve, token), "404 INVALID_TOKEN");
  refused(await callback(ada, "unknown"), "404 INVALID_TOKEN");
  same([await isSignedIn(ada), await isSignedIn(eve)], [true, true], "signed in");
});

check([CALLBACK, "400 VALIDATION_ERROR"], "requires a token", async (t) => {
  invalid(
    await t.visitor().get("/delete-user/callback"),
    "[query.token] Invalid input: expected string, received undefined",
  );
});

check([CALLBACK, "403 INVALID_CALLBACK_URL"], "refuses foreign redirect targets", async (t) => {
  const ada = await t.signedUp();
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  refused(await callback(ada, token, { callbackURL: "https://evil.example.net/" }), "403 INVALID_CALLBACK_URL");
  same(await isSignedIn(ada), true, "signed in");
});

const plain = on("plain");

plain(ROW, "deletes at once where there is no mail and the session is fresh", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  const answer = answered(await ada.post("/delete-user", {}), 200, DELETED);
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
  await isGone(t, ada);
});

plain([ROW, "400 SESSION_EXPIRED"], "requires the password where the session is not fresh", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  await t.pause(12.3);
  refused(await ada.post("/delete-user", {}), "400 SESSION_EXPIRED");
  refused(await ada.post("/delete-user", { password: "another horse battery" }), "400 INVALID_PASSWORD");
  answered(await ada.post("/delete-user", { password: ada.password }), 200, DELETED);
  await isGone(t, ada);
});

plain(ROW, "frees the address", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  answered(await ada.post("/delete-user", { password: ada.password }), 200, DELETED);
  await t.pause(2.1);
  const next = await t.signedUp({ email: ada.email });
  await t.signedIn(next);
});

async function verified(t) {
  const ada = await t.signedUp();
  await t.follow(ada, await t.mail.linkTo(ada.email, "/verify-email"));
  return ada;
}

on("verified")([ROW, "404"], "is 404 with an empty body where it is disabled", async (t) => {
  const ada = await verified(t);
  refused(await ada.post("/delete-user", {}), "404");
  same(await isSignedIn(ada), true, "signed in");
});

on("verified")([CALLBACK, "404 NOT_FOUND"], "is 404 where it is disabled", async (t) => {
  refused(await callback(await verified(t), "unknown"), "404 NOT_FOUND");
});

on("cached")([ROW, CALLBACK, "404 INVALID_TOKEN"], "refuses an expired token", async (t) => {
  const ada = await t.signedUp();
  const token = (await deletionLink(t, ada)).searchParams.get("token");
  await t.pause(2.2);
  refused(await ada.post("/delete-user", { token }), "404 INVALID_TOKEN");
  refused(await callback(ada, token), "404 INVALID_TOKEN");
  same(await isSignedIn(ada), true, "signed in");
});
