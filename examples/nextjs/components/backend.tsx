"use client";

import { useState } from "react";
import { backendUrl, callBackend } from "@/lib/backend";
import { refusalOf } from "@/lib/refusal";
import { useSignedIn } from "./signed-in";

/** A call to the backend, and what came back. */
export function Backend() {
  const { user } = useSignedIn();
  const [answer, setAnswer] = useState<{ status: number; body: string } | { refusal: string }>();

  async function call() {
    try {
      setAnswer(await callBackend(user.id));
    } catch (problem) {
      setAnswer({ refusal: refusalOf(problem).text });
    }
  }

  return (
    <>
      <p>It never sees your password or your session, only a token of Latchkey that says who you are.</p>
      <p className="request">
        <b>GET</b> {backendUrl(user.id)}
      </p>
      <button className="primary" onClick={call}>
        Call it
      </button>
      <div className="outcome" aria-live="polite">
        {answer && "refusal" in answer && <p className="refusal">{answer.refusal}</p>}
        {answer && "status" in answer && (
          <figure>
            <figcaption className={answer.status < 400 ? "done" : "refusal"}>It answered {answer.status}</figcaption>
            <pre tabIndex={0}>{indented(answer.body)}</pre>
          </figure>
        )}
      </div>
    </>
  );
}

function indented(body: string) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
