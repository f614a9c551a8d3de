// The official client, as a front end uses it: its own code, a browser's cookies and origin.
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { holds, isUser, matches, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

// The client tells a browser by this, and refetches its session there alone.
globalThis.window ??= Object.assign(new EventTarget(), { location: { href: "", origin: "", pathname: "/" } });

/** A client, and the visitor whose cookies and requests it uses. */
function clientOf(t, visitor = t.visitor(), options = {}) {
  const requests = [];
  const client = createAuthClient({
    baseURL: t.base,
    plugins: [jwtClient()],
    ...options,
    fetchOptions: {
      customFetchImpl: async (input, init = {}) => {
        const request = new Request(input, init);
        const url = new URL(request.url);
        const headers = {
          ...Object.fromEntries(request.headers),
          "sec-fetch-mode": "cors",
          "sec-fetch-site": "same-origin",
        };
        if (request.method !== "GET") {
          headers.origin = visitor.origin;
        }
        const raw = request.body ? await request.text() : undefined;
        requests.push(`${request.method} ${url.pathname}`);
        const answer = await visitor.send(request.method, url.pathname, {
          outside: true,
          query: url.search.slice(1),
          headers,
          raw,
        });
        const plain = Object.entries(answer.headers).filter(
          ([name]) => name !== "set-cookie" && !name.startsWith("transfer"),
        );
        const empty = [204, 304].includes(answer.status);
        return new Response(empty ? null : answer.text, { status: answer.status, headers: plain });
      },
      ...options.fetchOptions,
    },
  });
  return { client, visitor, requests };
}

function succeeded({ data, error }, what) {
  same(error, null, `error of ${what}`);
  return data;
}

function failed({ data, error }, status, code, message) {
  same(data, null, "data");
  same([error.status, error.code, error.message], [status, code, message], "status, code and message");
}

const person = (t) => ({ name: "Ada", email: t.address(), password: "correct horse battery" });

check("client", "signs up, sees its session, and signs out", async (t) => {
  const { client, requests } = clientOf(t);
  const ada = person(t);
  const up = succeeded(await client.signUp.email(ada), "signUp.email");
  same([up.user.email, up.user.name], [ada.email, "Ada"], "user");
  const { session, user } = succeeded(await client.getSession(), "getSession");
  same([session.token, user.id], [up.token, up.user.id], "session");
  same(succeeded(await client.signOut(), "signOut"), { success: true }, "answer");
  same(succeeded(await client.getSession(), "getSession"), null, "session after");
  same(
    requests,
    [
      "POST /api/auth/sign-up/email",
      "GET /api/auth/get-session",
      "POST /api/auth/sign-out",
      "GET /api/auth/get-session",
    ],
    "requests",
  );
});

check("client", "makes dates of dates, to the millisecond", async (t) => {
  const { client } = clientOf(t);
  const { user } = succeeded(await client.signUp.email(person(t)), "signUp.email");
  for (const date of [user.createdAt, user.updatedAt]) {
    holds(date instanceof Date, "it is a date", String(date));
    holds(Math.abs(date - Date.now()) < 120_000, "it is of now", String(date));
  }
  const { session } = succeeded(await client.getSession(), "getSession");
  holds(
    Math.abs(session.expiresAt - Date.now() - 7 * 86_400_000) < 120_000,
    "it ends in a week",
    String(session.expiresAt),
  );
});

check("client", "signs in, and is told why not", async (t) => {
  const ada = await t.sharedUser();
  const { client } = clientOf(t);
  failed(
    await client.signIn.email({ email: ada.email, password: "another horse battery" }),
    401,
    "INVALID_EMAIL_OR_PASSWORD",
    "Invalid email or password",
  );
  const data = succeeded(
    await client.signIn.email({ email: ada.email, password: ada.password, rememberMe: true }),
    "signIn.email",
  );
  same(data.user.id, ada.user.id, "user");
});

check("client", "gets errors with status, code and message", async (t) => {
  const { client } = clientOf(t);
  failed(
    await client.signUp.email({ ...person(t), password: "short" }),
    400,
    "PASSWORD_TOO_SHORT",
    "Password too short",
  );
  failed(
    await client.signUp.email({ ...person(t), email: "ada" }),
    400,
    "VALIDATION_ERROR",
    "[body.email] Invalid email address",
  );
  failed(await client.listSessions(), 401, "UNAUTHORIZED", "Unauthorized");
  const { data, error } = await client.no.such.thing();
  same([data, error.status], [null, 404], "data and status of a route that does not exist");
});

check("client", "throws errors where it is configured to", async (t) => {
  const { client } = clientOf(t);
  try {
    await client.signIn.email({ ...person(t), fetchOptions: { throw: true } });
    holds(false, "it throws");
  } catch (error) {
    same([error.status, error.error?.code], [401, "INVALID_EMAIL_OR_PASSWORD"], "status and code");
  }
});

check("client", "lists its sessions and ends them", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  const tablet = await t.signedIn(ada);
  const { client } = clientOf(t, ada);
  const sessions = succeeded(await client.listSessions(), "listSessions");
  same(sessions.length, 3, "number of sessions");
  holds(
    sessions.every(({ createdAt }) => createdAt instanceof Date),
    "they have dates",
  );
  const { id } = (await phone.get("/get-session")).body.session;
  const { token } = sessions.find((session) => session.id === id);
  same(succeeded(await client.revokeSession({ token }), "revokeSession"), { status: true }, "answer");
  same((await phone.get("/get-session")).body, null, "session of the phone");
  same(succeeded(await client.revokeOtherSessions(), "revokeOtherSessions"), { status: true }, "answer");
  same((await tablet.get("/get-session")).body, null, "session of the tablet");
  same(succeeded(await client.revokeSessions(), "revokeSessions"), { status: true }, "answer");
  same(succeeded(await client.getSession(), "getSession"), null, "session");
});

