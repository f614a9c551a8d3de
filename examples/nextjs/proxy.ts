import { NextResponse, type NextRequest } from "next/server";
import { settings } from "@/lib/settings";

/**
 * Headers of each page: what it may load and call, and that nobody keeps it.
 *
 * It decides nothing about who is signed in. Latchkey does, when the browser asks for data.
 */
export function proxy(request: NextRequest) {
  const nonce = btoa(crypto.randomUUID());
  const development = process.env.NODE_ENV === "development";
  const policy = [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ""}`,
    `connect-src 'self' ${new URL(settings.latchkeyUrl).origin} ${new URL(settings.apiUrl).origin}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");

  // Next.js takes the nonce for its own scripts from the request.
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "same-origin");
  return response;
}

export const config = { matcher: "/((?!_next/|icon.svg).*)" };
