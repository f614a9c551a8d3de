/**
 * Where to go after sign-in: a page of this app.
 *
 * Security: anybody can send a link with ?next=, so it must not lead to another site. Browsers take backslashes for
 * slashes, drop tabs and resolve dots, so what counts is what the URL parser makes of it.
 */
export function ownPath(next: string | null): string {
  const start = "/account";
  if (!next?.startsWith("/")) return start;
  const url = new URL(next, window.location.origin);
  const own = url.origin === window.location.origin && !url.pathname.startsWith("//");
  return own ? url.pathname + url.search + url.hash : start;
}
