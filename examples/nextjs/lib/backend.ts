import { authClient } from "./auth-client";
import { settings } from "./settings";
import { Refused } from "./refusal";

/** Calls the backend as whoever is signed in: a token from Latchkey, and the token in a header. */
export async function callBackend(userId: string) {
  const { data, error } = await authClient.token();
  if (error) throw new Refused(error);

  // Security: the token stays in this function, out of reach of localStorage and of the page. It lives for minutes;
  // an app with many calls may keep it in a variable until it is about to expire.
  const answer = await fetch(backendUrl(userId), {
    headers: { Authorization: `Bearer ${data.token}` },
    cache: "no-store",
  });
  return { status: answer.status, body: await answer.text() };
}

export function backendUrl(userId: string) {
  return settings.apiUrl.replace("{user_id}", encodeURIComponent(userId));
}
