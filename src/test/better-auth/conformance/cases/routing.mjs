import { answered, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

for (const [method, path] of [
  ["GET", "/nowhere"],
  ["POST", "/nowhere"],
  ["GET", "/"],
  ["GET", "/ok/"],
  ["GET", "//ok"],
  ["GET", "/OK"],
  ["POST", "/ok"],
  ["GET", "/sign-out"],
  ["POST", "/sign-out/"],
  ["DELETE", "/sign-out"],
  ["PUT", "/update-user"],
  ["PATCH", "/update-user"],
  ["GET", "/sign-in/email"],
  ["POST", "/sign-in"],
  ["POST", "/list-sessions"],
  ["POST", "/token"],
  ["GET", "/reset-password"],
  ["GET", "/delete-user"],
  ["POST", "/set-password"],
  ["POST", "/forget-password"],
  ["OPTIONS", "/get-session"],
]) {
  check(["routing", "404"], `answers ${method} ${path} with 404 and nothing`, async (t) => {
    const answer = refused(await t.visitor().send(method, path, method === "POST" ? { json: {} } : {}), "404");
    same(answer.headers["content-type"], undefined, "content-type");
  });
}

check("routing", "answers HEAD with 404", async (t) => {
  answered(await t.visitor().send("HEAD", "/ok"), 404);
});

check("routing", "judges the route before the body's type", async (t) => {
  refused(await t.visitor().send("POST", "/nowhere", { raw: "x", headers: { "content-type": "text/plain" } }), "404");
});

check("routing", "ignores a query that no route has asked for", async (t) => {
  answered(await t.visitor().get("/ok", { query: { a: "b" } }), 200, { ok: true });
});
