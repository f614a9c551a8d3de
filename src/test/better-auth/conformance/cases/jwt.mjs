import { createPublicKey, verify } from "node:crypto";
import { answered, differs, holds, matches, near, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const part = (token, n) => JSON.parse(Buffer.from(token.split(".")[n], "base64url").toString("utf8"));

async function keyOf(t, token) {
  const { keys } = answered(await t.visitor().get("/jwks"), 200).body;
  return keys.find(({ kid }) => kid === part(token, 0).kid);
}

function isSigned(token, jwk) {
  const [header, payload, signature] = token.split(".");
  return verify(
    null,
    Buffer.from(`${header}.${payload}`),
    createPublicKey({ key: jwk, format: "jwk" }),
    Buffer.from(signature, "base64url"),
  );
}

check("GET /token", "returns a JWT that is signed by a published key", async (t) => {
  const ada = await t.sharedUser();
  const answer = answered(await ada.get("/token"), 200);
  same(Object.keys(answer.body), ["token"], "members of the body");
  const { token } = answer.body;
  const header = part(token, 0);
  same(header.alg, "EdDSA", "alg");
  const jwk = await keyOf(t, token);
  holds(jwk, `a key is called ${header.kid}`);
  same(isSigned(token, jwk), true, "the signature is good");
  const [head, body, signature] = token.split(".");
  const other = Buffer.from(JSON.stringify({ ...part(token, 1), sub: "another" })).toString("base64url");
  differs(other, body, "payload");
  same(isSigned(`${head}.${other}.${signature}`, jwk), false, "the signature of something else is good");
});

check("GET /token", "has the issuer and the subject", async (t) => {
  const ada = await t.signedUp({ image: "https://example.com/ada.png" });
  const payload = part((await ada.get("/token")).body.token, 1);
  for (const [name, value] of Object.entries(ada.user)) {
    same(payload[name], value, name);
  }
  same(payload.sub, ada.user.id, "sub");
  same([payload.iss, [payload.aud].flat()], [t.origin, [t.origin]], "iss and aud");
  near(payload.iat * 1_000, Date.now(), "iat");
  same(payload.exp - payload.iat, 900, "exp less iat");
});

check("GET /token", "returns the current state of the user", async (t) => {
  const ada = await t.signedUp();
  await ada.post("/update-user", { name: "Countess" });
  same(part((await ada.get("/token")).body.token, 1).name, "Countess", "name");
});

check("GET /token", "refuses ended sessions", async (t) => {
  const ada = await t.signedUp();
  const twin = ada.twin();
  await ada.post("/sign-out", {});
  refused(await twin.get("/token"), "401 UNAUTHORIZED");
});

check("GET /get-session", "has the same claims in the JWT header", async (t) => {
  const ada = await t.sharedUser();
  const token = (await ada.get("/get-session")).headers["set-auth-jwt"];
  same(isSigned(token, await keyOf(t, token)), true, "the signature is good");
  same([part(token, 1).sub, part(token, 1).iss], [ada.user.id, t.origin], "sub and iss");
});

on("secure")("GET /get-session", "has no JWT header where that is disabled", async (t) => {
  const ada = await t.signedUp();
  const { headers } = answered(await ada.get("/get-session"), 200);
  same(headers["set-auth-jwt"], undefined, "set-auth-jwt");
  matches((await ada.get("/token")).body.token, /^[\w-]+\.[\w-]+\.[\w-]+$/, "token");
});

on("secure")("GET /token", "has the public address as issuer and audience", async (t) => {
  const payload = part((await (await t.signedUp()).get("/token")).body.token, 1);
  same([payload.iss, [payload.aud].flat()], ["https://auth.example.com", ["https://auth.example.com"]], "iss and aud");
});

check("GET /jwks", "has public keys and nothing private", async (t) => {
  const { body } = answered(await t.visitor().get("/jwks"), 200);
  same(Object.keys(body), ["keys"], "members");
  holds(body.keys.length > 0, "there is a key");
  for (const key of body.keys) {
    same([key.kty, key.crv, key.alg], ["OKP", "Ed25519", "EdDSA"], "kty, crv and alg");
    matches(key.kid, /^\S+$/, "kid");
    matches(key.x, /^[\w-]{43}$/, "x");
    same(
      ["d", "p", "q", "k"].filter((name) => name in key),
      [],
      "private members",
    );
  }
});

check("GET /jwks", "stays the same from one call to the next", async (t) => {
  same((await t.visitor().get("/jwks")).body, (await t.visitor().get("/jwks")).body, "keys");
});
