package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.ChosenHashing;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.AuthenticationMethod;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates accounts, and signs their users in at once where that is wanted. */
@ApplicationScoped
public class SignUp {

    private final RateLimits rateLimits;
    private final KnownDevices devices;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final AuditLog audit;
    private final SignInConfig config;

    SignUp(
            RateLimits rateLimits,
            KnownDevices devices,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            AuditLog audit,
            SignInConfig config) {
        this.rateLimits = rateLimits;
        this.devices = devices;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.audit = audit;
        this.config = config;
    }

    /**
     * A request for a new account.
     *
     * @param email the address as it was parsed, be it valid or not, so that all errors are reported at once
     * @param remember whether the session outlives the browser's window
     * @param autoSignIn whether the user is to be signed in at once
     * @param sendVerification whether a link that verifies the address is to be sent; it is in any case where a verified
     *     address is required
     * @param secret what the client is to hold the session by
     */
    public record NewAccount(
            EmailAddress.Parsed email,
            @Nullable Password password,
            @Nullable String name,
            @Nullable String image,
            boolean remember,
            boolean autoSignIn,
            boolean sendVerification,
            SessionSecret.Kind secret) {

        @Override
        public String toString() {
            return "NewAccount[hidden]";
        }
    }

    /** The e-mail with the link that verifies the address of a new account. */
    @FunctionalInterface
    public interface VerificationEmail {

        /**
         * Counts the e-mail, and returns what queues it in the transaction that creates the account: who is told that there is
         * an account gets its e-mail, whatever happens to this process.
         */
        Runnable prepare(EmailAddress address);
    }

    /** The result of a sign-up. */
    public sealed interface Outcome
            permits SignedUp, Registered, InvalidInput, EmailTaken, Refusals.RateLimited, Refusals.Busy {}

    /**
     * The account is created, and its user signed in.
     *
     * @param device the cookie by which the device is known from now on
     */
    public record SignedUp(SignedInSession session, KnownDevices.Cookie device) implements Outcome {}

    /**
     * The account is created, and its user not signed in: that was not wanted, or the address has to be verified first. Or
     * the address was taken, which the response must not reveal, and the profile is a decoy.
     */
    public record Registered(Profile profile) implements Outcome {}

    /** The input has errors; all are reported at once. */
    public record InvalidInput(
            EmailAddress.@Nullable Reason email,
            List<PasswordError> password,
            ProfileText.@Nullable Reason name,
            ProfileText.@Nullable Reason image)
            implements Outcome {}

    public record EmailTaken() implements Outcome {}

    /**
     * Creates an account with a password.
     *
     * @param verification the e-mail that is sent if one is wanted or required
     */
    public Outcome withPassword(NewAccount account, VerificationEmail verification, Client client) {
        EmailAddress email = switch (account.email()) {
            case EmailAddress.Parsed.Valid(EmailAddress valid) -> valid;
            case EmailAddress.Parsed.Invalid _ -> null;
        };
        Password password = account.password();
        InvalidInput errors = new InvalidInput(
                account.email() instanceof EmailAddress.Parsed.Invalid(EmailAddress.Reason reason) ? reason : null,
                passwords.errors(password, email == null ? null : email.canonical()),
                ProfileText.check(account.name(), ProfileText.MAX_NAME),
                ProfileText.check(account.image(), ProfileText.MAX_IMAGE));
        if (email == null
                || password == null
                || !errors.password().isEmpty()
                || errors.name() != null
                || errors.image() != null) {
            recordRefusal("invalid", client);
            return errors;
        }
        return switch (rateLimits.checkSignUp(client)) {
            case RateLimits.Limited limited -> {
                recordRefusal("throttled", client);
                yield new Refusals.RateLimited(limited.retryAfter());
            }
            case RateLimits.Allowed attempt -> allowed(attempt, email, password, account, verification, client);
        };
    }

    private Outcome allowed(
            RateLimits.Allowed attempt,
            EmailAddress email,
            Password password,
            NewAccount account,
            VerificationEmail verification,
            Client client) {
        // Where the response says that the address is taken anyway, that need not cost a hash.
        if (revealsNewAccount(account) && accounts.isEmailTaken(email)) {
            return emailTaken(client);
        }
        return switch (passwords.hashChosen(password)) {
            case ChosenHashing.Refused(var errors) -> {
                // The attempt counts.
                recordRefusal("invalid", client);
                yield new InvalidInput(null, errors, null, null);
            }
            case Hashing.Busy busy -> {
                // Security: it does not count, although the password may have been looked up with another service. How
                // often
                // that happens is bounded by the limit of a client's requests, and by 16 at once.
                rateLimits.refund(attempt);
                recordRefusal("busy", client);
                yield new Refusals.Busy(busy.retryAfter());
            }
            case Hashing.Hashed hashed -> {
                // Counted before the transaction, inside of which that would take a second connection.
                Runnable queueEmail = account.sendVerification() || config.requireVerifiedEmail()
                        ? verification.prepare(email)
                        : () -> {};
                yield QuarkusTransaction.requiringNew()
                        .call(() -> register(email, hashed.hash(), account, queueEmail, client));
            }
        };
    }

    private Outcome register(
            EmailAddress email, PasswordHash hash, NewAccount account, Runnable queueEmail, Client client) {
        Accounts.Registration registration =
                accounts.register(email, hash, account.name(), account.image(), revealsNewAccount(account));
        if (registration instanceof Accounts.Registered) {
            // What others tried while there was no account must not lock the new one.
            rateLimits.reset(email);
        }
        if (registration instanceof Accounts.EmailTaken && revealsNewAccount(account)) {
            return emailTaken(client);
        }
        // Security: a taken address queues the same row as a free one (FR-007).
        queueEmail.run();
        return switch (registration) {
            case Accounts.EmailTaken _ -> decoy(email, account, client);
            case Accounts.Registered(Profile profile)
            when !revealsNewAccount(account) -> {
                audit.record(AuditEvent.registered(profile.id().value(), client));
                yield new Registered(profile);
            }
            case Accounts.Registered(Profile profile) -> {
                SignedInSession opened = sessions.open(
                        profile, AuthenticationMethod.PASSWORD, account.remember(), account.secret(), client);
                audit.record(AuditEvent.signedUp(
                        profile.id().value(), opened.session().id().value(), client));
                Credential credential = new Credential(profile.id(), hash);
                yield new SignedUp(opened, devices.issue(email, credential, null, client));
            }
        };
    }

    private EmailTaken emailTaken(Client client) {
        recordRefusal("address_taken", client);
        return new EmailTaken();
    }

    /** Security: where a new user would not be signed in either, the response does not reveal an existing account. */
    private Registered decoy(EmailAddress email, NewAccount account, Client client) {
        recordRefusal("address_taken", client);
        return new Registered(accounts.decoy(email, account.name(), account.image()));
    }

    private void recordRefusal(String reason, Client client) {
        audit.recordLater(AuditEvent.signUpRefused(reason, client));
    }

    /** Returns whether the response reveals that the address was free (auto sign-in). */
    private boolean revealsNewAccount(NewAccount account) {
        return account.autoSignIn() && !config.requireVerifiedEmail();
    }
}
