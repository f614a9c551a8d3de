import Link from "next/link";
import type { ReactNode } from "react";
import { KeyMark } from "./brand";

/** The frame of the pages for those who are not signed in. */
export function Welcome({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div className="welcome">
      <aside>
        <Link href="/" className="brand">
          <KeyMark /> Latchkey
        </Link>
        <KeyMark />
        <p>
          One key.
          <br />
          Your own doors, and no others.
        </p>
      </aside>
      <main>
        <h1>{title}</h1>
        {note && <p className="note">{note}</p>}
        {children}
      </main>
    </div>
  );
}
