"use client";

import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { Field, Form } from "@/components/form";
import { Welcome } from "@/components/welcome";
import { authClient } from "@/lib/auth-client";
import { useOnward } from "@/lib/use-onward";

export default function SignUp() {
  const search = useSearchParams();
  useOnward();
  return (
    <Welcome title="Create an account">
      <Form
        action="Create account"
        submit={(value) =>
          authClient.signUp.email({ name: value("name"), email: value("email"), password: value("newPassword") })
        }
      >
        <Field label="Name" name="name" autoComplete="name" />
        <Field label="Email" name="email" type="email" autoComplete="username" />
        <Field
          label="Password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          hint="Long is better than complicated: three or four words."
        />
      </Form>
      <p className="aside">
        Been here before? <Link href={`/sign-in?${search}`}>Sign in</Link>
      </p>
    </Welcome>
  );
}
