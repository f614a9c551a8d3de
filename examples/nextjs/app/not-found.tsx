import Link from "next/link";

export default function NotFound() {
  return (
    <main className="home">
      <h1>No door here.</h1>
      <p>There is no page at this address.</p>
      <nav aria-label="Start">
        <Link className="button" href="/">
          To the start
        </Link>
      </nav>
    </main>
  );
}
