import { jwtClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";
import { settings } from "./settings";

/** The official client of Better Auth. The base URL is all it needs to know of Latchkey. */
export const authClient = createAuthClient({
  baseURL: settings.latchkeyUrl,
  plugins: [jwtClient()],
});

export type SignedIn = typeof authClient.$Infer.Session;
