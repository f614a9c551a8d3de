import { answered, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");
const ROW = "POST /sign-out";

check(ROW, "ends the session and expires the cookies", async (t) => {
  const ada = await t.signedUp();
  const twin = ada.twin();
  const answer = answered(await ada.post("/sign-out", {}), 200, { success: true });
  same(
    answer.cookies.map(({ name, value, attributes }) => [name, value, attributes["max-age"]]),
    ["session_token", "session_data", "dont_remember"].map((name) => [t.cookie(name), "", "0"]),
    "cookies",
  );
  answered(await twin.get("/get-session"), 200, null);
});

check(ROW, "keeps the other sessions of that user", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  await ada.post("/sign-out", {});
  same((await phone.get("/get-session")).body.session.token, phone.token, "token of the other session");
});

check(ROW, "accepts an absent body", async (t) => {
  const ada = await t.signedUp();
  answered(await ada.post("/sign-out"), 200, { success: true });
  answered(await ada.get("/get-session"), 200, null);
});

check(ROW, "returns the same without a session", async (t) => {
  const answer = answered(await t.visitor().post("/sign-out", {}), 200, { success: true });
  same(
    answer.cookies.map(({ attributes }) => attributes["max-age"]),
    ["0", "0", "0"],
    "Max-Age of the cookies",
  );
});

check(ROW, "ends nothing by a cookie with an invalid signature", async (t) => {
  const ada = await t.signedUp();
  const thief = t.visitor();
  thief.cookies.set(t.cookie("session_token"), `${ada.token}.${"A".repeat(43)}%3D`);
  answered(await thief.post("/sign-out", {}), 200, { success: true });
  same((await ada.get("/get-session")).body.session.token, ada.token, "token of the session");
});

check(ROW, "ends the session of a bearer token", async (t) => {
  const ada = await t.signedUp();
  const headers = { authorization: `Bearer ${ada.token}` };
  answered(await t.visitor().post("/sign-out", {}, { headers }), 200, { success: true });
  answered(await ada.get("/get-session"), 200, null);
});
