import { answered, invalid, isUser, redirected, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const SEND = "POST /send-verification-email";
const VERIFY = "GET /verify-email";

async function verificationLink(t, person, callbackURL) {
  const { mail } = t;
  answered(await person.post("/send-verification-email", { email: person.email, callbackURL }), 200, {
    status: true,
  });
  return mail.linkTo(person.email, "/verify-email");
}

const verify = (visitor, token, more = {}) => visitor.get("/verify-email", { query: { token, ...more } });

const isVerified = async (visitor) => (await visitor.get("/get-session")).body.user.emailVerified;

check(SEND, "e-mails a link below its own address", async (t) => {
  const ada = await t.signedUp();
  for (const callbackURL of [undefined, "/welcome?a=b", "https://front.example.com/welcome"]) {
    const link = await verificationLink(t, ada, callbackURL);
    same(`${link.origin}${link.pathname}`, `${t.auth}/verify-email`, "link");
    same(link.searchParams.get("callbackURL"), callbackURL ?? "/", "callbackURL of the link");
  }
});

check(SEND, "hides whether the account exists, and sends a link to unverified users", async (t) => {
  const ada = await t.signedUp();
  const verified = await t.signedUp();
  await t.follow(t.visitor(), await verificationLink(t, verified));
  const before = t.mail.countTo(verified.email);
  const nobody = t.address("nobody");
  const emails = [verified.email, nobody, ada.email];
  await Promise.all(
    emails.map(async (email) =>
      answered(await t.visitor().post("/send-verification-email", { email }), 200, { status: true }),
    ),
  );
  await t.mail.linkTo(ada.email, "/verify-email");
  same([t.mail.countTo(verified.email), t.mail.countTo(nobody)], [before, 0], "numbers of mails to the others");
});

check([SEND, "400 EMAIL_MISMATCH"], "is for the caller's own address where there is a session", async (t) => {
  const ada = await t.sharedUser();
  const eve = await t.signedUp();
  for (const email of [ada.email, t.address("nobody")]) {
    refused(await eve.post("/send-verification-email", { email }), "400 EMAIL_MISMATCH");
  }
});

check([SEND, "400 EMAIL_ALREADY_VERIFIED"], "is for unverified users", async (t) => {
  const ada = await t.signedUp();
  await t.follow(t.visitor(), await verificationLink(t, ada));
  refused(await ada.post("/send-verification-email", { email: ada.email }), "400 EMAIL_ALREADY_VERIFIED");
});

check([SEND, "400 VALIDATION_ERROR"], "requires an address", async (t) => {
  for (const [body, text] of [
    [{}, "[body.email] Invalid input: expected string, received undefined"],
    [{ email: "ada" }, "[body.email] Invalid email address"],
  ]) {
    invalid(await t.visitor().post("/send-verification-email", body), text);
  }
});

on("plain")([SEND, "400 VERIFICATION_EMAIL_NOT_ENABLED"], "is refused where there is no mail", async (t) => {
  refused(
    await t.visitor().post("/send-verification-email", { email: t.address() }),
    "400 VERIFICATION_EMAIL_NOT_ENABLED",
  );
});

check(VERIFY, "verifies the address", async (t) => {
  const ada = await t.signedUp();
  same(await isVerified(ada), false, "emailVerified before");
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  const answer = answered(await verify(t.visitor(), token), 200, { status: true, user: null });
  same(answer.cookies, [], "cookies");
  same(await isVerified(ada), true, "emailVerified after");
});

check(VERIFY, "returns the same the second time", async (t) => {
  const ada = await t.signedUp();
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  for (const visitor of [t.visitor(), t.visitor(), ada]) {
    answered(await verify(visitor, token), 200, { status: true, user: null });
  }
});

check(VERIFY, "redirects to the callback URL as it was given", async (t) => {
  for (const [callbackURL, location] of [
    [undefined, "/"],
    ["/welcome?a=b", "/welcome?a=b"],
    ["https://front.example.com/welcome", "https://front.example.com/welcome"],
  ]) {
    const ada = await t.signedUp();
    redirected(await t.follow(t.visitor(), await verificationLink(t, ada, callbackURL)), location);
    same(await isVerified(ada), true, "emailVerified");
  }
});

check([VERIFY, "401 INVALID_TOKEN"], "refuses tokens that it has not issued", async (t) => {
  const ada = await t.signedUp();
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  const middle = Math.floor(token.length / 2);
  const altered = token.slice(0, middle) + (token[middle] === "A" ? "B" : "A") + token.slice(middle + 1);
  for (const wrong of ["unknown", "", "a.b.c", altered, token.slice(0, -8)]) {
    refused(await verify(t.visitor(), wrong), "401 INVALID_TOKEN");
    redirected(await verify(t.visitor(), wrong, { callbackURL: "/welcome" }), "/welcome?error=INVALID_TOKEN");
    redirected(await verify(t.visitor(), wrong, { callbackURL: "/welcome?a=b" }), "/welcome?a=b&error=INVALID_TOKEN");
  }
  same(await isVerified(ada), false, "emailVerified");
});

check([VERIFY, "401 INVALID_TOKEN"], "refuses its own other tokens", async (t) => {
  const ada = await t.signedUp();
  const jwt = (await ada.get("/token")).body.token;
  for (const wrong of [jwt, ada.token, decodeURIComponent(ada.cookies.get(t.cookie("session_token")))]) {
    refused(await verify(t.visitor(), wrong), "401 INVALID_TOKEN");
  }
});

check([VERIFY, "401 USER_NOT_FOUND"], "refuses when the user is gone", async (t) => {
  const ada = await t.signedUp();
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  await ada.post("/delete-user", {});
  const gone = await t.mail.linkTo(ada.email, "/delete-user/callback");
  answered(await ada.get("/delete-user/callback", { query: { token: gone.searchParams.get("token") } }), 200);
  refused(await verify(t.visitor(), token), "401 USER_NOT_FOUND");
  redirected(await verify(t.visitor(), token, { callbackURL: "/welcome" }), "/welcome?error=USER_NOT_FOUND");
});

on("cached")([VERIFY, "401 TOKEN_EXPIRED"], "refuses an expired token", async (t) => {
  const ada = await t.signedUp();
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  await t.pause(2.2);
  refused(await verify(t.visitor(), token), "401 TOKEN_EXPIRED");
  redirected(await verify(t.visitor(), token, { callbackURL: "/welcome" }), "/welcome?error=TOKEN_EXPIRED");
  same((await ada.get("/get-session?disableCookieCache=true")).body.user.emailVerified, false, "emailVerified");
});

check([VERIFY, "400 VALIDATION_ERROR"], "requires a token", async (t) => {
  invalid(await t.visitor().get("/verify-email"), "[query.token] Invalid input: expected string, received undefined");
});

check([VERIFY, "403 INVALID_CALLBACK_URL"], "refuses foreign redirect targets", async (t) => {
  const ada = await t.signedUp();
  const token = (await verificationLink(t, ada)).searchParams.get("token");
  for (const callbackURL of ["https://evil.example.net/", "//evil.example.net", "/\\evil.example.net"]) {
    refused(await verify(t.visitor(), token, { callbackURL }), "403 INVALID_CALLBACK_URL");
  }
  same(await isVerified(ada), false, "emailVerified");
});

on("verified")(VERIFY, "comes by mail at sign-up where addresses have to be verified, and signs in", async (t) => {
  const ada = await t.signedUp({ callbackURL: "/welcome" });
  const link = await t.mail.linkTo(ada.email, "/verify-email");
  same(link.searchParams.get("callbackURL"), "/welcome", "callbackURL of the link");
  const visitor = t.visitor();
  const { cookies } = redirected(await t.follow(visitor, link), "/welcome");
  same(cookies.map(({ name }) => name).sort(), [t.cookie("session_data"), t.cookie("session_token")], "cookies");
  isUser((await visitor.get("/get-session")).body.user, "user", { id: ada.user.id, emailVerified: true });
});

on("verified")(VERIFY, "signs in once", async (t) => {
  const ada = await t.signedUp();
  const token = (await t.mail.linkTo(ada.email, "/verify-email")).searchParams.get("token");
  answered(await verify(t.visitor(), token), 200, { status: true, user: null });
  const again = answered(await verify(t.visitor(), token), 200, { status: true, user: null });
  same(again.cookies, [], "cookies");
});

on("verified")([VERIFY, "403 EMAIL_NOT_VERIFIED"], "is e-mailed at a sign-in that is refused for an unverified address", async (t) => {
  const ada = await t.signedUp();
  await t.mail.linkTo(ada.email, "/verify-email");
  const body = { email: ada.email, password: ada.password, callbackURL: "/inside" };
  refused(await t.visitor().post("/sign-in/email", body), "403 EMAIL_NOT_VERIFIED");
  const link = await t.mail.linkTo(ada.email, "/verify-email");
  same(link.searchParams.get("callbackURL"), "/inside", "callbackURL of the link");
  redirected(await t.follow(ada, link), "/inside");
  await t.signedIn(ada);
});
