"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { refusalOf } from "@/lib/refusal";
import { KeyMark } from "./brand";

const PAGES = [
  { href: "/account", name: "Account" },
  { href: "/account/security", name: "Security" },
];

export function TopBar() {
  const pathname = usePathname();
  const [problem, setProblem] = useState<string>();

  // The page need not be left from here: <SignedIn> notices, in this tab and in the others.
  async function signOut() {
    try {
      const { error } = await authClient.signOut();
      if (error) throw error;
    } catch (thrown) {
      setProblem(`You are still signed in. ${refusalOf(thrown).text}`);
    }
  }

  return (
    <header className="top-bar">
      <Link href="/account" className="brand" aria-label="Latchkey">
        <KeyMark /> <span>Latchkey</span>
      </Link>
      <nav aria-label="Pages">
        {PAGES.map(({ href, name }) => (
          <Link key={href} href={href} aria-current={pathname === href ? "page" : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <button onClick={signOut}>Sign out</button>
      <p className="refusal" role="alert">
        {problem}
      </p>
    </header>
  );
}