check("client", "changes the user", async (t) => {
  const { client } = clientOf(t, await t.signedUp());
  same(
    succeeded(await client.updateUser({ name: "Countess", image: "https://example.com/a.png" }), "updateUser"),
    { status: true },
    "answer",
  );
  const { user } = succeeded(await client.getSession(), "getSession");
  same([user.name, user.image], ["Countess", "https://example.com/a.png"], "name and image");
  failed(await client.updateUser({ favourite: "violet" }), 400, undefined, "No fields to update");
});

check("client", "changes the password", async (t) => {
  const ada = await t.signedUp();
  const { client } = clientOf(t, ada);
  const body = { currentPassword: ada.password, newPassword: "another horse battery", revokeOtherSessions: true };
  failed(
    await client.changePassword({ ...body, currentPassword: "wrong horse" }),
    400,
    "INVALID_PASSWORD",
    "Invalid password",
  );
  const data = succeeded(await client.changePassword(body), "changePassword");
  same(data.user.id, ada.user.id, "user");
  same(succeeded(await client.getSession(), "getSession").session.token, data.token, "token");
});

check("client", "resets a password that was forgotten", async (t) => {
  const ada = await t.signedUp();
  const { client } = clientOf(t);
  same(
    succeeded(await client.requestPasswordReset({ email: ada.email, redirectTo: "/reset" }), "requestPasswordReset")
      .status,
    true,
    "status",
  );
  const link = await t.mail.linkTo(ada.email, "/reset-password/");
  const { location } = (await t.follow(t.visitor(), link)).headers;
  const token = new URL(location).searchParams.get("token");
  same(
    succeeded(await client.resetPassword({ newPassword: "another horse battery", token }), "resetPassword"),
    { status: true },
    "answer",
  );
  succeeded(await client.signIn.email({ email: ada.email, password: "another horse battery" }), "signIn.email");
  failed(
    await client.resetPassword({ newPassword: "another horse battery", token }),
    400,
    "INVALID_TOKEN",
    "Invalid token",
  );
});

check("client", "has an address verified, and changes it", async (t) => {
  const ada = await t.signedUp();
  const { client } = clientOf(t, ada);
  same(
    succeeded(await client.sendVerificationEmail({ email: ada.email }), "sendVerificationEmail"),
    { status: true },
    "answer",
  );
  const token = (await t.mail.linkTo(ada.email, "/verify-email")).searchParams.get("token");
  same(succeeded(await client.verifyEmail({ query: { token } }), "verifyEmail").status, true, "status");
  same(succeeded(await client.getSession(), "getSession").user.emailVerified, true, "emailVerified");
  const newEmail = t.address("countess");
  same(succeeded(await client.changeEmail({ newEmail }), "changeEmail"), { status: true }, "answer");
  const change = (await t.mail.linkTo(newEmail, "/verify-email")).searchParams.get("token");
  const { user } = succeeded(await client.verifyEmail({ query: { token: change } }), "verifyEmail");
  same(user.email, newEmail, "email");
});

