package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.ChosenHashing;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RateLimits;
import dev.latchkey.signin.SecurityNotices;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Resets forgotten passwords by an e-mail link, and ends all sessions of the account. */
@ApplicationScoped
public class PasswordReset {

    private static final EmailLink.Purpose PURPOSE = EmailLink.Purpose.PASSWORD_RESET;

    private final EmailLinkSender sender;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final RateLimits rateLimits;
    private final SecurityNotices notices;
    private final AuditLog audit;

    PasswordReset(
            EmailLinkSender sender,
            EmailLinks links,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            RateLimits rateLimits,
            SecurityNotices notices,
            AuditLog audit) {
        this.sender = sender;
        this.links = links;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.rateLimits = rateLimits;
        this.notices = notices;
        this.audit = audit;
    }

    /** The result of a reset. */
    public sealed interface Outcome
            permits PasswordChanged,
                    Refusals.InvalidPassword,
                    Refusals.LinkInvalid,
                    Refusals.RateLimited,
                    Refusals.Busy {}

    /** The account has the new password, and all its sessions have ended. */
    public record PasswordChanged(AccountId user) implements Outcome {}

    /**
     * Sends a link to an address, if it is an account's.
     *
     * @param url the form of the link's URL
     */
    public EmailRequestOutcome.Anonymous request(EmailAddress email, EmailLinkUrl url, Client client) {
        return sender.sendToAddress(PURPOSE, email, url, client);
    }

    /**
     * Sends a link to a user at the request of an administrator, who may be told of the rate limit.
     *
     * @param url the form of the link's URL
     * @param event what is recorded with it
     */
    public EmailRequestOutcome request(Profile user, EmailLinkUrl url, AuditEvent event) {
        // Security: where the administrator sits is no matter of the user's, who reads their own events.
        return sender.sendToUser(PURPOSE, user, user.email(), url, Client.NONE, event);
    }

    /** Returns whether a link is valid now. */
    public boolean isValid(String token) {
        return findUser(token).isPresent();
    }

    /** Sets a new password by a link. */
    public Outcome redeem(String token, Password wanted, Client client) {
        Profile profile = findUser(token).orElse(null);
        List<PasswordError> errors = passwords.errors(
                wanted, profile == null ? null : profile.email().canonical());
        if (profile == null) {
            Refusals.LinkInvalid refusal = linkInvalid(null, client);
            return errors.isEmpty() ? refusal : new Refusals.InvalidPassword(errors);
        }
        if (!errors.isEmpty()) {
            return invalidPassword(profile, errors, client);
        }
        return switch (rateLimits.checkReset(profile.email(), client)) {
            case RateLimits.Limited limited -> {
                recordRefusal(profile.id(), "throttled", client);
                yield new Refusals.RateLimited(limited.retryAfter());
            }
            case RateLimits.Allowed attempt -> allowed(attempt, profile, token, wanted, client);
        };
    }

    private Outcome allowed(RateLimits.Allowed attempt, Profile profile, String token, Password wanted, Client client) {
        return switch (passwords.hashChosen(wanted)) {
            case ChosenHashing.Refused(var refused) -> invalidPassword(profile, refused, client);
            case Hashing.Busy busy -> {
                // Security: the attempt counts, since the password may have been looked up with another service.
                recordRefusal(profile.id(), "busy", client);
                yield new Refusals.Busy(busy.retryAfter());
            }
            case Hashing.Hashed hashed ->
                QuarkusTransaction.requiringNew().call(() -> changed(attempt, profile, token, hashed.hash(), client))
                        ? new PasswordChanged(profile.id())
                        : linkInvalid(profile.id(), client);
        };
    }

    /** Returns the user of a link that is valid now. */
    private Optional<Profile> findUser(String token) {
        return links.check(PURPOSE, token) instanceof EmailLink.State.Valid(EmailLink link)
                ? accounts.findActive(link.user())
                        .filter(profile -> profile.email().equals(link.address()))
                : Optional.empty();
    }

    private boolean changed(
            RateLimits.Allowed attempt, Profile profile, String token, PasswordHash hash, Client client) {
        AccountId user = profile.id();
        // Lock the user row first, so that no concurrent sign-in can open a session with the old password after this.
        if (accounts.lockActive(user)
                        .filter(now -> now.email().equals(profile.email()))
                        .isEmpty()
                || !(links.redeem(PURPOSE, token) instanceof EmailLink.State.Valid)) {
            return false;
        }
        accounts.setPassword(user, hash);
        sessions.endAll(user, null);
        links.withdraw(PURPOSE, user);
        // The failed attempts were at the old password, and must not keep out the user who has just proven the mailbox
        // theirs.
        rateLimits.reset(profile.email());
        rateLimits.succeeded(attempt);
        audit.record(AuditEvent.passwordReset(user.value(), client));
        notices.passwordChanged(profile, client);
        return true;
    }

    private Refusals.InvalidPassword invalidPassword(Profile profile, List<PasswordError> errors, Client client) {
        recordRefusal(profile.id(), "invalid", client);
        return new Refusals.InvalidPassword(errors);
    }

    private Refusals.LinkInvalid linkInvalid(@Nullable AccountId user, Client client) {
        recordRefusal(user, "unknown_link", client);
        return new Refusals.LinkInvalid();
    }

    private void recordRefusal(@Nullable AccountId user, String reason, Client client) {
        audit.recordLater(
                AuditEvent.redemptionRefused(Type.PASSWORD_RESET, user == null ? null : user.value(), reason, client));
    }
}
