import { answered, invalid, isUser, matches, refused } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const BOTH = "application/x-www-form-urlencoded, application/json";

for (const [path, type, allowed] of [
  ["/sign-in/email", "text/plain", BOTH],
  ["/sign-up/email", "text/plain", BOTH],
  ["/sign-in/email", "application/xml", BOTH],
  ["/sign-out", "text/plain", "application/json"],
  ["/reset-password", "application/x-www-form-urlencoded", "application/json"],
  ["/request-password-reset", "multipart/form-data; boundary=x", "application/json"],
  ["/update-user", "application/vnd.api+json", "application/json"],
]) {
  check(["bodies", "415 UNSUPPORTED_MEDIA_TYPE"], `refuses ${type} at ${path}`, async (t) => {
    const answer = await t.visitor().send("POST", path, { raw: "{}", headers: { "content-type": type } });
    refused(answer, "415 UNSUPPORTED_MEDIA_TYPE", `Content-Type "${type}" is not allowed. Allowed types: ${allowed}`);
  });
}

for (const [text, what] of [
  ["{", "an open brace"],
  ['{"email":}', "a member without a value"],
  ["{'email':'a'}", "single quotes"],
  ["nonsense", "a word"],
]) {
  check(["bodies", "400 BAD_REQUEST"], `refuses JSON that is ${what}`, async (t) => {
    const answer = await t
      .visitor()
      .send("POST", "/sign-in/email", { raw: text, headers: { "content-type": "application/json" } });
    refused(answer, "400 BAD_REQUEST");
  });
}

check(["bodies", "400 BAD_REQUEST"], "checks JSON syntax before the origin and before the session", async (t) => {
  const headers = { "content-type": "application/json", cookie: "a=b", origin: "https://evil.example.net" };
  refused(await t.visitor().send("POST", "/change-password", { raw: "{", headers }), "400 BAD_REQUEST");
});

check("bodies", "checks the content type before the origin", async (t) => {
  const headers = { "content-type": "text/plain", cookie: "a=b", origin: "https://evil.example.net" };
  const answer = await t.visitor().send("POST", "/sign-out", { raw: "{}", headers });
  refused(
    answer,
    "415 UNSUPPORTED_MEDIA_TYPE",
    'Content-Type "text/plain" is not allowed. Allowed types: application/json',
  );
});

check(["bodies", "403 INVALID_ORIGIN"], "checks the origin before the body's schema", async (t) => {
  const headers = { cookie: "a=b", origin: "https://evil.example.net" };
  refused(await t.visitor().post("/sign-up/email", { email: 1 }, { headers }), "403 INVALID_ORIGIN");
});

check(["bodies", "400 VALIDATION_ERROR"], "checks the body's schema before the session", async (t) => {
  const answer = await t.visitor().post("/verify-password", {});
  invalid(answer, "[body.password] Invalid input: expected string, received undefined");
});

check("bodies", "accepts a content type with parameters and in capitals", async (t) => {
  for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
    const answer = await t.visitor().send("POST", "/sign-out", { raw: "{}", headers: { "content-type": type } });
    answered(answer, 200, { success: true });
  }
});

check(["bodies", "400 VALIDATION_ERROR"], "treats a body without a content type as absent", async (t) => {
  const raw = JSON.stringify({ name: "Ada", email: t.address(), password: "correct horse" });
  const answer = await t.visitor().send("POST", "/sign-up/email", { raw });
  invalid(
    answer,
    "[body] Invalid input: expected object, received undefined; " +
      "[body] Invalid input: expected record, received undefined",
  );
});

for (const [json, received] of [
  [[], "array"],
  [null, "null"],
  ["text", "string"],
  [1, "number"],
  [true, "boolean"],
]) {
  check(["bodies", "400 VALIDATION_ERROR"], `refuses a body that is of type ${received}`, async (t) => {
    const visitor = t.visitor();
    invalid(await visitor.post("/sign-in/email", json), `[body] Invalid input: expected object, received ${received}`);
    invalid(
      await visitor.post("/sign-up/email", json),
      `[body] Invalid input: expected object, received ${received}; ` +
        `[body] Invalid input: expected record, received ${received}`,
    );
    invalid(await visitor.post("/update-user", json), `[body] Invalid input: expected record, received ${received}`);
  });
}

check("bodies", "accepts forms at sign-up and sign-in", async (t) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const form = (fields) => ({ raw: new URLSearchParams(fields).toString(), headers });
  const [email, password] = [t.address(), "correct horse battery"];
  const up = await t.visitor().send("POST", "/sign-up/email", form({ name: "Ada Lovelace", email, password }));
  answered(up, 200, (body, what) => isUser(body.user, what, { email, name: "Ada Lovelace" }));
  answered(await t.visitor().send("POST", "/sign-in/email", form({ email, password })), 200, (body, what) =>
    isUser(body.user, what, { email }),
  );
});

check("bodies", "responds in JSON, to refusals too", async (t) => {
  const visitor = t.visitor();
  for (const answer of [
    await visitor.get("/get-session"),
    await visitor.get("/list-accounts"),
    await visitor.get("/ok"),
  ]) {
    matches(answer.headers["content-type"], /^application\/json\b/, `content-type of ${answer.request}`);
  }
});
