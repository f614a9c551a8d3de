import type { ReactNode } from "react";
import { SignedIn } from "@/components/signed-in";
import { TopBar } from "@/components/top-bar";

/** Whatever lies below /account is for people who are signed in. */
export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <SignedIn>
      <TopBar />
      <main className="account">{children}</main>
    </SignedIn>
  );
}
