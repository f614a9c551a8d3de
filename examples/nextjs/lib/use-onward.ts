import { useRouter, useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { authClient } from "./auth-client";
import { ownPath } from "./own-path";

/** Leads whoever is signed in, now or already, to the page of ?next=. */
export function useOnward() {
  const { data } = authClient.useSession();
  const next = useSearchParams().get("next");
  const router = useRouter();
  const signedIn = data !== null;
  useEffect(() => {
    if (signedIn) router.replace(ownPath(next));
  }, [signedIn, next, router]);
}
