package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.PersonalText;
import dev.latchkey.account.Registration;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.password.Hashing;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordFault;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.signin.SignUpOutcome.AddressTaken;
import dev.latchkey.signin.SignUpOutcome.Busy;
import dev.latchkey.signin.SignUpOutcome.Invalid;
import dev.latchkey.signin.SignUpOutcome.SignedUp;
import dev.latchkey.signin.SignUpOutcome.Throttled;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes accounts and signs their people in at once. */
@ApplicationScoped
public class SignUp {

    private final Throttle throttle;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Grants grants;
    private final AuditLog audit;

    SignUp(Throttle throttle, Accounts accounts, Passwords passwords, Grants grants, AuditLog audit) {
        this.throttle = throttle;
        this.accounts = accounts;
        this.passwords = passwords;
        this.grants = grants;
        this.audit = audit;
    }

    /** Takes what was sent as it was sent, so that everything that is wrong with it can be told at once. */
    public SignUpOutcome withPassword(
            @Nullable String address, @Nullable String password, @Nullable String name, Client client) {
        EmailAddress.Parsed parsed = EmailAddress.parse(address);
        Password wanted = password == null ? null : Password.of(password);
        List<PasswordFault> passwordFaults = passwords.faults(
                wanted,
                parsed instanceof EmailAddress.Parsed.Valid valid
                        ? valid.address().canonical()
                        : null);
        PersonalText.Fault nameFault = PersonalText.fault(name, PersonalText.MAX_NAME);
        return switch (parsed) {
            case EmailAddress.Parsed.Invalid invalid -> invalid(invalid.fault(), passwordFaults, nameFault, client);
            case EmailAddress.Parsed.Valid valid ->
                wanted == null || !passwordFaults.isEmpty() || nameFault != null
                        ? invalid(null, passwordFaults, nameFault, client)
                        : counted(valid.address(), wanted, name, client);
        };
    }

    private Invalid invalid(
            EmailAddress.@Nullable Fault email,
            List<PasswordFault> password,
            PersonalText.@Nullable Fault name,
            Client client) {
        audit.note(new AuditEvent.SignUpRefused("invalid", client));
        return new Invalid(email, password, name);
    }

    private SignUpOutcome counted(EmailAddress email, Password password, @Nullable String name, Client client) {
        return switch (throttle.signUp(client)) {
            case Attempt.Exceeded exceeded -> {
                audit.note(new AuditEvent.SignUpRefused("throttled", client));
                yield new Throttled(exceeded.retryAfter());
            }
            case Attempt.Counted attempt -> {
                // A taken address is told in any case, so it need not cost a hash.
                if (accounts.taken(email)) {
                    yield addressTaken(client);
                }
                yield switch (passwords.hash(password)) {
                    case Hashing.Busy busy -> {
                        throttle.giveBack(attempt);
                        audit.note(new AuditEvent.SignUpRefused("busy", client));
                        yield new Busy(busy.retryAfter());
                    }
                    case Hashing.Hashed hashed -> registered(email, hashed.hash(), name, client);
                };
            }
        };
    }

    private SignUpOutcome registered(EmailAddress email, PasswordHash hash, @Nullable String name, Client client) {
        return QuarkusTransaction.requiringNew().call(() -> switch (accounts.register(email, hash, name, null)) {
            case Registration.AddressTaken ignored -> addressTaken(client);
            case Registration.Registered registered -> {
                Grant grant = grants.open(registered.profile(), true, client);
                audit.record(new AuditEvent.SignedUp(
                        registered.profile().id().value(), grant.session().id().value(), client));
                yield new SignedUp(grant);
            }
        });
    }

    private AddressTaken addressTaken(Client client) {
        audit.note(new AuditEvent.SignUpRefused("address_taken", client));
        return new AddressTaken();
    }
}
