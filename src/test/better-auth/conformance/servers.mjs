// The genuine Better Auth, one server for each configuration in configurations.json. The argument is the port that
// takes their mails; what this prints is the target that run.mjs reads.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { bearer, jwt } from "better-auth/plugins";
import { sendMail } from "./send-mail.mjs";

const mailPort = Number(process.argv[2]);
const { secret, configurations } = JSON.parse(readFileSync(new URL("configurations.json", import.meta.url), "utf8"));
const servers = {};

for (const [name, configuration] of Object.entries(configurations)) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const auth = configured(configuration.genuine, configuration.public ?? base, configuration.mail);
  // The first who asks for the keys makes one; two at once would each be told of their own.
  await auth.api.getJwks();
  server.on("request", toNodeHandler(auth));
  servers[name] = { base, public: configuration.public ?? base, secret };
}
console.log(JSON.stringify({ name: "better-auth", mail: { port: mailPort }, servers }));

// The starting process holds the other end of the pipe, so this server ends with it in any case.
process.stdin.on("end", () => process.exit(0)).resume();

function configured(settings, baseURL, mails) {
  const tables = { user: [], session: [], account: [], verification: [], jwks: [], rateLimit: [] };
  const mailed = (subject) => (mails ? ({ user, url }) => sendMail(mailPort, user.email, subject, url) : undefined);
  const { cookieCache } = settings;
  return betterAuth({
    baseURL,
    secret,
    trustedOrigins: settings.trustedOrigins,
    database: memoryAdapter(tables),
    databaseHooks: { user: { create: { before: asATableWould(tables) } } },
    logger: { disabled: true },
    rateLimit: { enabled: settings.rateLimit === true },
    session: {
      expiresIn: settings.expiresIn,
      updateAge: settings.updateAge,
      freshAge: settings.freshAge,
      deferSessionRefresh: settings.deferSessionRefresh,
      cookieCache: cookieCache && { enabled: true, ...cookieCache },
    },
    emailAndPassword: {
      enabled: true,
      autoSignIn: settings.autoSignIn,
      requireEmailVerification: settings.requireEmailVerification,
      sendResetPassword: mailed("Reset your password"),
      resetPasswordTokenExpiresIn: settings.linksExpireIn,
      revokeSessionsOnPasswordReset: true,
    },
    emailVerification: {
      sendVerificationEmail: mailed("Verify your address"),
      expiresIn: settings.linksExpireIn,
      sendOnSignIn: settings.sendOnSignIn,
      autoSignInAfterVerification: settings.autoSignInAfterVerification,
    },
    user: {
      changeEmail: {
        enabled: settings.changeEmail ?? true,
        sendChangeEmailConfirmation: settings.changeEmailConfirmation && mailed("Confirm your new address"),
      },
      deleteUser: {
        enabled: settings.deleteUser ?? true,
        sendDeleteAccountVerification: mailed("Delete your account"),
        deleteTokenExpiresIn: settings.linksExpireIn,
      },
    },
    plugins: [
      jwt({ disableSettingJwtHeader: settings.disableSettingJwtHeader }),
      bearer({ requireSignature: settings.requireSignature }),
    ],
  });
}

// What a table does and the memory does not: its unique index, and its null where nothing is given.
function asATableWould(tables) {
  const beingCreated = new Set();
  return async (user) => {
    if (beingCreated.has(user.email) || tables.user.some(({ email }) => email === user.email)) {
      throw new Error("duplicate key value violates unique constraint");
    }
    beingCreated.add(user.email);
    setTimeout(() => beingCreated.delete(user.email), 2_000);
    return { data: { ...user, image: user.image ?? null } };
  };
}
