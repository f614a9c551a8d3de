"use client";

import { createContext, use, useEffect, useRef, type ReactNode } from "react";
import { authClient, type SignedIn as Session } from "@/lib/auth-client";
import { refusalOf } from "@/lib/refusal";

const SessionContext = createContext<Session | null>(null);

/** Who is signed in, and their session; for what stands within <SignedIn>. */
export function useSignedIn(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("not within <SignedIn>");
  return session;
}

/**
 * Shows its content to people who are signed in, and leads all others to the sign-in and back.
 *
 * The page as the server sends it holds nothing private, so this guards no data: Latchkey and the backend do. It
 * notices when the session ends elsewhere: the client asks again when the tab comes to the front, and when another tab
 * signs out.
 */
export function SignedIn({ children }: { children: ReactNode }) {
  const { data, error, isPending, refetch } = authClient.useSession();
  const hadSession = useRef(false);
  const signedOut = !data && !isPending && (!error || error.status === 401);
  useNothingInHistory();

  useEffect(() => {
    if (data) hadSession.current = true;
    if (!signedOut) return;
    const { pathname, search } = window.location;
    const query = new URLSearchParams({ next: pathname + search });
    if (hadSession.current) query.set("ended", "");
    // Security: a whole new page, so that nothing of the session stays in this one's memory.
    window.location.replace(`/sign-in?${query}`);
  }, [data, signedOut]);

  if (data) {
    // Another person in the same browser is another page: nothing of the first one's may stay.
    return (
      <SessionContext key={data.user.id} value={data}>
        {children}
      </SessionContext>
    );
  }
  return (
    <main className="waiting" aria-live="polite">
      {error ? (
        <>
          <p className="refusal">{refusalOf(error).text}</p>
          <button onClick={() => refetch()}>Try again</button>
        </>
      ) : (
        <p>One moment…</p>
      )}
    </main>
  );
}

/** Security: a page that the back button brings back as it was must be empty, and ask again who is signed in. */
function useNothingInHistory() {
  useEffect(() => {
    const onHide = () => (document.body.hidden = true);
    const onShow = (event: PageTransitionEvent) => event.persisted && window.location.reload();
    window.addEventListener("pagehide", onHide);
    window.addEventListener("pageshow", onShow);
    return () => {
      window.removeEventListener("pagehide", onHide);
      window.removeEventListener("pageshow", onShow);
    };
  }, []);
}
