import {
  answered,
  differs,
  holds,
  invalid,
  isSession,
  isUser,
  matches,
  members,
  near,
  refused,
  same,
} from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "POST /sign-up/email";

check(ROW, "returns a token and the user, and sets the cookie", async (t) => {
  const visitor = t.visitor();
  const email = t.address();
  const answer = await visitor.post("/sign-up/email", { name: "Ada", email, password: "correct horse battery" });
  answered(answer, 200, (body, what) => {
    members(body, "token user", what);
    matches(body.token, /^[a-zA-Z0-9]{32}$/, `token in ${what}`);
    isUser(body.user, what, { email, name: "Ada", image: null, emailVerified: false });
    same(body.user.createdAt, body.user.updatedAt, "createdAt and updatedAt");
    near(Date.parse(body.user.createdAt), Date.now(), "createdAt");
  });
  const session = answered(await visitor.get("/get-session"), 200).body;
  isSession(session.session, "session", { token: answer.body.token, userId: answer.body.user.id });
  same(session.user, answer.body.user, "user of the session");
});

check(ROW, "keeps an image", async (t) => {
  const ada = await t.signedUp({ image: "https://example.com/ada.png" });
  same(ada.user.image, "https://example.com/ada.png", "image");
});

check(ROW, "accepts an empty name", async (t) => {
  same((await t.signedUp({ name: "" })).user.name, "", "name");
});

check(ROW, "accepts a name beyond ASCII as it is", async (t) => {
  same((await t.signedUp({ name: "Ådå 💜 Łovelace" })).user.name, "Ådå 💜 Łovelace", "name");
});

check(ROW, "stores the address in lower case", async (t) => {
  const email = t.address("Ada");
  const ada = await t.signedUp({ email: email.toUpperCase() });
  same(ada.user.email, email.toLowerCase(), "email");
});

check(ROW, "ignores fields that the caller may not set", async (t) => {
  const ada = await t.signedUp({
    id: "chosen",
    emailVerified: true,
    createdAt: "2001-01-01T00:00:00.000Z",
    updatedAt: "2001-01-01T00:00:00.000Z",
    role: "admin",
    favourite: { colour: "violet" },
  });
  isUser(ada.user, "user", { emailVerified: false });
  differs(ada.user.id, "chosen", "id");
  near(Date.parse(ada.user.createdAt), Date.now(), "createdAt");
});

