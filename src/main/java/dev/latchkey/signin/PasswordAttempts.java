package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the password of an account under its rate limits, and runs the operation that needs the right one: a sign-in,
 * a change of password, a deletion.
 */
@ApplicationScoped
public class PasswordAttempts {

    private final RateLimits rateLimits;
    private final Passwords passwords;

    PasswordAttempts(RateLimits rateLimits, Passwords passwords) {
        this.rateLimits = rateLimits;
        this.passwords = passwords;
    }

    /** The operation that a right password allows, in transactions of its own. */
    @FunctionalInterface
    public interface Operation<T> {

        /**
         * Runs, and refunds the attempt if it is not to count as a failure.
         *
         * @return empty when the stored password is no longer the verified one; then nothing has happened
         */
        Optional<T> run(Verified verified);
    }

    /**
     * A right password.
     *
     * @param credential the stored hash that it was verified against
     * @param outdated whether that hash is to be replaced by a new one of the same password
     */
    public record Verified(Credential credential, boolean outdated, RateLimits.Allowed attempt) {}

    /** The result of an attempt. */
    public sealed interface Result<T> {

        record Done<T>(T outcome) implements Result<T> {}

        /**
         * The password was wrong or was not verified at all.
         *
         * @param user whose password it was to be, as far as there is such an account
         * @param retryAfter when to try again; zero if waiting does not help
         */
        record Refused<T>(Reason reason, @Nullable AccountId user, Duration retryAfter) implements Result<T> {}
    }

    /** The reasons why an attempt was refused. */
    public enum Reason {
        RATE_LIMITED("throttled"),
        BUSY("busy"),
        UNKNOWN_ACCOUNT("unknown_account"),
        WRONG_PASSWORD("wrong_password"),
        /** The stored hash costs too much to be computed; the user has to reset the password. */
        HASH_TOO_EXPENSIVE("password_hash_too_expensive"),
        CHANGED_MEANWHILE("password_changed_meanwhile");

        private final String id;

        Reason(String id) {
            this.id = id;
        }

        /** Returns its stable name in the audit log. */
        public String id() {
            return id;
        }
    }

    /**
     * Counts an attempt, verifies the password, and runs an operation if it is right.
     *
     * @param stored reads the credential as it is now
     */
    public <T> Result<T> attempt(
            EmailAddress email,
            Supplier<Optional<Credential>> stored,
            Password password,
            Client client,
            Operation<T> operation) {
        return switch (rateLimits.checkPassword(email, client)) {
            case RateLimits.Limited limited ->
                refused(Reason.RATE_LIMITED, stored.get().orElse(null), limited.retryAfter());
            case RateLimits.Allowed attempt -> verified(attempt, stored, password, operation, true);
        };
    }

    private <T> Result<T> verified(
            RateLimits.Allowed attempt,
            Supplier<Optional<Credential>> stored,
            Password password,
            Operation<T> operation,
            boolean mayRetry) {
        Credential credential = stored.get().orElse(null);
        // Security: the hash is computed whether there is an account or not, and outside any transaction, so that it
        // holds no connection.
        Verification verification = passwords.verify(password, credential == null ? null : credential.hash());
        return switch (verification) {
            case Verification.Busy busy -> {
                rateLimits.refund(attempt);
                yield refused(Reason.BUSY, credential, busy.retryAfter());
            }
            case Verification.Mismatch _ ->
                refused(credential == null ? Reason.UNKNOWN_ACCOUNT : Reason.WRONG_PASSWORD, credential, Duration.ZERO);
            case Verification.TooExpensive _ -> refused(Reason.HASH_TOO_EXPENSIVE, credential, Duration.ZERO);
            case Verification.Matches matches -> {
                if (credential == null) {
                    throw new IllegalStateException("A password matched the hash of no account");
                }
                Optional<T> outcome = operation.run(new Verified(credential, matches.outdated(), attempt));
                if (outcome.isPresent()) {
                    yield new Result.Done<>(outcome.get());
                }
                // A sign-in has hashed the same password anew, which happens once; or the password was changed.
                yield mayRetry
                        ? verified(attempt, stored, password, operation, false)
                        : refused(Reason.CHANGED_MEANWHILE, credential, Duration.ZERO);
            }
        };
    }

    private static <T> Result<T> refused(Reason reason, @Nullable Credential credential, Duration retryAfter) {
        return new Result.Refused<>(reason, credential == null ? null : credential.user(), retryAfter);
    }
}
