package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.emaillink.EmailLinkState;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.mail.EmailMessage;
import dev.latchkey.mail.OutgoingEmail;
import dev.latchkey.password.Hashing;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.PasswordResetOutcome.Busy;
import dev.latchkey.selfservice.PasswordResetOutcome.Done;
import dev.latchkey.selfservice.PasswordResetOutcome.Invalid;
import dev.latchkey.selfservice.PasswordResetOutcome.UnknownLink;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RateLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets whoever reads an account's mailbox choose a new password; whoever was signed in no longer is. */
@ApplicationScoped
public class PasswordReset {

    private static final EmailLinkPurpose PURPOSE = EmailLinkPurpose.PASSWORD_RESET;

    private final EmailLinkSender letters;
    private final EmailLinks links;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final RateLimits throttle;
    private final AuditLog audit;

    PasswordReset(
            EmailLinkSender letters,
            EmailLinks links,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            RateLimits throttle,
            AuditLog audit) {
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.throttle = throttle;
        this.audit = audit;
    }

    /**
     * Sends a link to an address, if somebody with an account has it.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public EmailRequestOutcome.Silent request(EmailAddress email, Function<String, URI> link, Client client) {
        return letters.unseen(PURPOSE, email, client, () -> draft(email, link, client));
    }

    private Optional<OutgoingEmail> draft(EmailAddress email, Function<String, URI> link, Client client) {
        Profile profile = accounts.findActive(email).orElse(null);
        if (profile == null) {
            audit.recordLater(AuditEvent.linkRefused(Type.PASSWORD_RESET_LINK, null, "unknown_account", client));
            return Optional.empty();
        }
        return letters.toOwner(
                PURPOSE,
                profile,
                client,
                token -> new EmailMessage.PasswordReset(link.apply(token), links.lifetime(PURPOSE)));
    }

    /** Whether a link counts now. */
    public boolean isValid(String token) {
        return subject(token).isPresent();
    }

    public PasswordResetOutcome redeem(String token, Password wanted, Client client) {
        Profile profile = subject(token).orElse(null);
        List<PasswordError> faults = passwords.faults(
                wanted, profile == null ? null : profile.email().canonical());
        if (!faults.isEmpty()) {
            return new Invalid(faults);
        }
        if (profile == null) {
            return unknown(null, client);
        }
        return switch (passwords.hash(wanted)) {
            case Hashing.Busy busy -> new Busy(busy.retryAfter());
            case Hashing.Hashed hashed ->
                QuarkusTransaction.requiringNew().call(() -> done(profile, token, hashed.hash(), client))
                        ? new Done(profile.id())
                        : unknown(profile.id(), client);
        };
    }

    /** Whose password the link is for, as far as it counts now. */
    private Optional<Profile> subject(String token) {
        return links.check(PURPOSE, token) instanceof EmailLinkState.Good(EmailLink link)
                ? accounts.findActive(link.user()).filter(profile -> profile.email().equals(link.address()))
                : Optional.empty();
    }

    private boolean done(Profile profile, String token, PasswordHash hash, Client client) {
        AccountId user = profile.id();
        // First the door is shut: a sign-in with the old password has opened its session by now, or never will.
        if (accounts.lockActive(user)
                        .filter(now -> now.email().equals(profile.email()))
                        .isEmpty()
                || !(links.redeem(PURPOSE, token) instanceof EmailLinkState.Good)) {
            return false;
        }
        accounts.setPassword(user, hash);
        sessions.endAll(user, null);
        links.withdraw(PURPOSE, user);
        // What was guessed at is no longer the password, and whoever reads the mailbox must not be kept out by guesses.
        throttle.reset(profile.email());
        audit.record(AuditEvent.passwordReset(user.value(), client));
        return true;
    }

    private UnknownLink unknown(@Nullable AccountId user, Client client) {
        audit.recordLater(AuditEvent.redemptionRefused(Type.PASSWORD_RESET,
                user == null ? null : user.value(), "unknown_link", client));
        return new UnknownLink();
    }
}
