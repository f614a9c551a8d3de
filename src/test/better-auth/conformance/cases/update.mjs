import { answered, invalid, isUser, near, refused, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

const userOf = async (visitor) => answered(await visitor.get("/get-session"), 200).body.user;

check("POST /update-user", "changes the name and the image, and sets the cookie again", async (t) => {
  const ada = await t.signedUp();
  const answer = answered(
    await ada.post("/update-user", { name: "Ada King", image: "https://example.com/a.png" }),
    200,
    { status: true },
  );
  same(
    answer.cookies.map(({ name }) => name),
    [t.cookie("session_token")],
    "cookies",
  );
  same(answer.headers["set-auth-token"], decodeURIComponent(answer.cookies[0].value), "set-auth-token");
  const user = await userOf(ada);
  isUser(user, "user", {
    ...ada.user,
    name: "Ada King",
    image: "https://example.com/a.png",
    updatedAt: user.updatedAt,
  });
  near(Date.parse(user.updatedAt), Date.now(), "updatedAt");
});

check("POST /update-user", "changes one field and keeps the other", async (t) => {
  const ada = await t.signedUp({ image: "https://example.com/a.png" });
  answered(await ada.post("/update-user", { name: "Countess" }), 200, { status: true });
  isUser(await userOf(ada), "user", { name: "Countess", image: "https://example.com/a.png" });
  answered(await ada.post("/update-user", { image: null }), 200, { status: true });
  isUser(await userOf(ada), "user", { name: "Countess", image: null });
  answered(await ada.post("/update-user", { name: "" }), 200, { status: true });
  isUser(await userOf(ada), "user", { name: "" });
});

check("POST /update-user", "is visible to the other devices", async (t) => {
  const ada = await t.signedUp();
  const phone = await t.signedIn(ada);
  await ada.post("/update-user", { name: "Countess" });
  same((await userOf(phone)).name, "Countess", "name");
});

check("POST /update-user", "stores a number as its text", async (t) => {
  const ada = await t.signedUp();
  answered(await ada.post("/update-user", { name: 42 }), 200, { status: true });
  same(String((await userOf(ada)).name), "42", "name");
});

check("POST /update-user", "ignores fields that the caller may not change", async (t) => {
  const ada = await t.signedUp();
  const body = {
    name: "Countess",
    id: "chosen",
    emailVerified: true,
    createdAt: "2001-01-01T00:00:00.000Z",
    role: "admin",
  };
  answered(await ada.post("/update-user", body), 200, { status: true });
  const user = await userOf(ada);
  isUser(user, "user", { ...ada.user, name: "Countess", updatedAt: user.updatedAt });
});

check(["POST /update-user", "400 EMAIL_CAN_NOT_BE_UPDATED"], "does not change the address", async (t) => {
  const ada = await t.sharedUser();
  refused(await ada.post("/update-user", { name: "Eve", email: t.address("eve") }), "400 EMAIL_CAN_NOT_BE_UPDATED");
  isUser(await userOf(ada), "user", ada.user);
});

for (const [body, what] of [
  [{}, "nothing"],
  [{ favourite: "violet" }, "only what is unknown"],
  [{ id: "chosen" }, "only what is not for the caller to say"],
]) {
  check(["POST /update-user", "400 No fields to update"], `refuses ${what}`, async (t) => {
    const ada = await t.sharedUser();
    refused(await ada.post("/update-user", body), "400 No fields to update");
    isUser(await userOf(ada), "user", ada.user);
  });
}

check(["POST /update-user", "400 VALIDATION_ERROR"], "requires an object", async (t) => {
  const ada = await t.sharedUser();
  invalid(await ada.post("/update-user", []), "[body] Invalid input: expected record, received array");
  invalid(await ada.post("/update-user"), "[body] Invalid input: expected record, received undefined");
});

for (const [body, what] of [
  [{}, "nothing"],
  [{ colour: "violet" }, "what no session has"],
  [
    { userId: "chosen", token: "chosen", expiresAt: "2099-01-01T00:00:00.000Z", ipAddress: "192.0.2.1" },
    "what is not for the caller to say",
  ],
]) {
  check(["POST /update-session", "400 No fields to update"], `refuses ${what}`, async (t) => {
    const ada = await t.sharedUser();
    const before = (await ada.get("/get-session")).body;
    refused(await ada.post("/update-session", body), "400 No fields to update");
    same((await ada.get("/get-session")).body, before, "session");
  });
}

check(["POST /update-session", "400 VALIDATION_ERROR"], "requires an object", async (t) => {
  const ada = await t.sharedUser();
  invalid(await ada.post("/update-session", "text"), "[body] Invalid input: expected record, received string");
});
