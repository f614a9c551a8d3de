import Link from "next/link";
import { KeyMark } from "@/components/brand";

export default function Home() {
  return (
    <main className="home">
      <KeyMark />
      <h1>Keep your front end.</h1>
      <p>
        This app is written with the Better Auth client, and Latchkey answers it. One line has changed: the base URL.
      </p>
      <nav aria-label="Start">
        <Link className="button primary" href="/sign-up">
          Create an account
        </Link>
        <Link className="button" href="/sign-in">
          Sign in
        </Link>
      </nav>
    </main>
  );
}
