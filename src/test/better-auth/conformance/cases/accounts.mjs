import { answered, matches, members, same } from "../expect.mjs";
import { on } from "../suite.mjs";

const check = on("default");

check("GET /list-accounts", "lists the password account, without secrets", async (t) => {
  const ada = await t.sharedUser();
  answered(await ada.get("/list-accounts"), 200, (accounts, what) => {
    same(accounts.length, 1, `length of ${what}`);
    const [account] = accounts;
    members(account, "accountId createdAt id providerId scopes updatedAt userId", "account");
    const { accountId, providerId, scopes, userId } = account;
    same(
      { accountId, providerId, scopes, userId },
      { accountId: ada.user.id, providerId: "credential", scopes: [], userId: ada.user.id },
      "account",
    );
    for (const name of ["createdAt", "updatedAt"]) {
      matches(account[name], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, name);
    }
  });
});

check("GET /list-accounts", "lists those of the caller only", async (t) => {
  const [ada, eve] = [await t.sharedUser(), await t.sharedUser("eve")];
  for (const person of [ada, eve]) {
    same(
      (await person.get("/list-accounts")).body.map(({ userId }) => userId),
      [person.user.id],
      "userIds",
    );
  }
});