check([ROW, "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"], "refuses an address that is taken", async (t) => {
  const ada = await t.sharedUser();
  const again = { name: "Eve", email: ada.email, password: "another horse battery" };
  const answer = refused(await t.visitor().post("/sign-up/email", again), "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  same(answer.cookies, [], "cookies");
  again.email = ada.email.toUpperCase();
  refused(await t.visitor().post("/sign-up/email", again), "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
});

check([ROW, "422 FAILED_TO_CREATE_USER"], "creates one user for several concurrent requests with one address", async (t) => {
  const body = { name: "Ada", email: t.address(), password: "correct horse battery" };
  const answers = await Promise.all([1, 2, 3, 4].map(() => t.visitor().post("/sign-up/email", body)));
  const first = answers.filter((answer) => answer.status === 200);
  same(first.length, 1, "answers with 200");
  const others = answers.filter((answer) => answer !== first[0]);
  // One that came a little later finds the address taken.
  const late = others.filter(({ body }) => body?.code === "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  holds(late.length < others.length, "not all were late");
  for (const answer of others) {
    refused(answer, late.includes(answer) ? "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" : "422 FAILED_TO_CREATE_USER");
  }
});

for (const [password, error, what] of [
  ["1234567", "400 PASSWORD_TOO_SHORT", "of 7 characters"],
  ["x".repeat(129), "400 PASSWORD_TOO_LONG", "of 129 characters"],
  ["💜💜💜", "400 PASSWORD_TOO_SHORT", "of 6 UTF-16 units"],
]) {
  check([ROW, error], `refuses a password ${what}`, async (t) => {
    refused(await t.visitor().post("/sign-up/email", { name: "Ada", email: t.address(), password }), error);
  });
}

for (const [password, what] of [
  ["qz7 4vkT", "8 characters"],
  ["k7 ".repeat(42) + "zz", "128 characters"],
  ["💜🧡💛💚", "8 UTF-16 units"],
]) {
  check(ROW, `takes a password of ${what}, and knows it again`, async (t) => {
    const ada = await t.signedUp({ password });
    await t.signedIn(ada);
  });
}

const MISSING = "Invalid input: expected string, received undefined";
for (const [change, text] of [
  [{ name: undefined }, `[body.name] ${MISSING}`],
  [{ name: null }, "[body.name] Invalid input: expected string, received null"],
  [{ name: 1 }, "[body.name] Invalid input: expected string, received number"],
  [{ email: undefined }, `[body.email] ${MISSING}`],
  [{ email: "" }, "[body.email] Invalid email address"],
  [{ email: "ada" }, "[body.email] Invalid email address"],
  [{ email: "ada@" }, "[body.email] Invalid email address"],
  [{ email: "ada@example" }, "[body.email] Invalid email address"],
  [{ email: " ada@example.com" }, "[body.email] Invalid email address"],
  [{ email: "ada@example.com " }, "[body.email] Invalid email address"],
  [{ email: true }, "[body.email] Invalid input: expected string, received boolean"],
  [{ password: undefined }, `[body.password] ${MISSING}`],
  [{ password: "" }, "[body.password] Too small: expected string to have >=1 characters"],
  [{ password: 12345678 }, "[body.password] Invalid input: expected string, received number"],
  [{ image: null }, "[body.image] Invalid input: expected string, received null"],
  [{ image: 1 }, "[body.image] Invalid input: expected string, received number"],
  [{ rememberMe: "true" }, "[body.rememberMe] Invalid input: expected boolean, received string"],
  [
    { name: undefined, email: undefined, password: undefined },
    `[body.name] ${MISSING}; [body.email] ${MISSING}; [body.password] ${MISSING}`,
  ],
  [
    { password: "", email: "ada" },
    "[body.email] Invalid email address; [body.password] Too small: expected string to have >=1 characters",
  ],
]) {
  check([ROW, "400 VALIDATION_ERROR"], `says: ${text} (${JSON.stringify(change)})`, async (t) => {
    const body = { name: "Ada", email: t.address(), password: "correct horse battery", ...change };
    const answer = invalid(await t.visitor().post("/sign-up/email", body), text);
    same(answer.cookies, [], "cookies");
  });
}

check(ROW, "starts a session for the browser's life where it is not to remember", async (t) => {
  const visitor = t.visitor();
  const body = { name: "Ada", email: t.address(), password: "correct horse battery", rememberMe: false };
  const { cookies } = answered(await visitor.post("/sign-up/email", body), 200);
  same(cookies.map(({ name }) => name).sort(), [t.cookie("dont_remember"), t.cookie("session_token")], "cookies");
  for (const cookie of cookies) {
    same(cookie.attributes["max-age"], undefined, `Max-Age of ${cookie.name}`);
  }
});

on("plain")(ROW, "opens no session where autoSignIn is off", async (t) => {
  const visitor = t.visitor();
  const email = t.address();
  const answer = await visitor.post("/sign-up/email", { name: "Ada", email, password: "correct horse battery" });
  answered(answer, 200, (body, what) => {
    same(body.token, null, `token in ${what}`);
    isUser(body.user, what, { email, name: "Ada" });
  });
  same(answer.cookies, [], "cookies");
  same(answer.headers["set-auth-token"], undefined, "set-auth-token");
});

for (const configuration of ["plain", "verified"]) {
  on(configuration)(ROW, `hides in ${configuration} that the address is taken`, async (t) => {
    const ada = await t.signedUp();
    const answer = await t
      .visitor()
      .post("/sign-up/email", { name: "Eve", email: ada.email, password: "another horse battery" });
    answered(answer, 200, (body, what) => {
      members(body, "token user", what);
      same(body.token, null, `token in ${what}`);
      isUser(body.user, what, { email: ada.email, name: "Eve", image: null, emailVerified: false });
      differs(body.user.id, ada.user.id, "id");
      same(body.user.id.length, ada.user.id.length, "length of the id");
    });
    const wrong = { email: ada.email, password: "another horse battery" };
    refused(await t.visitor().post("/sign-in/email", wrong), "401 INVALID_EMAIL_OR_PASSWORD");
  });
}
