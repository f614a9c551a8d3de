"use client";

import { createContext, use, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import type { InputHTMLAttributes, ReactNode, SubmitEvent } from "react";
import { refusalOf, type ClientError, type Refusal } from "@/lib/refusal";

type Props = {
  /** What the button says. */
  action: string;
  /** Does it; the result is what the client's methods return. */
  submit: (values: (name: string) => string) => Promise<{ error: ClientError | null }>;
  /** What to say when it is done. Without it the page goes elsewhere. */
  done?: string;
  clears?: boolean;
  children: ReactNode;
};

const RefusalContext = createContext<Refusal | undefined>(undefined);

/** A form that says in words how it went, to eyes and screen readers alike. */
export function Form({ action, submit, done, clears, children }: Props) {
  const [state, setState] = useState<"idle" | "busy" | "done">("idle");
  const [refusal, setRefusal] = useState<Refusal>();
  const form = useRef<HTMLFormElement>(null);
  const ready = useHydrated();

  useEffect(() => {
    if (refusal?.field) form.current?.querySelector<HTMLInputElement>(`[name="${refusal.field}"]`)?.focus();
  }, [refusal]);

  async function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (state === "busy") return;
    const { elements } = event.currentTarget;
    const values = new FormData(event.currentTarget);
    setState("busy");
    setRefusal(undefined);
    try {
      const { error } = await submit((name) => String(values.get(name) ?? ""));
      if (error) throw error;
      setState(done ? "done" : "busy");
      if (clears) form.current?.reset();
    } catch (problem) {
      setState("idle");
      const { text, field } = refusalOf(problem);
      setRefusal(field && elements.namedItem(field) ? { text, field } : { text });
    }
  }

  return (
    <form ref={form} onSubmit={onSubmit} aria-busy={state === "busy"}>
      <RefusalContext value={refusal}>{children}</RefusalContext>
      <div className="outcome" aria-live="polite">
        {refusal && !refusal.field && <p className="refusal">{refusal.text}</p>}
        {state === "done" && <p className="done">{done}</p>}
      </div>
      {/* Security: a form that is sent before its script runs would put the password into the address bar. */}
      <button className="primary" disabled={!ready} aria-disabled={state === "busy"}>
        {action}
      </button>
    </form>
  );
}

type FieldProps = InputHTMLAttributes<HTMLInputElement> & { label: string; name: string; hint?: string };

export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  const refusal = use(RefusalContext);
  const refused = refusal?.field === input.name;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-invalid={refused} aria-describedby={`${id}-about`} {...input} />
      <p id={`${id}-about`} className={refused ? "refusal" : "hint"} aria-live="polite">
        {refused ? refusal.text : hint}
      </p>
    </div>
  );
}

function useHydrated() {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}
