package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.Accounts.SignInEligibility;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.AuthenticationMethod;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signs users in by password. */
@ApplicationScoped
public class SignIn {

    private final PasswordAttempts attempts;
    private final RateLimits rateLimits;
    private final KnownDevices devices;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final SecurityNotices notices;
    private final AuditLog audit;
    private final SignInConfig config;

    SignIn(
            PasswordAttempts attempts,
            RateLimits rateLimits,
            KnownDevices devices,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            SecurityNotices notices,
            AuditLog audit,
            SignInConfig config) {
        this.attempts = attempts;
        this.rateLimits = rateLimits;
        this.devices = devices;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.notices = notices;
        this.audit = audit;
        this.config = config;
    }

    /** The result of a sign-in. */
    public sealed interface Outcome
            permits SignedIn,
                    InvalidCredentials,
                    AccountDisabled,
                    EmailNotVerified,
                    Refusals.RateLimited,
                    Refusals.Busy {}

    /**
     * The user is signed in.
     *
     * @param device the cookie by which the device is known from now on
     */
    public record SignedIn(SignedInSession session, KnownDevices.Cookie device) implements Outcome {}

    /** The account does not exist, has no password or another one; the client is not told which (FR-007). */
    public record InvalidCredentials() implements Outcome {}

    /** The password was right, and the account is disabled. */
    public record AccountDisabled() implements Outcome {}

    /** The password was right, and the e-mail address has to be verified first. */
    public record EmailNotVerified(Profile profile) implements Outcome {}

    /**
     * Signs a user in.
     *
     * @param remember whether the session outlives the browser's window
     * @param secret what the client is to hold the session by
     */
    public Outcome withPassword(
            EmailAddress email, Password password, boolean remember, SessionSecret.Kind secret, Client client) {
        PasswordAttempts.Result<Outcome> result =
                attempts.attempt(email, () -> accounts.findCredential(email), password, client, verified -> {
                    Optional<Outcome> outcome = QuarkusTransaction.requiringNew()
                            .call(() -> signedIn(email, verified, remember, secret, client));
                    if (verified.outdated()
                            && outcome.filter(SignedIn.class::isInstance).isPresent()) {
                        rehash(verified.credential(), password);
                    }
                    return outcome;
                });
        return switch (result) {
            case PasswordAttempts.Result.Done<Outcome>(Outcome outcome) -> outcome;
            case PasswordAttempts.Result.Refused<Outcome>(var reason, var user, var retryAfter) -> {
                recordRefusal(user, reason.id(), client);
                yield switch (reason) {
                    case RATE_LIMITED -> new Refusals.RateLimited(retryAfter);
                    case BUSY -> new Refusals.Busy(retryAfter);
                    case UNKNOWN_ACCOUNT, WRONG_PASSWORD, HASH_TOO_EXPENSIVE, CHANGED_MEANWHILE ->
                        new InvalidCredentials();
                };
            }
        };
    }

    /** Opens the session, or returns empty when the stored password is no longer the verified one. */
    private Optional<Outcome> signedIn(
            EmailAddress email,
            PasswordAttempts.Verified verified,
            boolean remember,
            SessionSecret.Kind secret,
            Client client) {
        return switch (accounts.lockForSignIn(verified.credential())) {
            case SignInEligibility.Eligible(Profile profile, boolean _)
            when config.requireVerifiedEmail() && !profile.emailVerified() -> {
                recordRefusal(profile.id(), "address_not_verified", client);
                rateLimits.succeeded(verified.attempt());
                yield Optional.of(new EmailNotVerified(profile));
            }
            case SignInEligibility.Eligible(Profile profile, boolean firstSignInDue) -> {
                SignedInSession opened =
                        sessions.open(profile, AuthenticationMethod.PASSWORD, remember, secret, client);
                audit.record(AuditEvent.signedIn(
                        profile.id().value(), opened.session().id().value(), client));
                rateLimits.succeeded(verified.attempt());
                // The first of a user whom the sign-up did not sign in is expected.
                boolean isFirst = firstSignInDue && accounts.takeFirstSignIn(profile.id());
                if (!isFirst && verified.device() == null) {
                    notices.newDevice(profile, client);
                }
                yield Optional.of(
                        new SignedIn(opened, devices.issue(email, verified.credential(), verified.device(), client)));
            }
            case SignInEligibility.Disabled(AccountId user) -> {
                recordRefusal(user, "account_disabled", client);
                yield Optional.of(new AccountDisabled());
            }
            case SignInEligibility.Changed _ -> Optional.empty();
        };
    }

    /** Brings a hash to the parameters in force. If that does not work now, the next sign-in tries again. */
    private void rehash(Credential credential, Password password) {
        if (passwords.hash(password) instanceof Hashing.Hashed hashed) {
            QuarkusTransaction.requiringNew().run(() -> accounts.rehashPassword(credential, hashed.hash()));
        }
    }

    /** Records a sign-in with credentials that no account can have, which an entry point refuses on its own. */
    public void recordMalformed(String reason, Client client) {
        recordRefusal(null, reason, client);
    }

    private void recordRefusal(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(AuditEvent.signInRefused(user == null ? null : user.value(), reason, client));
    }
}
