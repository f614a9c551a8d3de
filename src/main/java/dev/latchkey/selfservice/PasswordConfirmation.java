package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Somebody who is signed in shows that they know their password, and nothing else happens. */
@ApplicationScoped
public class PasswordConfirmation {

    private final Reauthentication check;

    PasswordConfirmation(Reauthentication check) {
        this.check = check;
    }

    /** Was it the right one? */
    public sealed interface Answer {

        record Right() implements Answer {}

        /** It was not, or there is none, or no such account any more. */
        record Wrong() implements Answer {}

        record Throttled(Duration retryAfter) implements Answer {}

        record Busy(Duration retryAfter) implements Answer {}
    }

    public Answer confirm(AccountId user, Password password, Client client) {
        return switch (check.check(user, password, AuditEvent.Type.PASSWORD_CONFIRMATION, client)) {
            case Reauthentication.Checked.Right ignored -> new Answer.Right();
            case Reauthentication.Checked.Wrong ignored -> new Answer.Wrong();
            case Reauthentication.Checked.Gone ignored -> new Answer.Wrong();
            case Reauthentication.Checked.Throttled(Duration wait) -> new Answer.Throttled(wait);
            case Reauthentication.Checked.Busy(Duration wait) -> new Answer.Busy(wait);
        };
    }
}
