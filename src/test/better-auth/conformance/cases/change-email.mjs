import { answered, invalid, isUser, redirected, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "POST /change-email";
const VERIFY = "GET /verify-email";

const userOf = async (visitor) => answered(await visitor.get("/get-session"), 200).body.user;

/** Asks for the change; the link that came to the new address. */
async function changeLink(t, person, newEmail, callbackURL) {
  const { mail } = t;
  answered(await person.post("/change-email", { newEmail, callbackURL }), 200, { status: true });
  return mail.linkTo(newEmail, "/verify-email");
}

check(ROW, "e-mails the new address, and changes nothing before the link is opened", async (t) => {
  const ada = await t.signedUp();
  const link = await changeLink(t, ada, t.address("countess"), "/settings");
  same(`${link.origin}${link.pathname}`, `${t.auth}/verify-email`, "link");
  same(link.searchParams.get("callbackURL"), "/settings", "callbackURL of the link");
  same(await userOf(ada), ada.user, "user");
});

check([ROW, VERIFY], "changes the address by that link", async (t) => {
  const ada = await t.signedUp();
  const newEmail = t.address("countess");
  answered(await ada.post("/change-email", { newEmail: newEmail.toUpperCase() }), 200, { status: true });
  const link = await t.mail.linkTo(newEmail, "/verify-email");
  const answer = await ada.get("/verify-email", { query: { token: link.searchParams.get("token") } });
  answered(answer, 200, (body, what) => {
    same(body.status, true, `status in ${what}`);
    isUser(body.user, what, { id: ada.user.id, email: newEmail, emailVerified: false });
  });
  same(
    answer.cookies.map(({ name }) => name),
    [t.cookie("session_token")],
    "cookies",
  );
  same((await userOf(ada)).email, newEmail, "email");
  ada.email = newEmail;
  await t.signedIn(ada);
});

check([ROW, VERIFY], "changes the address by that link on another device, too", async (t) => {
  const ada = await t.signedUp();
  const newEmail = t.address("countess");
  const answer = redirected(await t.follow(t.visitor(), await changeLink(t, ada, newEmail, "/settings")), "/settings");
  same(answer.cookies, [], "cookies");
  same((await userOf(ada)).email, newEmail, "email");
  refused(
    await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password }),
    "401 INVALID_EMAIL_OR_PASSWORD",
  );
});

check([ROW, VERIFY], "keeps whether the address is verified", async (t) => {
  const ada = await t.signedUp();
  await ada.post("/send-verification-email", { email: ada.email });
  await t.follow(t.visitor(), await t.mail.linkTo(ada.email, "/verify-email"));
  const newEmail = t.address("countess");
  await t.follow(ada, await changeLink(t, ada, newEmail));
  isUser(await userOf(ada), "user", { email: newEmail, emailVerified: true });
});

check([ROW, VERIFY, "401 INVALID_USER"], "is not changed by a link in another user's session", async (t) => {
  const ada = await t.signedUp();
  const eve = await t.signedUp();
  const token = (await changeLink(t, ada, t.address("countess"))).searchParams.get("token");
  refused(await eve.get("/verify-email", { query: { token } }), "401 INVALID_USER");
  redirected(
    await eve.get("/verify-email", { query: { token, callbackURL: "/settings" } }),
    "/settings?error=INVALID_USER",
  );
  same((await userOf(ada)).email, ada.email, "email");
  same((await userOf(eve)).email, eve.email, "email of the other");
});

check([ROW, VERIFY, "401 INVALID_TOKEN"], "is changed only once by a link", async (t) => {
  const ada = await t.signedUp();
  const token = (await changeLink(t, ada, t.address("countess"))).searchParams.get("token");
  answered(await ada.get("/verify-email", { query: { token } }), 200);
  refused(await ada.get("/verify-email", { query: { token } }), "401 INVALID_TOKEN");
});

check(ROW, "hides that the address is taken", async (t) => {
  const ada = await t.signedUp();
  const eve = await t.signedUp();
  answered(await eve.post("/change-email", { newEmail: ada.email }), 200, { status: true });
  await changeLink(t, eve, t.address("free"));
  same(t.mail.countTo(ada.email), 0, "mails to the one who has it");
  same((await userOf(eve)).email, eve.email, "email");
});

check([ROW, "400 Email is the same"], "refuses the current address", async (t) => {
  const ada = await t.sharedUser();
  for (const newEmail of [ada.email, ada.email.toUpperCase()]) {
    refused(await ada.post("/change-email", { newEmail }), "400 Email is the same");
  }
});

check([ROW, "400 VALIDATION_ERROR"], "requires an address", async (t) => {
  const ada = await t.sharedUser();
  for (const [body, text] of [
    [{}, "[body.newEmail] Invalid input: expected string, received undefined"],
    [{ newEmail: "ada" }, "[body.newEmail] Invalid email address"],
    [{ newEmail: ["ada@example.com"] }, "[body.newEmail] Invalid input: expected string, received array"],
  ]) {
    invalid(await ada.post("/change-email", body), text);
  }
});

on("limited")([ROW, "400 Verification email isn't enabled"], "is refused where there is no mail", async (t) => {
  const ada = t.visitor();
  ada.headers = { "x-forwarded-for": "203.0.113.8" };
  const body = { name: "Ada", email: t.address(), password: "correct horse battery" };
  answered(await ada.post("/sign-up/email", body), 200);
  const answer = await ada.post("/change-email", { newEmail: t.address("countess") });
  refused(answer, "400 Verification email isn't enabled");
});

on("plain")([ROW, "400 CHANGE_EMAIL_DISABLED"], "is refused where it is disabled", async (t) => {
  const ada = await t.signedIn(await t.signedUp());
  refused(await ada.post("/change-email", { newEmail: t.address("countess") }), "400 CHANGE_EMAIL_DISABLED");
});

on("confirmed")([ROW, VERIFY], "sends a confirmation to the old address first where that is configured", async (t) => {
  const ada = await t.signedUp();
  await ada.post("/send-verification-email", { email: ada.email });
  await t.follow(t.visitor(), await t.mail.linkTo(ada.email, "/verify-email"));
  const newEmail = t.address("countess");
  answered(await ada.post("/change-email", { newEmail }), 200, { status: true });
  const token = (await t.mail.linkTo(ada.email, "/verify-email")).searchParams.get("token");
  same(t.mail.countTo(newEmail), 0, "mails to the new address before");
  answered(await t.visitor().get("/verify-email", { query: { token } }), 200, { status: true });
  same((await userOf(ada)).email, ada.email, "email");
  await t.follow(ada, await t.mail.linkTo(newEmail, "/verify-email"));
  same((await userOf(ada)).email, newEmail, "email");
});

on("cached")([ROW, VERIFY, "401 TOKEN_EXPIRED"], "is not changed by an expired link", async (t) => {
  const ada = await t.signedUp();
  const newEmail = t.address("countess");
  const token = (await changeLink(t, ada, newEmail)).searchParams.get("token");
  await t.pause(2.2);
  refused(await ada.get("/verify-email", { query: { token } }), "401 TOKEN_EXPIRED");
  await t.signedIn(ada);
});
