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
  check(["routing", "404"], `responds to ${method} ${path} with an empty 404`, async (t) => {
    const answer = refused(await t.visitor().send(method, path, method === "POST" ? { json: {} } : {}), "404");
    same(answer.headers["content-type"], undefined, "content-type");
  });
}

check("routing", "responds to HEAD with 404", async (t) => {
  answered(await t.visitor().send("HEAD", "/ok"), 404);
});

check("routing", "checks the route before the content type", async (t) => {
  refused(await t.visitor().send("POST", "/nowhere", { raw: "x", headers: { "content-type": "text/plain" } }), "404");
});

check("routing", "ignores query parameters that the route does not have", async (t) => {
  answered(await t.visitor().get("/ok", { query: { a: "b" } }), 200, { ok: true });
});
