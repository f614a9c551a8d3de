package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.link.Link;
import dev.latchkey.link.LinkState;
import dev.latchkey.link.Links;
import dev.latchkey.link.Purpose;
import dev.latchkey.mail.Addressed;
import dev.latchkey.mail.Letter;
import dev.latchkey.signin.EmailVerificationOutcome.AlreadyVerified;
import dev.latchkey.signin.EmailVerificationOutcome.Expired;
import dev.latchkey.signin.EmailVerificationOutcome.UnknownLink;
import dev.latchkey.signin.EmailVerificationOutcome.Verified;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Proves that the address of an account is its user's. */
@ApplicationScoped
public class EmailVerification {

    private static final Purpose PURPOSE = Purpose.EMAIL_VERIFICATION;

    private final LinkLetters letters;
    private final Links links;
    private final Accounts accounts;
    private final AuditLog audit;

    EmailVerification(LinkLetters letters, Links links, Accounts accounts, AuditLog audit) {
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.audit = audit;
    }

    /**
     * Sends a link to an address, if it is of an account and not verified yet.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public LetterOutcome.Silent request(EmailAddress email, Function<String, URI> link, Client client) {
        return letters.unseen(PURPOSE, email, client, () -> draft(email, link, client));
    }

    /** The same, for somebody who is signed in or has just signed up. */
    public LetterOutcome request(AccountId user, Function<String, URI> link, Client client) {
        Profile profile = accounts.active(user).orElse(null);
        if (profile == null) {
            return new LetterOutcome.Gone();
        }
        if (profile.emailVerified()) {
            return new LetterOutcome.Needless();
        }
        return letters.seen(PURPOSE, profile, profile.email(), client, () -> draft(profile, link, client));
    }

    private Optional<Addressed> draft(EmailAddress email, Function<String, URI> link, Client client) {
        Profile profile = accounts.activeWith(email).orElse(null);
        if (profile == null) {
            audit.note(new AuditEvent.LinkRefused(null, PURPOSE.word(), "unknown_account", client));
            return Optional.empty();
        }
        if (profile.emailVerified()) {
            audit.note(new AuditEvent.LinkRefused(profile.id().value(), PURPOSE.word(), "already_verified", client));
            return Optional.empty();
        }
        return draft(profile, link, client);
    }

    private Optional<Addressed> draft(Profile profile, Function<String, URI> link, Client client) {
        return letters.toOwner(
                PURPOSE,
                profile,
                client,
                token -> new Letter.EmailVerification(link.apply(token), links.life(PURPOSE)));
    }

    public EmailVerificationOutcome confirm(String token, Client client) {
        return switch (links.look(PURPOSE, token)) {
            case LinkState.Good(Link link) ->
                QuarkusTransaction.requiringNew().call(() -> confirmed(link, token, client));
            // People open a link twice, and what reads their mail opens it before them.
            case LinkState.Used(Link link) -> alreadyVerified(link, client);
            case LinkState.Expired ignored -> {
                note(null, "expired_link", client);
                yield new Expired();
            }
            case LinkState.Unknown ignored -> unknown(null, client);
        };
    }

    private EmailVerificationOutcome confirmed(Link link, String token, Client client) {
        Profile before = accounts.lockActive(link.user())
                .filter(profile -> profile.email().equals(link.address()))
                .orElse(null);
        if (before == null) {
            return unknown(link.user(), client);
        }
        boolean redeemed = links.redeem(PURPOSE, token) instanceof LinkState.Good;
        if (before.emailVerified()) {
            return new AlreadyVerified(before);
        }
        if (!redeemed) {
            return unknown(link.user(), client);
        }
        audit.record(new AuditEvent.EmailVerified(link.user().value(), client));
        return new Verified(accounts.verifyEmail(link.user(), link.address()).orElseThrow());
    }

    private EmailVerificationOutcome alreadyVerified(Link link, Client client) {
        return accounts.active(link.user())
                .filter(profile -> profile.emailVerified() && profile.email().equals(link.address()))
                .<EmailVerificationOutcome>map(AlreadyVerified::new)
                .orElseGet(() -> unknown(link.user(), client));
    }

    private UnknownLink unknown(@Nullable AccountId user, Client client) {
        note(user, "unknown_link", client);
        return new UnknownLink();
    }

    private void note(@Nullable AccountId user, String reason, Client client) {
        audit.note(
                new AuditEvent.RedemptionRefused(user == null ? null : user.value(), PURPOSE.word(), reason, client));
    }
}
