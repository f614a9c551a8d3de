package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.SignInEligibility;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Hashing;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Verification;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.SignInOutcome.Busy;
import dev.latchkey.signin.SignInOutcome.Disabled;
import dev.latchkey.signin.SignInOutcome.Refused;
import dev.latchkey.signin.SignInOutcome.SignedIn;
import dev.latchkey.signin.SignInOutcome.Throttled;
import dev.latchkey.signin.SignInOutcome.Unverified;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signs people in by password. */
@ApplicationScoped
public class SignIn {

    private final RateLimits throttle;
    private final Accounts accounts;
    private final Passwords passwords;
    private final SessionIssuer grants;
    private final AuditLog audit;
    private final SignInConfig config;

    SignIn(
            RateLimits throttle,
            Accounts accounts,
            Passwords passwords,
            SessionIssuer grants,
            AuditLog audit,
            SignInConfig config) {
        this.throttle = throttle;
        this.accounts = accounts;
        this.passwords = passwords;
        this.grants = grants;
        this.audit = audit;
        this.config = config;
    }

    public SignInOutcome withPassword(EmailAddress email, Password password, boolean remember, Client client) {
        return switch (throttle.checkPassword(email, client)) {
            case RateLimitResult.Limited exceeded -> {
                note(accounts.findCredential(email).orElse(null), "throttled", client);
                yield new Throttled(exceeded.retryAfter());
            }
            case RateLimitResult.Allowed attempt -> counted(attempt, email, password, remember, client, true);
        };
    }

    private SignInOutcome counted(
            RateLimitResult.Allowed attempt,
            EmailAddress email,
            Password password,
            boolean remember,
            Client client,
            boolean mayLookAgain) {
        Optional<Credential> known = accounts.findCredential(email);
        // Security: the hash is computed whether there is an account or not, and outside any transaction, so that it
        // holds no connection.
        Verification verification =
                passwords.verify(password, known.map(Credential::hash).orElse(null));
        return switch (verification) {
            case Verification.Busy busy -> {
                throttle.refund(attempt);
                note(known.orElse(null), "busy", client);
                yield new Busy(busy.retryAfter());
            }
            case Verification.Mismatch ignored -> {
                note(known.orElse(null), known.isPresent() ? "wrong_password" : "unknown_account", client);
                yield new Refused();
            }
            case Verification.Matches matches -> {
                Credential credential = known.orElseThrow();
                Optional<SignInOutcome> outcome =
                        QuarkusTransaction.requiringNew().call(() -> admitted(attempt, credential, remember, client));
                if (outcome.isEmpty() && mayLookAgain) {
                    // Another sign-in has hashed the same password anew, which happens once; or it is another password.
                    yield counted(attempt, email, password, remember, client, false);
                }
                if (outcome.isEmpty()) {
                    note(credential, "password_changed_meanwhile", client);
                    yield new Refused();
                }
                if (matches.outdated() && outcome.get() instanceof SignedIn) {
                    rehash(credential, password);
                }
                yield outcome.get();
            }
        };
    }

    /** Empty when the stored password is no longer the one that was verified. */
    private Optional<SignInOutcome> admitted(
            RateLimitResult.Allowed attempt, Credential credential, boolean remember, Client client) {
        return switch (accounts.lockForSignIn(credential)) {
            case SignInEligibility.Eligible(Profile profile)
            when config.requireVerifiedEmail() && !profile.emailVerified() -> {
                note(credential, "address_not_verified", client);
                throttle.refund(attempt);
                yield Optional.of(new Unverified(profile));
            }
            case SignInEligibility.Eligible(Profile profile) -> {
                SessionIssuer.Entry entry = grants.open(profile, remember, client);
                audit.record(AuditEvent.signedIn(
                        profile.id().value(), entry.grant().session().id().value(), client));
                throttle.refund(attempt);
                yield Optional.of(new SignedIn(entry.grant(), entry.token()));
            }
            case SignInEligibility.Disabled ignored -> {
                note(credential, "account_disabled", client);
                yield Optional.of(new Disabled());
            }
            case SignInEligibility.Changed ignored -> Optional.empty();
        };
    }

    /** Brings a hash to the parameters in force. If that does not work now, the next sign-in tries again. */
    private void rehash(Credential credential, Password password) {
        if (passwords.hash(password) instanceof Hashing.Hashed hashed) {
            QuarkusTransaction.requiringNew().run(() -> accounts.replacePassword(credential, hashed.hash()));
        }
    }

    private void note(@Nullable Credential aimedAt, String reason, Client client) {
        audit.recordLater(AuditEvent.signInRefused(
                aimedAt == null ? null : aimedAt.user().value(), reason, client));
    }
}
