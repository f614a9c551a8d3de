"use client";

import { Field, Form } from "@/components/form";
import { Sessions } from "@/components/sessions";
import { useSignedIn } from "@/components/signed-in";
import { authClient } from "@/lib/auth-client";

export default function Security() {
  const { user } = useSignedIn();
  return (
    <>
      <h1>Security</h1>

      <section className="card">
        <h2>Where you are signed in</h2>
        <Sessions />
      </section>

      <section className="card">
        <h2>Your password</h2>
        <p>All other devices are signed out when you change it.</p>
        <Form
          action="Change password"
          done="Your password is changed. All other devices are signed out."
          clears
          submit={(value) =>
            authClient.changePassword({
              currentPassword: value("currentPassword"),
              newPassword: value("newPassword"),
              revokeOtherSessions: true,
            })
          }
        >
          {/* For password managers, which want to know whose password this is. */}
          <input hidden readOnly name="email" autoComplete="username" value={user.email} />
          <Field label="Current password" name="currentPassword" type="password" autoComplete="current-password" />
          <Field
            label="New password"
            name="newPassword"
            type="password"
            autoComplete="new-password"
            hint="Long is better than complicated: three or four words."
          />
        </Form>
      </section>
    </>
  );
}
