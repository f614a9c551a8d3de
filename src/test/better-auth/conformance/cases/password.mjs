import { answered, differs, holds, invalid, isUser, members, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const NEXT = "another horse battery";

const tokenOf = async (visitor) => (await visitor.get("/get-session")).body?.session.token ?? null;

check("POST /change-password", "changes the password and opens no new session without revokeOtherSessions", async (t) => {
  const ada = await t.signedUp();
  const answer = await ada.post("/change-password", { currentPassword: ada.password, newPassword: NEXT });
  answered(answer, 200, (body, what) => {
    members(body, "token user", what);
    same(body.token, null, `token in ${what}`);
    isUser(body.user, what, { id: ada.user.id, email: ada.email });
  });
  same(answer.cookies, [], "cookies");
  same(await tokenOf(ada), ada.token, "token of the session");
  refused(
    await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password }),
    "401 INVALID_EMAIL_OR_PASSWORD",
  );
  await t.signedIn(ada, { password: NEXT });
});

check("POST /change-password", "keeps the other sessions without revokeOtherSessions", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  answered(await ada.post("/change-password", { currentPassword: ada.password, newPassword: NEXT }), 200);
  same(await tokenOf(phone), phone.token, "token of the other session");
});

check("POST /change-password", "ends all sessions and opens a new one with revokeOtherSessions", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const twin = ada.twin();
  const body = { currentPassword: ada.password, newPassword: NEXT, revokeOtherSessions: true };
  const answer = answered(await ada.post("/change-password", body), 200);
  differs(answer.body.token, ada.token, "token");
  same(
    answer.cookies.map(({ name }) => name),
    [t.cookie("session_token")],
    "cookies",
  );
  same(answer.headers["set-auth-token"], decodeURIComponent(answer.cookies[0].value), "set-auth-token");
  same(await tokenOf(ada), answer.body.token, "token of the session");
  same([await tokenOf(phone), await tokenOf(twin)], [null, null], "tokens of the old sessions");
});

for (const [change, error, what] of [
  [{ currentPassword: "wrong horse battery" }, "400 INVALID_PASSWORD", "a wrong current password"],
  [{ currentPassword: "" }, "400 INVALID_PASSWORD", "an empty current password"],
  [{ newPassword: "1234567" }, "400 PASSWORD_TOO_SHORT", "a short new password"],
  [{ newPassword: "" }, "400 PASSWORD_TOO_SHORT", "an empty new password"],
  [{ newPassword: "x".repeat(129) }, "400 PASSWORD_TOO_LONG", "a long new password"],
  [
    { newPassword: "1234567", currentPassword: "wrong" },
    "400 PASSWORD_TOO_SHORT",
    "a short new password before a wrong current one",
  ],
  [
    { newPassword: "x".repeat(129), currentPassword: "wrong" },
    "400 PASSWORD_TOO_LONG",
    "a long new password before a wrong current one",
  ],
  [{ currentPassword: "x".repeat(129) }, "400 PASSWORD_TOO_LONG", "a current password that nobody can have"],
]) {
  check(["POST /change-password", error], `refuses ${what}`, async (t) => {
    const ada = await t.sharedUser();
    const body = { currentPassword: ada.password, newPassword: NEXT, revokeOtherSessions: true, ...change };
    const answer = refused(await ada.post("/change-password", body), error);
    same(answer.cookies, [], "cookies");
    same(await tokenOf(ada), ada.token, "token of the session");
    await t.signedIn(ada);
  });
}

check(["POST /change-password", "400 VALIDATION_ERROR"], "requires both passwords as texts", async (t) => {
  const ada = await t.sharedUser();
  const missing = "Invalid input: expected string, received undefined";
  invalid(await ada.post("/change-password", {}), `[body.newPassword] ${missing}; [body.currentPassword] ${missing}`);
  const body = { currentPassword: ada.password, newPassword: NEXT };
  invalid(
    await ada.post("/change-password", { ...body, revokeOtherSessions: "yes" }),
    "[body.revokeOtherSessions] Invalid input: expected boolean, received string",
  );
  invalid(
    await ada.post("/change-password", { ...body, newPassword: 12345678 }),
    "[body.newPassword] Invalid input: expected string, received number",
  );
});

check(["POST /verify-password", "400 INVALID_PASSWORD"], "accepts the right password and no other", async (t) => {
  const ada = await t.sharedUser();
  answered(await ada.post("/verify-password", { password: ada.password }), 200, { status: true });
  for (const password of ["another horse", "", ada.password.toUpperCase(), `${ada.password} `]) {
    refused(await ada.post("/verify-password", { password }), "400 INVALID_PASSWORD");
  }
});

