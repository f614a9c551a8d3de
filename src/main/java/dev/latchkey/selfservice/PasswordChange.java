package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.ChosenHashing;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.AuthenticationMethod;
import dev.latchkey.session.RenewedSession;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import dev.latchkey.signin.KnownDevices;
import dev.latchkey.signin.SecurityNotices;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Changes passwords, and ends the sessions that were opened with the old one. */
@ApplicationScoped
public class PasswordChange {

    private static final Type AUDIT_TYPE = Type.PASSWORD_CHANGE;

    private final Reauthentication reauthentication;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final KnownDevices devices;
    private final SecurityNotices notices;
    private final AuditLog audit;

    PasswordChange(
            Reauthentication reauthentication,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            KnownDevices devices,
            SecurityNotices notices,
            AuditLog audit) {
        this.reauthentication = reauthentication;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.devices = devices;
        this.notices = notices;
        this.audit = audit;
    }

    /** The result of a change of password. */
    public sealed interface Outcome permits Replaced, Kept, Refusals.InvalidPassword, Reauthentication.Refusal {}

    /** The password is changed; all sessions have ended, and this is a new one. */
    public record Replaced(SignedInSession session, KnownDevices.Cookie device) implements Outcome {}

    /** The password is changed; all sessions have ended except the current one, which has a new secret. */
    public record Kept(SignedInSession session, KnownDevices.Cookie device) implements Outcome {}

    /** The treatment of the session in which the password is changed; all others end. */
    public enum CurrentSession {
        REPLACE,
        KEEP
    }

    /**
     * Changes a password.
     *
     * @param secret what the client is to hold the session by from now on
     */
    public Outcome change(
            AccountId user,
            SessionId session,
            Password current,
            Password replacement,
            CurrentSession currentSession,
            SessionSecret.Kind secret,
            Client client) {
        Optional<Refusals.RateLimited> overLimit = reauthentication.checkMemory(user, AUDIT_TYPE, client);
        if (overLimit.isPresent()) {
            return overLimit.get();
        }
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new Refusals.UserGone();
        }
        List<PasswordError> errors =
                passwords.errors(replacement, profile.email().canonical());
        if (!errors.isEmpty()) {
            return new Refusals.InvalidPassword(errors);
        }
        return reauthentication.<Outcome>verify(
                user,
                current,
                AUDIT_TYPE,
                client,
                verified -> switch (passwords.hashChosen(replacement)) {
                    case ChosenHashing.Refused(var refused) -> Optional.of(new Refusals.InvalidPassword(refused));
                    case Hashing.Busy busy -> Optional.of(new Refusals.Busy(busy.retryAfter()));
                    case Hashing.Hashed hashed ->
                        QuarkusTransaction.requiringNew()
                                .call(() -> changed(verified, hashed.hash(), session, currentSession, secret, client));
                },
                refusal -> refusal);
    }

    /** Changes the password, or returns empty when the stored one is no longer the verified one. */
    private Optional<Outcome> changed(
            Credential verified,
            PasswordHash replacement,
            SessionId session,
            CurrentSession currentSession,
            SessionSecret.Kind secret,
            Client client) {
        AccountId user = verified.user();
        // Lock the user row first, so that no concurrent sign-in can open a session with the old password after this.
        if (accounts.lockActive(user).isEmpty()) {
            return Optional.of(new Refusals.UserGone());
        }
        if (!accounts.replacePassword(verified, replacement)) {
            return Optional.empty();
        }
        // Read only where it ends: a session that goes on must be read under its lock first, for a sign-out may be
        // ending it.
        boolean remember = currentSession == CurrentSession.KEEP
                || sessions.active(user, session).map(Session::remembered).orElse(true);
        Optional<RenewedSession> renewed = switch (currentSession) {
            case KEEP -> sessions.endAllAndRenew(user, session, secret);
            case REPLACE -> {
                sessions.endAll(user, null);
                yield Optional.empty();
            }
        };
        // Security: with the version that ending the sessions has raised, or its tokens would be revoked with theirs.
        Profile after = accounts.readAgain(user).orElseThrow();
        // One that was to be kept may have ended meanwhile; the user has given the password all the same.
        SignedInSession signedIn = renewed.map(renewal -> renewal.of(after))
                .orElseGet(() -> sessions.open(after, AuthenticationMethod.PASSWORD, remember, secret, client));
        audit.record(
                AuditEvent.passwordChanged(user.value(), signedIn.session().id().value(), client));
        notices.passwordChanged(after, client);
        // The replacement has counted the version up; a read after the commit could see a later change.
        Credential changed = new Credential(user, replacement, verified.version() + 1);
        KnownDevices.Cookie device = devices.issue(after.email(), changed, null, client);
        return Optional.of(
                switch (currentSession) {
                    case KEEP -> new Kept(signedIn, device);
                    case REPLACE -> new Replaced(signedIn, device);
                });
    }
}
