package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.PasswordAttempts;
import dev.latchkey.signin.RateLimits;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Verifies the password of a user who is signed in once more, under the rate limits of sign-in. */
@ApplicationScoped
public class Reauthentication {

    private final PasswordAttempts attempts;
    private final RateLimits rateLimits;
    private final Accounts accounts;
    private final AuditLog audit;

    Reauthentication(PasswordAttempts attempts, RateLimits rateLimits, Accounts accounts, AuditLog audit) {
        this.attempts = attempts;
        this.rateLimits = rateLimits;
        this.accounts = accounts;
        this.audit = audit;
    }

    /** The result of verifying the password again. */
    public sealed interface Outcome permits Confirmed, Refusal {}

    public record Confirmed() implements Outcome {}

    /** A reason why the user was not authenticated again. */
    public sealed interface Refusal
            extends Outcome, PasswordChange.Outcome, AccountDeletion.Outcome, EmailChange.RequestOutcome
            permits WrongPassword, Refusals.RateLimited, Refusals.Busy, Refusals.UserGone {}

    /** The password was wrong, or the account has none. */
    public record WrongPassword() implements Refusal {}

    /** Verifies the password, without an operation that depends on it. */
    public Outcome confirm(AccountId user, Password password, Client client) {
        return verify(
                user,
                password,
                AuditEvent.Type.PASSWORD_CONFIRMATION,
                client,
                _ -> Optional.of(new Confirmed()),
                refusal -> refusal);
    }

    /**
     * Verifies the password and runs the operation that needs it.
     *
     * @param auditType the type of the audit event of a refusal
     * @param operation gets the verified credential; empty when the stored password is another one by then
     * @param refused turns a refusal into the operation's outcome
     */
    <T> T verify(
            AccountId user,
            Password password,
            AuditEvent.Type auditType,
            Client client,
            Function<Credential, Optional<T>> operation,
            Function<Refusal, T> refused) {
        Optional<Refusals.RateLimited> overLimit = checkMemory(user, auditType, client);
        if (overLimit.isPresent()) {
            return refused.apply(overLimit.get());
        }
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return refused.apply(new Refusals.UserGone());
        }
        PasswordAttempts.Result<T> result =
                attempts.attempt(profile.email(), () -> accounts.findCredential(user), password, client, verified -> {
                    Optional<T> outcome = operation.apply(verified.credential());
                    if (outcome.isPresent()) {
                        rateLimits.succeeded(verified.attempt());
                    }
                    return outcome;
                });
        return switch (result) {
            case PasswordAttempts.Result.Done<T>(T outcome) -> outcome;
            case PasswordAttempts.Result.Refused<T>(var reason, var account, var retryAfter) -> {
                recordRefusal(user, auditType, reason, client);
                yield refused.apply(
                        switch (reason) {
                            case RATE_LIMITED -> new Refusals.RateLimited(retryAfter);
                            case BUSY -> new Refusals.Busy(retryAfter);
                            case UNKNOWN_ACCOUNT -> new Refusals.UserGone();
                            case WRONG_PASSWORD, HASH_TOO_EXPENSIVE, CHANGED_MEANWHILE -> new WrongPassword();
                        });
            }
        };
    }

    /** Returns the refusal of an attempt, if it is known in memory that it would be refused. */
    Optional<Refusals.RateLimited> checkMemory(AccountId user, AuditEvent.Type auditType, Client client) {
        Optional<Duration> overLimit = attempts.checkMemory(user, client);
        if (overLimit.isPresent()) {
            recordRefusal(user, auditType, PasswordAttempts.Reason.RATE_LIMITED, client);
        }
        return overLimit.map(Refusals.RateLimited::new);
    }

    private void recordRefusal(
            AccountId user, AuditEvent.Type auditType, PasswordAttempts.Reason reason, Client client) {
        audit.recordLater(AuditEvent.passwordRefused(user.value(), auditType, reason.id(), client));
    }
}
