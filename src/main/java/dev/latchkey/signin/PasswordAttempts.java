package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimits.Limited;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the password of an account under its rate limits, and runs the operation that needs the right one: a sign-in,
 * a change of password, a deletion.
 *
 * <p>A known device has a limit of its own, instead of the account's, so that the failures of others do not keep it out.
 */
@ApplicationScoped
public class PasswordAttempts {

    private final RateLimits rateLimits;
    private final KnownDevices devices;
    private final TargetedAccounts targeted;
    private final Passwords passwords;

    PasswordAttempts(RateLimits rateLimits, KnownDevices devices, TargetedAccounts targeted, Passwords passwords) {
        this.rateLimits = rateLimits;
        this.devices = devices;
        this.targeted = targeted;
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
     * @param device the known device that the attempt came from, if it did
     */
    public record Verified(
            Credential credential,
            boolean outdated,
            RateLimits.Allowed attempt,
            KnownDevices.@Nullable Device device) {}

    /** The result of an attempt. */
    public sealed interface Result<T> {

        record Done<T>(T outcome) implements Result<T> {}

        /**
         * The password was wrong or was not verified at all.
         *
         * @param user whose password it was to be, as far as there is such an account; of an attempt that was refused from
         *     memory, as far as that is known there
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
        Optional<Limited> overLimit = rateLimits.checkMemory(client);
        if (overLimit.isPresent()) {
            return limited(overLimit.get(), email, stored);
        }
        KnownDevices.Device device = devices.find(email, client)
                .filter(claimed -> devices.isKnown(claimed, stored.get().orElse(null)))
                .orElse(null);
        RateLimits.Result counted = device == null
                ? rateLimits.checkPassword(email, client)
                : rateLimits.checkPassword(email, device, client);
        if (device != null && counted instanceof Limited(var _, var _, boolean locked) && locked) {
            // Security: so many failures in a row are not the owner's, whose device is as good as stolen.
            device = null;
            counted = rateLimits.checkPassword(email, client);
        }
        return switch (counted) {
            case Limited limited -> limited(limited, email, stored);
            case RateLimits.Allowed attempt -> verified(attempt, email, device, stored, password, operation, true);
        };
    }

    /**
     * Returns the refusal of an attempt at a user's password, if it is known in memory that it would be refused. A client that
     * may be a known device is not refused here.
     */
    public Optional<Duration> checkMemory(AccountId user, Client client) {
        Optional<Limited> limited = devices.isAuthentic(client)
                ? rateLimits.checkMemory(client)
                : targeted.address(user)
                        .map(email -> rateLimits.checkMemory(email, client))
                        .orElseGet(() -> rateLimits.checkMemory(client));
        return limited.map(Limited::retryAfter);
    }

    /** Security: a refusal from memory reads no credential, and its account is recorded as far as that is known here. */
    private <T> Result<T> limited(Limited limited, EmailAddress email, Supplier<Optional<Credential>> stored) {
        AccountId user = targeted.user(email).orElse(null);
        if (user == null && !limited.fromMemory()) {
            user = stored.get().map(Credential::user).orElse(null);
            if (user != null) {
                targeted.remember(email, user);
            }
        }
        return new Result.Refused<>(Reason.RATE_LIMITED, user, limited.retryAfter());
    }

    private <T> Result<T> verified(
            RateLimits.Allowed attempt,
            EmailAddress email,
            KnownDevices.@Nullable Device device,
            Supplier<Optional<Credential>> stored,
            Password password,
            Operation<T> operation,
            boolean mayRetry) {
        Credential credential = stored.get().orElse(null);
        if (credential != null) {
            targeted.remember(email, credential.user());
        }
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
                Optional<T> outcome = operation.run(new Verified(credential, matches.outdated(), attempt, device));
                if (outcome.isPresent()) {
                    yield new Result.Done<>(outcome.get());
                }
                // A sign-in has hashed the same password anew, which happens once; or the password was changed.
                yield mayRetry
                        ? verified(attempt, email, device, stored, password, operation, false)
                        : refused(Reason.CHANGED_MEANWHILE, credential, Duration.ZERO);
            }
        };
    }

    private static <T> Result<T> refused(Reason reason, @Nullable Credential credential, Duration retryAfter) {
        return new Result.Refused<>(reason, credential == null ? null : credential.user(), retryAfter);
    }
}
