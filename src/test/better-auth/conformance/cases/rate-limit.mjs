import { randomInt } from "node:crypto";
import { answered, holds, matches, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("limited");

/** A client with an address of its own, as a proxy reports it. */
function from(t, address = `198.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`) {
  const visitor = t.visitor();
  visitor.headers = { "x-forwarded-for": address };
  return visitor;
}

async function statuses(count, ask) {
  const all = [];
  for (let n = 0; n < count; n++) {
    all.push((await ask()).status);
  }
  return all;
}

// Refused before a password is hashed, which takes its time.
const wrong = { email: "nobody", password: "another horse battery" };

for (const [path, body, status] of [
  ["/sign-in/email", wrong, 400],
  ["/sign-up/email", { name: "Ada" }, 400],
  ["/change-password", { currentPassword: "a", newPassword: "b" }, 401],
  ["/change-email", { newEmail: "ada@example.com" }, 401],
]) {
  check(["rate limit", "429"], `allows three in ten seconds at ${path}`, async (t) => {
    const visitor = from(t);
    same(await statuses(3, () => visitor.post(path, body)), [status, status, status], "statuses");
    const answer = refused(await visitor.post(path, body), "429");
    matches(answer.headers["x-retry-after"], /^([1-9]|10)$/, "x-retry-after");
  });
}

for (const [path, body] of [
  ["/request-password-reset", { email: "nobody@example.com" }],
  ["/send-verification-email", { email: "nobody@example.com" }],
]) {
  check(["rate limit", "429"], `allows three in a minute at ${path}`, async (t) => {
    const visitor = from(t);
    const before = await statuses(3, () => visitor.post(path, body));
    same(before.includes(429), false, `429 among ${before}`);
    const answer = refused(await visitor.post(path, body), "429");
    const after = Number(answer.headers["x-retry-after"]);
    holds(after > 45 && after <= 60, "x-retry-after is up to a minute", after);
  });
}

check(["rate limit", "429"], "allows a hundred in ten seconds elsewhere", async (t) => {
  const visitor = from(t);
  const first = await Promise.all(Array.from({ length: 100 }, () => visitor.get("/ok")));
  same([...new Set(first.map(({ status }) => status))], [200], "statuses");
  refused(await visitor.get("/ok"), "429");
});

check("rate limit", "counts each client and each path separately", async (t) => {
  const visitor = from(t);
  await statuses(3, () => visitor.post("/sign-in/email", wrong));
  same((await visitor.post("/sign-in/email", wrong)).status, 429, "status");
  same((await from(t).post("/sign-in/email", wrong)).status, 400, "status at another address");
  same((await visitor.get("/get-session")).status, 200, "status at another path");
});

check(["rate limit", "429"], "counts requests that succeed as well", async (t) => {
  const visitor = from(t);
  for (let n = 0; n < 3; n++) {
    answered(
      await visitor.post(
        "/sign-up/email",
        { name: "Ada", email: t.address(), password: "correct horse battery" },
        { headers: { origin: t.origin } },
      ),
      200,
    );
  }
  refused(
    await visitor.post("/sign-up/email", { name: "Ada", email: t.address(), password: "correct horse battery" }),
    "429",
  );
});

check(["rate limit", "429"], "is checked before the body and the origin", async (t) => {
  const visitor = from(t);
  await statuses(3, () => visitor.post("/sign-in/email", wrong));
  refused(
    await visitor.send("POST", "/sign-in/email", { raw: "{", headers: { "content-type": "application/json" } }),
    "429",
  );
  refused(await visitor.send("POST", "/sign-in/email", { raw: "x", headers: { "content-type": "text/plain" } }), "429");
  refused(
    await visitor.post("/sign-in/email", wrong, { headers: { cookie: "a=b", origin: "https://evil.example.net" } }),
    "429",
  );
});

check("rate limit", "accepts requests after the window, which refused requests do not extend", async (t) => {
  const visitor = from(t);
  await statuses(3, () => visitor.post("/sign-in/email", wrong));
  const answer = refused(await visitor.post("/sign-in/email", wrong), "429");
  await t.pause(Math.max(1, Number(answer.headers["x-retry-after"]) - 4));
  same((await visitor.post("/sign-in/email", wrong)).status, 429, "status before");
  await t.pause(4.3);
  same((await visitor.post("/sign-in/email", wrong)).status, 400, "status after");
});

check(["rate limit", "429"], "counts an IPv6 network of 64 bits as one client", async (t) => {
  const network = `2001:db8:${randomInt(0x10000).toString(16)}:${randomInt(0x10000).toString(16)}`;
  for (let n = 1; n <= 3; n++) {
    same((await from(t, `${network}::${n}`).post("/sign-in/email", wrong)).status, 400, "status");
  }
  refused(await from(t, `${network}:1:2:3:4`).post("/sign-in/email", wrong), "429");
});

on("default")("rate limit", "is off where it is not configured", async (t) => {
  const all = await Promise.all(Array.from({ length: 6 }, () => t.visitor().post("/sign-in/email", wrong)));
  same([...new Set(all.map(({ status }) => status))], [400], "statuses");
});

on("limited")("GET /get-session", "has the client address that a proxy reports", async (t) => {
  const visitor = from(t);
  const body = { name: "Ada", email: t.address(), password: "correct horse battery" };
  answered(await visitor.post("/sign-up/email", body), 200);
  const { session } = answered(await visitor.get("/get-session"), 200).body;
  same(session.ipAddress, visitor.headers["x-forwarded-for"], "ipAddress");
});
