package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.account.Registration;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Hashing;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.SignUpOutcome.EmailTaken;
import dev.latchkey.signin.SignUpOutcome.Busy;
import dev.latchkey.signin.SignUpOutcome.Invalid;
import dev.latchkey.signin.SignUpOutcome.Registered;
import dev.latchkey.signin.SignUpOutcome.SignedUp;
import dev.latchkey.signin.SignUpOutcome.Throttled;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes accounts and signs their people in at once. */
@ApplicationScoped
public class SignUp {

    private final RateLimits throttle;
    private final Accounts accounts;
    private final Passwords passwords;
    private final SessionIssuer grants;
    private final AuditLog audit;
    private final SignInConfig config;

    SignUp(
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

    /** Takes what was sent as it was sent, so that everything that is wrong with it can be told at once. */
    public SignUpOutcome withPassword(NewAccount account, Client client) {
        EmailAddress.Parsed parsed = EmailAddress.parse(account.address());
        String password = account.password();
        Password wanted = password == null ? null : Password.of(password);
        List<PasswordError> passwordFaults = passwords.faults(
                wanted,
                parsed instanceof EmailAddress.Parsed.Valid valid
                        ? valid.address().canonical()
                        : null);
        ProfileText.Fault nameFault = ProfileText.fault(account.name(), ProfileText.MAX_NAME);
        ProfileText.Fault imageFault = ProfileText.fault(account.image(), ProfileText.MAX_IMAGE);
        return switch (parsed) {
            case EmailAddress.Parsed.Invalid invalid ->
                invalid(invalid.fault(), passwordFaults, nameFault, imageFault, client);
            case EmailAddress.Parsed.Valid valid ->
                wanted == null || !passwordFaults.isEmpty() || nameFault != null || imageFault != null
                        ? invalid(null, passwordFaults, nameFault, imageFault, client)
                        : counted(valid.address(), wanted, account, client);
        };
    }

    private Invalid invalid(
            EmailAddress.@Nullable Fault email,
            List<PasswordError> password,
            ProfileText.@Nullable Fault name,
            ProfileText.@Nullable Fault image,
            Client client) {
        audit.recordLater(AuditEvent.signUpRefused("invalid", client));
        return new Invalid(email, password, name, image);
    }

    private SignUpOutcome counted(EmailAddress email, Password password, NewAccount account, Client client) {
        return switch (throttle.checkSignUp(client)) {
            case RateLimitResult.Limited exceeded -> {
                audit.recordLater(AuditEvent.signUpRefused("throttled", client));
                yield new Throttled(exceeded.retryAfter());
            }
            case RateLimitResult.Allowed attempt -> {
                // A taken address that is told need not cost a hash.
                if (revealsNewAccount(account) && accounts.isEmailTaken(email)) {
                    yield addressTaken(client);
                }
                yield switch (passwords.hash(password)) {
                    case Hashing.Busy busy -> {
                        throttle.refund(attempt);
                        audit.recordLater(AuditEvent.signUpRefused("busy", client));
                        yield new Busy(busy.retryAfter());
                    }
                    case Hashing.Hashed hashed -> registered(email, hashed.hash(), account, client);
                };
            }
        };
    }

    private SignUpOutcome registered(EmailAddress email, PasswordHash hash, NewAccount account, Client client) {
        return QuarkusTransaction.requiringNew().call(() -> switch (accounts.register(
                email, hash, account.name(), account.image())) {
            case Registration.EmailTaken ignored ->
                revealsNewAccount(account) ? addressTaken(client) : invented(email, account, client);
            case Registration.Registered(Profile profile)
            when !revealsNewAccount(account) -> {
                audit.record(AuditEvent.registered(profile.id().value(), client));
                yield new Registered(profile);
            }
            case Registration.Registered(Profile profile) -> {
                SessionIssuer.Entry entry = grants.open(profile, account.remember(), client);
                audit.record(AuditEvent.signedUp(
                        profile.id().value(), entry.grant().session().id().value(), client));
                yield new SignedUp(entry.grant(), entry.token());
            }
        });
    }

    private EmailTaken addressTaken(Client client) {
        audit.recordLater(AuditEvent.signUpRefused("address_taken", client));
        return new EmailTaken();
    }

    /** Security: where a new account would not be let in either, the answer does not say that there is one already. */
    private Registered invented(EmailAddress email, NewAccount account, Client client) {
        audit.recordLater(AuditEvent.signUpRefused("address_taken", client));
        return new Registered(accounts.decoy(email, account.name(), account.image()));
    }

    /** Whether the answer tells somebody with a new account from others: by letting them in. */
    private boolean revealsNewAccount(NewAccount account) {
        return account.autoSignIn() && !config.requireVerifiedEmail();
    }
}