check(["POST /verify-password", "400 VALIDATION_ERROR"], "requires a text", async (t) => {
  const ada = await t.sharedUser();
  invalid(await ada.post("/verify-password", {}), "[body.password] Invalid input: expected string, received undefined");
  invalid(
    await ada.post("/verify-password", { password: null }),
    "[body.password] Invalid input: expected string, received null",
  );
});

const SENT = { status: true, message: "If this email exists in our system, check your email for the reset link" };

/** A token as the mail has it. */
async function resetToken(t, person, redirectTo) {
  const { mail } = t;
  answered(await t.visitor().post("/request-password-reset", { email: person.email, redirectTo }), 200, SENT);
  const link = await mail.linkTo(person.email, "/reset-password/");
  return { link, token: link.pathname.split("/").at(-1) };
}

check("POST /request-password-reset", "hides whether the account exists", async (t) => {
  const ada = await t.signedUp();
  const nobody = t.address("nobody");
  for (const email of [ada.email, nobody, ada.email.toUpperCase()]) {
    answered(await t.visitor().post("/request-password-reset", { email, redirectTo: "/reset" }), 200, SENT);
  }
  await t.mail.linkTo(ada.email, "/reset-password/");
  same(t.mail.countTo(nobody), 0, "mails to nobody");
});

check("POST /request-password-reset", "e-mails a link below its own address", async (t) => {
  const ada = await t.signedUp();
  for (const [redirectTo, callbackURL] of [
    [undefined, ""],
    ["/reset?a=b", "/reset?a=b"],
    ["https://front.example.com/reset", "https://front.example.com/reset"],
  ]) {
    const { link, token } = await resetToken(t, ada, redirectTo);
    same(`${link.origin}${link.pathname}`, `${t.auth}/reset-password/${token}`, "link");
    same([...link.searchParams], [["callbackURL", callbackURL]], "query of the link");
    holds(/^[a-zA-Z0-9_-]{24,}$/.test(token), "the token is long enough", token);
  }
});

check(["POST /request-password-reset", "400 VALIDATION_ERROR"], "requires an address", async (t) => {
  for (const [body, text] of [
    [{}, "[body.email] Invalid input: expected string, received undefined"],
    [{ email: "ada" }, "[body.email] Invalid email address"],
    [{ email: null }, "[body.email] Invalid input: expected string, received null"],
  ]) {
    invalid(await t.visitor().post("/request-password-reset", body), text);
  }
});

on("plain")(
  ["POST /request-password-reset", "400 RESET_PASSWORD_DISABLED"],
  "is refused where there is no mail",
  async (t) => {
    refused(await t.visitor().post("/request-password-reset", { email: t.address() }), "400 RESET_PASSWORD_DISABLED");
  },
);

check("GET /reset-password/:token", "redirects to the page with the token", async (t) => {
  const ada = await t.signedUp();
  const { link, token } = await resetToken(t, ada, "https://front.example.com/reset?a=b");
  const answer = answered(await t.follow(t.visitor(), link), 302);
  same(answer.headers.location, `https://front.example.com/reset?a=b&token=${token}`, "location");
  const again = answered(await t.follow(t.visitor(), link), 302);
  same(again.headers.location, answer.headers.location, "location, the second time");
});

check("GET /reset-password/:token", "resolves a path against its own address", async (t) => {
  const ada = await t.signedUp();
  const { link, token } = await resetToken(t, ada, "/reset");
  same(
    answered(await t.follow(t.visitor(), link), 302).headers.location,
    `${t.origin}/reset?token=${token}`,
    "location",
  );
});

check("GET /reset-password/:token", "reports an unknown token to the page", async (t) => {
  const answer = await t.visitor().get("/reset-password/unknown", { query: { callbackURL: "/reset" } });
  same(answered(answer, 302).headers.location, `${t.origin}/reset?error=INVALID_TOKEN`, "location");
});

check("GET /reset-password/:token", "redirects to the error page where there is no callback URL", async (t) => {
  const ada = await t.signedUp();
  const { link } = await resetToken(t, ada, undefined);
  for (const answer of [
    await t.follow(t.visitor(), link),
    await t.visitor().get("/reset-password/unknown", { query: "callbackURL=" }),
  ]) {
    same(answered(answer, 302).headers.location, `${t.auth}/error?error=INVALID_TOKEN`, "location");
  }
});

