import { answered, holds, refused } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const REFUSED = [
  "https://evil.example.net",
  "https://front.example.com.evil.example.net/",
  "https://front.example.com@evil.example.net/",
  "http://front.example.com/",
  "//evil.example.net",
  "/\\evil.example.net",
  "\\\\evil.example.net",
  "/a\\b",
  "/%2fevil.example.net",
  "/a%2Fb",
  "/a%5cb",
  "/\tevil.example.net",
  "/a\nb",
  "javascript:alert(1)",
  "data:text/html,x",
  "welcome",
  "?a=b",
  "ftp://front.example.com/",
];

const TRUSTED = [
  "/",
  "/welcome",
  "/welcome/again?a=b&c=%2F#d",
  "https://front.example.com",
  "https://front.example.com/welcome?a=b",
  "https://app.example.org/welcome",
  "http://a.wild.dev/",
  "http://ports.test:3000/x",
  "myapp://callback",
];

for (const target of REFUSED) {
  check(
    ["redirect targets", "403 INVALID_CALLBACK_URL", "403 INVALID_REDIRECT_URL"],
    `refuse ${JSON.stringify(target)}`,
    async (t) => {
      const body = { email: "ada@example.com", password: "correct horse battery" };
      refused(await t.visitor().post("/sign-in/email", { ...body, callbackURL: target }), "403 INVALID_CALLBACK_URL");
      refused(
        await t.visitor().post("/request-password-reset", { email: body.email, redirectTo: target }),
        "403 INVALID_REDIRECT_URL",
      );
      const answer = await t.visitor().get("/verify-email", { query: { token: "x", callbackURL: target } });
      refused(answer, "403 INVALID_CALLBACK_URL");
    },
  );
}

for (const target of TRUSTED) {
  check("redirect targets", `may be ${target}`, async (t) => {
    answered(
      await t.visitor().post("/request-password-reset", { email: t.address("nobody"), redirectTo: target }),
      200,
    );
    const answer = answered(
      await t.visitor().get("/verify-email", { query: { token: "x", callbackURL: target } }),
      302,
    );
    const { location } = answer.headers;
    holds(location.startsWith(target.split("#")[0]), `the location is ${target}`, location);
  });
}

check("redirect targets", "may be one of its own address", async (t) => {
  answered(
    await t.visitor().post("/request-password-reset", { email: t.address("nobody"), redirectTo: `${t.origin}/reset` }),
    200,
  );
});

for (const [member, error] of [
  ["callbackURL", "403 INVALID_CALLBACK_URL"],
  ["redirectTo", "403 INVALID_REDIRECT_URL"],
  ["errorCallbackURL", "403 INVALID_ERROR_CALLBACK_URL"],
  ["newUserCallbackURL", "403 INVALID_NEW_USER_CALLBACK_URL"],
]) {
  check(["redirect targets", error], `are checked wherever a body has ${member}`, async (t) => {
    for (const path of ["/sign-out", "/sign-up/email", "/update-user", "/request-password-reset"]) {
      refused(await t.visitor().post(path, { [member]: "https://evil.example.net" }), error);
    }
  });
}

check(["redirect targets", "403 INVALID_CALLBACK_URL"], "are checked in the query of a POST, too", async (t) => {
  const query = { callbackURL: "https://evil.example.net" };
  refused(await t.visitor().post("/sign-out", {}, { query }), "403 INVALID_CALLBACK_URL");
});

check(["redirect targets", "400 Invalid callbackURL: expected a string"], "have to be texts", async (t) => {
  for (const callbackURL of [1, true, ["/welcome"], { a: "b" }]) {
    refused(await t.visitor().post("/sign-in/email", { callbackURL }), "400 Invalid callbackURL: expected a string");
  }
});

check("redirect targets", "are checked after the origin", async (t) => {
  const headers = { cookie: "a=b", origin: "https://evil.example.net" };
  refused(
    await t.visitor().post("/sign-out", { callbackURL: "https://evil.example.net" }, { headers }),
    "403 INVALID_ORIGIN",
  );
});
