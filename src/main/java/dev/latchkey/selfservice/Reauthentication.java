package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Verification;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimitResult;
import dev.latchkey.signin.RateLimits;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Asks somebody who is signed in for their password again, under the same limits as at sign-in. */
@ApplicationScoped
class Reauthentication {

    private final RateLimits throttle;
    private final Accounts accounts;
    private final Passwords passwords;
    private final AuditLog audit;

    Reauthentication(RateLimits throttle, Accounts accounts, Passwords passwords, AuditLog audit) {
        this.throttle = throttle;
        this.accounts = accounts;
        this.passwords = passwords;
        this.audit = audit;
    }

    /** Was it the right one? */
    sealed interface Checked {

        record Right(Credential credential, Profile profile) implements Checked {}

        record Wrong() implements Checked {}

        record Throttled(Duration retryAfter) implements Checked {}

        record Busy(Duration retryAfter) implements Checked {}

        /** The account is no more. */
        record Gone() implements Checked {}
    }

    Checked check(AccountId user, Password password, AuditEvent.Type auditType, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        Credential credential = accounts.findCredential(user).orElse(null);
        if (profile == null || credential == null) {
            return new Checked.Gone();
        }
        return switch (throttle.checkPassword(profile.email(), client)) {
            case RateLimitResult.Limited exceeded -> {
                note(user, auditType, "throttled", client);
                yield new Checked.Throttled(exceeded.retryAfter());
            }
            case RateLimitResult.Allowed attempt ->
                switch (passwords.verify(password, credential.hash())) {
                    case Verification.Busy busy -> {
                        throttle.refund(attempt);
                        note(user, auditType, "busy", client);
                        yield new Checked.Busy(busy.retryAfter());
                    }
                    case Verification.Mismatch ignored -> {
                        note(user, auditType, "wrong_password", client);
                        yield new Checked.Wrong();
                    }
                    case Verification.Matches ignored -> {
                        throttle.refund(attempt);
                        yield new Checked.Right(credential, profile);
                    }
                };
        };
    }

    private void note(AccountId user, AuditEvent.Type auditType, String reason, Client client) {
        audit.recordLater(AuditEvent.passwordRefused(user.value(), auditType, reason, client));
    }
}
