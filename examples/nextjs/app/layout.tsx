import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { settings } from "@/lib/settings";
import "./styles.css";

export const metadata: Metadata = {
  title: "Latchkey and Next.js",
  description: "A Next.js app with the Better Auth client, signed in by Latchkey.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function Layout({ children }: { children: ReactNode }) {
  // Rendered when it is asked for, so that settings and the policy's nonce are of now and not of the build.
  await connection();
  return (
    <html lang="en" data-latchkey-url={settings.latchkeyUrl} data-api-url={settings.apiUrl}>
      <body>{children}</body>
    </html>
  );
}