check("client", "deletes the user", async (t) => {
  const ada = await t.signedUp();
  const { client } = clientOf(t, ada);
  same(succeeded(await client.deleteUser(), "deleteUser").message, "Verification email sent", "message");
  const token = (await t.mail.linkTo(ada.email, "/delete-user/callback")).searchParams.get("token");
  same(
    succeeded(await client.deleteUser({ token }), "deleteUser"),
    { success: true, message: "User deleted" },
    "answer",
  );
  same(succeeded(await client.getSession(), "getSession"), null, "session");
});

check("client", "lists accounts", async (t) => {
  const ada = await t.sharedUser();
  const [account, ...others] = succeeded(await clientOf(t, ada).client.listAccounts(), "listAccounts");
  same([account.providerId, account.accountId, others], ["credential", ada.user.id, []], "account");
});

check("client", "fetches a JWT and the keys to it", async (t) => {
  const ada = await t.sharedUser();
  const { client, requests } = clientOf(t, ada);
  matches(succeeded(await client.token(), "token").token, /^[\w-]+\.[\w-]+\.[\w-]+$/, "token");
  holds(succeeded(await client.jwks(), "jwks").keys.length > 0, "there are keys");
  same(requests, ["GET /api/auth/token", "GET /api/auth/jwks"], "requests");
});

check("client", "works with a bearer token alone", async (t) => {
  let kept = "";
  const onSuccess = ({ response }) => (kept = response.headers.get("set-auth-token") ?? kept);
  const ada = await t.signedUp();
  await clientOf(t, t.visitor(), {}).client.signIn.email({ email: ada.email, password: ada.password }, { onSuccess });
  const { client, visitor } = clientOf(t);
  const auth = { type: "Bearer", token: () => kept };
  same(succeeded(await client.getSession({ fetchOptions: { auth } }), "getSession").user.id, ada.user.id, "user");
  succeeded(await client.updateUser({ name: "Countess", fetchOptions: { auth } }), "updateUser");
  visitor.cookies.clear();
  same(succeeded(await client.getSession({ fetchOptions: { auth } }), "getSession").user.name, "Countess", "name");
});

check("client", "keeps its session up to date", async (t) => {
  const { client } = clientOf(t);
  const seen = [];
  const stop = client.useSession.subscribe(({ data, isPending }) => isPending || seen.push(data?.user.name ?? null));
  const view = (name) =>
    within(
      t,
      () => seen.at(-1) === name && seen.length > 0,
      () => `the view is ${name}, after ${JSON.stringify(seen)}`,
    );
  try {
    await view(null);
    const ada = person(t);
    succeeded(await client.signUp.email(ada), "signUp.email");
    await view("Ada");
    succeeded(await client.updateUser({ name: "Countess" }), "updateUser");
    await view("Countess");
    succeeded(await client.signOut(), "signOut");
    await view(null);
    succeeded(await client.signIn.email({ email: ada.email, password: ada.password }), "signIn.email");
    await view("Countess");
    succeeded(await client.revokeSessions(), "revokeSessions");
    await view(null);
  } finally {
    stop();
  }
});

on("secure")("client", "refreshes its session by POST where a refresh is due", async (t) => {
  const ada = await t.signedUp();
  const { client, requests } = clientOf(t, ada);
  const before = succeeded(await client.getSession(), "getSession").session.expiresAt;
  await t.pause(10.3);
  const seen = [];
  const stop = client.useSession.subscribe(({ data, isPending }) => isPending || seen.push(data));
  try {
    await within(
      t,
      () => seen.at(-1)?.session.expiresAt > before,
      () => `the session ends later, after ${requests}`,
    );
    same(requests.includes("POST /api/auth/get-session"), true, "it has asked by POST");
  } finally {
    stop();
  }
});

check("client", "is redirected after a sign-in with a callback URL", async (t) => {
  const ada = await t.sharedUser();
  const { client } = clientOf(t);
  const data = succeeded(
    await client.signIn.email({ email: ada.email, password: ada.password, callbackURL: "/welcome" }),
    "signIn.email",
  );
  same([data.redirect, data.url], [true, "/welcome"], "redirect and url");
  same(globalThis.window.location.href, "/welcome", "where the browser is led");
});

check(["client", "403 MISSING_OR_NULL_ORIGIN"], "on a server has to send its origin", async (t) => {
  const answer = await t.visitor().post("/sign-in/email", person(t), { headers: { "sec-fetch-mode": "cors" } });
  refused(answer, "403 MISSING_OR_NULL_ORIGIN");
  const { client } = clientOf(t);
  isUser(JSON.parse(JSON.stringify(succeeded(await client.signUp.email(person(t)), "signUp.email").user)), "user");
});

async function within(t, condition, what) {
  for (let n = 0; n < 100 && !condition(); n++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  holds(condition(), what());
}
