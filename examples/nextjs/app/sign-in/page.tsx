"use client";

import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { Field, Form } from "@/components/form";
import { Welcome } from "@/components/welcome";
import { authClient } from "@/lib/auth-client";
import { useOnward } from "@/lib/use-onward";

export default function SignIn() {
  const search = useSearchParams();
  useOnward();
  return (
    <Welcome title="Sign in" note={noteOf(search)}>
      <Form
        action="Sign in"
        submit={(value) => authClient.signIn.email({ email: value("email"), password: value("password") })}
      >
        <Field label="Email" name="email" type="email" autoComplete="username" />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
      </Form>
      <p className="aside">
        New here? <Link href={`/sign-up?${search}`}>Create an account</Link>
      </p>
    </Welcome>
  );
}

function noteOf(search: URLSearchParams) {
  if (search.has("ended")) return "You are signed out.";
  if (search.has("next")) return "Sign in to see that page.";
  return undefined;
}
