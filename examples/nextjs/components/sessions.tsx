"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { authClient, type SignedIn } from "@/lib/auth-client";
import { deviceOf } from "@/lib/device";
import { refusalOf, type ClientError } from "@/lib/refusal";
import { useSignedIn } from "./signed-in";

type Session = SignedIn["session"];

/** Where this account is signed in, with a way to end each session but this one's. */
export function Sessions() {
  const { session: own } = useSignedIn();
  const [sessions, setSessions] = useState<Session[]>();
  const list = useRef<HTMLUListElement>(null);
  const [outcome, setOutcome] = useState<{ text: string; refused?: boolean }>();

  const load = useCallback(async () => {
    try {
      const { data, error } = await authClient.listSessions();
      if (error) throw error;
      setSessions(data.sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime()));
    } catch (problem) {
      setOutcome({ text: refusalOf(problem).text, refused: true });
    }
  }, []);

  // A change of the password opens a new session in the place of all others.
  useEffect(() => void load(), [load, own.id]);

  async function end(ending: Promise<{ error: ClientError | null }>, done: string) {
    try {
      const { error } = await ending;
      if (error) throw error;
      setOutcome({ text: done });
      await load();
      // The button that had the focus is gone.
      list.current?.focus();
    } catch (problem) {
      setOutcome({ text: refusalOf(problem).text, refused: true });
    }
  }

  const others = sessions?.filter((session) => session.id !== own.id) ?? [];
  const mine = sessions?.filter((session) => session.id === own.id) ?? [];
  return (
    <>
      <ul ref={list} tabIndex={-1} className="sessions" aria-label="Devices" aria-busy={!sessions && !outcome}>
        {[...mine, ...others].map((session) => (
          <li key={session.id}>
            <div>
              <strong>{deviceOf(session.userAgent)}</strong>
              <small>
                {session.ipAddress && `${session.ipAddress} · `}since {when(session.createdAt)}
              </small>
            </div>
            {session.id === own.id ? (
              <span className="badge">This device</span>
            ) : (
              <button
                aria-label={`Sign out ${deviceOf(session.userAgent)}, since ${when(session.createdAt)}`}
                onClick={() => end(authClient.revokeSession({ token: session.token }), "That device is signed out.")}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      <div className="outcome" aria-live="polite">
        {outcome && <p className={outcome.refused ? "refusal" : "done"}>{outcome.text}</p>}
      </div>
      {others.length > 1 && (
        <button onClick={() => end(authClient.revokeOtherSessions(), "All other devices are signed out.")}>
          Sign out all other devices
        </button>
      )}
    </>
  );
}

function when(time: Date) {
  return time.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
