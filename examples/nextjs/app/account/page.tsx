"use client";

import { Backend } from "@/components/backend";
import { Field, Form } from "@/components/form";
import { useSignedIn } from "@/components/signed-in";
import { authClient } from "@/lib/auth-client";

export default function Account() {
  const { user } = useSignedIn();
  return (
    <>
      <header className="person">
        <span className="initial" aria-hidden="true">
          {(user.name || user.email).slice(0, 1).toUpperCase()}
        </span>
        <div>
          <h1>Hello, {user.name || "stranger"}</h1>
          <p>{user.email}</p>
        </div>
      </header>

      <section className="card">
        <h2>Your backend</h2>
        <Backend />
      </section>

      <section className="card">
        <h2>Your name</h2>
        <Form
          action="Save name"
          done="Your name is saved."
          submit={(value) => authClient.updateUser({ name: value("name") })}
        >
          <Field label="Name" name="name" autoComplete="name" defaultValue={user.name} />
        </Form>
      </section>
    </>
  );
}
