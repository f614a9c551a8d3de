// Servers of the genuine Better Auth. The first argument says which, as JSON: {"name": {settings}}. Each has a port of its
// own, and a memory of its own unless it is given a database, whose tables it makes; their addresses are the first line
// that this prints, and the mails that they send are the others.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import pg from "pg";

const settings = JSON.parse(process.argv[2]);
const servers = {};
const addresses = {};

for (const name of Object.keys(settings)) {
  servers[name] = createServer();
  await new Promise((resolve) => servers[name].listen(0, "127.0.0.1", resolve));
  addresses[name] = `http://127.0.0.1:${servers[name].address().port}`;
}
for (const [name, server] of Object.entries(servers)) {
  const auth = configured(settings[name], addresses[name]);
  if (settings[name].database) {
    await (await getMigrations(auth.options)).runMigrations();
  }
  // The first who asks for the keys makes one; two at once would each be told of their own.
  await auth.api.getJwks();
  server.on("request", toNodeHandler(auth));
}
console.log(JSON.stringify(addresses));

// The starting process holds the other end of the pipe, so this server ends with it in any case.
process.stdin.on("end", () => process.exit(0)).resume();

function configured(settings, baseURL) {
  const { secret, database, algorithm, rotationInterval, impersonates, session, user, sessionCookieCache } = settings;
  const claimed = impersonates && addresses[impersonates];
  return betterAuth({
    baseURL,
    secret,
    session,
    user,
    database: database
      ? new pg.Pool({ connectionString: database, max: 4 })
      : memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: async ({ user, token }) => console.log(JSON.stringify({ to: user.email, token })),
    },
    rateLimit: { enabled: false },
    plugins: [
      jwt({
        jwks: { keyPairConfig: { alg: algorithm }, rotationInterval },
        jwt: claimed ? { issuer: claimed, audience: claimed } : {},
        sessionCookieCache,
      }),
    ],
  });
}
