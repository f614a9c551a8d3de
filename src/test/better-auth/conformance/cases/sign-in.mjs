import { answered, differs, invalid, isUser, matches, members, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "POST /sign-in/email";

check(ROW, "returns a token and the user, and sets the cookie", async (t) => {
  const ada = await t.sharedUser();
  const visitor = t.visitor();
  const answer = await visitor.post("/sign-in/email", { email: ada.email, password: ada.password });
  answered(answer, 200, (body, what) => {
    members(body, "redirect token user", what);
    same(body.redirect, false, `redirect in ${what}`);
    matches(body.token, /^[a-zA-Z0-9]{32}$/, `token in ${what}`);
    differs(body.token, ada.token, "token");
    same(body.user, ada.user, "user");
  });
  same(answer.headers.location, undefined, "location");
  same((await visitor.get("/get-session")).body.session.token, answer.body.token, "token of the session");
});

check(ROW, "keeps other sessions", async (t) => {
  const ada = await t.sharedUser();
  await t.signedIn(ada);
  same((await ada.get("/get-session")).body.session.token, ada.token, "token of the first session");
});

check(ROW, "accepts the address in any letter case", async (t) => {
  const ada = await t.sharedUser();
  const answer = await t.visitor().post("/sign-in/email", { email: ada.email.toUpperCase(), password: ada.password });
  answered(answer, 200, (body, what) => isUser(body.user, what, { id: ada.user.id }));
});

check(ROW, "returns a callback URL with 200", async (t) => {
  const ada = await t.sharedUser();
  for (const callbackURL of ["/welcome?a=b#c", "https://front.example.com/welcome"]) {
    const answer = await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password, callbackURL });
    answered(answer, 200, (body, what) => {
      members(body, "redirect token url user", what);
      same([body.redirect, body.url], [true, callbackURL], `redirect and url in ${what}`);
    });
    same(answer.headers.location, callbackURL, "location");
  }
});

check(
  [ROW, "401 INVALID_EMAIL_OR_PASSWORD"],
  "answers alike to a wrong password and to an unknown address",
  async (t) => {
    const ada = await t.sharedUser();
    for (const [email, password] of [
      [ada.email, "another horse battery"],
      [ada.email, ada.password.toUpperCase()],
      [ada.email, ` ${ada.password}`],
      [t.address("nobody"), "another horse battery"],
    ]) {
      const answer = refused(
        await t.visitor().post("/sign-in/email", { email, password }),
        "401 INVALID_EMAIL_OR_PASSWORD",
      );
      same(answer.cookies, [], "cookies");
      same(answer.headers["set-auth-token"], undefined, "set-auth-token");
    }
  },
);

check([ROW, "401 INVALID_EMAIL_OR_PASSWORD"], "refuses an empty password like a wrong one", async (t) => {
  const ada = await t.sharedUser();
  refused(
    await t.visitor().post("/sign-in/email", { email: ada.email, password: "" }),
    "401 INVALID_EMAIL_OR_PASSWORD",
  );
});

for (const email of ["", "ada", "ada@example", " ada@example.com"]) {
  check([ROW, "400 INVALID_EMAIL"], `refuses "${email}" as an address`, async (t) => {
    refused(
      await t.visitor().post("/sign-in/email", { email, password: "correct horse battery" }),
      "400 INVALID_EMAIL",
    );
  });
}

check([ROW, "400 PASSWORD_TOO_LONG"], "refuses a password that is too long", async (t) => {
  const ada = await t.sharedUser();
  for (const email of [ada.email, t.address("nobody")]) {
    refused(await t.visitor().post("/sign-in/email", { email, password: "x".repeat(129) }), "400 PASSWORD_TOO_LONG");
  }
});

check([ROW, "400 INVALID_EMAIL"], "checks the address before the password's length", async (t) => {
  refused(await t.visitor().post("/sign-in/email", { email: "ada", password: "x".repeat(129) }), "400 INVALID_EMAIL");
});

for (const [change, text] of [
  [{ email: undefined }, "[body.email] Invalid input: expected string, received undefined"],
  [{ email: null }, "[body.email] Invalid input: expected string, received null"],
  [{ email: ["ada@example.com"] }, "[body.email] Invalid input: expected string, received array"],
  [{ password: undefined }, "[body.password] Invalid input: expected string, received undefined"],
  [{ password: { $ne: "" } }, "[body.password] Invalid input: expected string, received object"],
  [{ rememberMe: 1 }, "[body.rememberMe] Invalid input: expected boolean, received number"],
  [
    { email: undefined, password: undefined },
    "[body.email] Invalid input: expected string, received undefined; " +
      "[body.password] Invalid input: expected string, received undefined",
  ],
]) {
  check([ROW, "400 VALIDATION_ERROR"], `says: ${text} (${JSON.stringify(change)})`, async (t) => {
    invalid(
      await t.visitor().post("/sign-in/email", { email: "ada@example.com", password: "correct horse", ...change }),
      text,
    );
  });
}

const verified = on("verified");

verified(
  [ROW, "403 EMAIL_NOT_VERIFIED"],
  "refuses an address that is not verified, after the password was right",
  async (t) => {
    const ada = await t.signedUp();
    same(ada.token, null, "token");
    same(ada.cookies.size, 0, "number of cookies");
    const wrong = await t.visitor().post("/sign-in/email", { email: ada.email, password: "another horse battery" });
    refused(wrong, "401 INVALID_EMAIL_OR_PASSWORD");
    const right = await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password });
    refused(right, "403 EMAIL_NOT_VERIFIED");
    same(right.cookies, [], "cookies");
  },
);

verified(ROW, "accepts the sign-in once the address is verified", async (t) => {
  const ada = await t.signedUp();
  const link = await t.mail.linkTo(ada.email, "/verify-email");
  await t.follow(t.visitor(), link);
  const device = await t.signedIn(ada);
  same(device.user.emailVerified, true, "emailVerified");
});