check(["GET /reset-password/:token", "400 VALIDATION_ERROR"], "requires a callback URL", async (t) => {
  invalid(
    await t.visitor().get("/reset-password/unknown"),
    "[query.callbackURL] Invalid input: expected string, received undefined",
  );
});

check(["GET /reset-password/:token", "403 INVALID_CALLBACK_URL"], "refuses foreign redirect targets", async (t) => {
  const { link } = await resetToken(t, await t.signedUp(), "/reset");
  for (const callbackURL of ["https://evil.example.net/", "//evil.example.net"]) {
    const answer = await t.visitor().get(link.pathname, { outside: true, query: { callbackURL } });
    refused(answer, "403 INVALID_CALLBACK_URL");
  }
});

check("POST /reset-password", "sets a new password, once", async (t) => {
  const ada = await t.signedUp();
  const { token } = await resetToken(t, ada);
  const answer = answered(await t.visitor().post("/reset-password", { newPassword: NEXT, token }), 200, {
    status: true,
  });
  same(answer.cookies, [], "cookies");
  refused(
    await t.visitor().post("/reset-password", { newPassword: "a third horse battery", token }),
    "400 INVALID_TOKEN",
  );
  refused(
    await t.visitor().post("/sign-in/email", { email: ada.email, password: ada.password }),
    "401 INVALID_EMAIL_OR_PASSWORD",
  );
  await t.signedIn(ada, { password: NEXT });
});

check("POST /reset-password", "accepts the token from the query as well", async (t) => {
  const ada = await t.signedUp();
  const { token } = await resetToken(t, ada);
  answered(await t.visitor().post("/reset-password", { newPassword: NEXT }, { query: { token } }), 200, {
    status: true,
  });
  await t.signedIn(ada, { password: NEXT });
});

check("POST /reset-password", "accepts a token once of several concurrent requests", async (t) => {
  const { token } = await resetToken(t, await t.signedUp());
  const answers = await Promise.all(
    [1, 2, 3, 4].map((n) => t.visitor().post("/reset-password", { newPassword: `${NEXT} ${n}`, token })),
  );
  same(answers.map(({ status }) => status).sort(), [200, 400, 400, 400], "statuses");
});

check("POST /reset-password", "ends the sessions of the old password where that is configured", async (t) => {
  const ada = await t.signedUp();
  const { token } = await resetToken(t, ada);
  answered(await t.visitor().post("/reset-password", { newPassword: NEXT, token }), 200, { status: true });
  same(await tokenOf(ada), null, "token of the session");
});

on("cached")(
  ["POST /reset-password", "GET /reset-password/:token", "400 INVALID_TOKEN"],
  "refuses an expired token",
  async (t) => {
    const ada = await t.signedUp();
    const { link, token } = await resetToken(t, ada, "/reset");
    await t.pause(2.2);
    const answer = answered(await t.follow(t.visitor(), link), 302);
    same(answer.headers.location, `${t.origin}/reset?error=INVALID_TOKEN`, "location");
    refused(await t.visitor().post("/reset-password", { newPassword: NEXT, token }), "400 INVALID_TOKEN");
    await t.signedIn(ada);
  },
);

for (const [newPassword, error, what] of [
  ["1234567", "400 PASSWORD_TOO_SHORT", "a short"],
  ["x".repeat(129), "400 PASSWORD_TOO_LONG", "a long"],
]) {
  check(
    ["POST /reset-password", error],
    `refuses ${what} password, and keeps the token for a better one`,
    async (t) => {
      const { token } = await resetToken(t, await t.signedUp());
      refused(await t.visitor().post("/reset-password", { newPassword, token }), error);
      refused(await t.visitor().post("/reset-password", { newPassword, token: "unknown" }), error);
      answered(await t.visitor().post("/reset-password", { newPassword: NEXT, token }), 200, { status: true });
    },
  );
}

check(["POST /reset-password", "400 INVALID_TOKEN"], "refuses a token that it has not issued", async (t) => {
  for (const token of ["unknown", "", undefined, "x".repeat(24)]) {
    refused(await t.visitor().post("/reset-password", { newPassword: NEXT, token }), "400 INVALID_TOKEN");
  }
  refused(await t.visitor().post("/reset-password", { newPassword: "1234567" }), "400 INVALID_TOKEN");
});

check(["POST /reset-password", "400 VALIDATION_ERROR"], "wants texts", async (t) => {
  invalid(
    await t.visitor().post("/reset-password", {}),
    "[body.newPassword] Invalid input: expected string, received undefined",
  );
  invalid(
    await t.visitor().post("/reset-password", { newPassword: NEXT, token: 1 }),
    "[body.token] Invalid input: expected string, received number",
  );
});
