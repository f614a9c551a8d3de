package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.link.Link;
import dev.latchkey.link.LinkState;
import dev.latchkey.link.Links;
import dev.latchkey.link.Purpose;
import dev.latchkey.mail.Letter;
import dev.latchkey.password.Password;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.DepartureOutcome.Busy;
import dev.latchkey.signin.DepartureOutcome.Departed;
import dev.latchkey.signin.DepartureOutcome.Gone;
import dev.latchkey.signin.DepartureOutcome.NotFresh;
import dev.latchkey.signin.DepartureOutcome.Throttled;
import dev.latchkey.signin.DepartureOutcome.WrongPassword;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deletes accounts, for whoever proves once more that it is theirs. */
@ApplicationScoped
public class Departure {

    private static final Purpose LINK = Purpose.ACCOUNT_DELETION;
    private static final String PURPOSE = LINK.word();

    private final PasswordCheck check;
    private final Accounts accounts;
    private final Sessions sessions;
    private final LinkLetters letters;
    private final Links links;
    private final AuditLog audit;

    Departure(
            PasswordCheck check,
            Accounts accounts,
            Sessions sessions,
            LinkLetters letters,
            Links links,
            AuditLog audit) {
        this.check = check;
        this.accounts = accounts;
        this.sessions = sessions;
        this.letters = letters;
        this.links = links;
        this.audit = audit;
    }

    public DepartureOutcome depart(AccountId user, SessionId session, @Nullable Password password, Client client) {
        if (password == null) {
            if (accounts.active(user).isEmpty()) {
                return new Gone();
            }
            if (!sessions.fresh(user, session)) {
                audit.note(new AuditEvent.PasswordRefused(user.value(), PURPOSE, "not_fresh", client));
                return new NotFresh();
            }
            return QuarkusTransaction.requiringNew().call(() -> departed(user, client));
        }
        return checked(user, password, client, true);
    }

    /**
     * Sends a user the link that deletes their account.
     *
     * @param link makes the link for a token; it is called later and on another thread
     */
    public LetterOutcome requestLink(AccountId user, Function<String, URI> link, Client client) {
        Profile profile = accounts.active(user).orElse(null);
        return profile == null
                ? new LetterOutcome.Gone()
                : letters.seen(
                        LINK,
                        profile,
                        profile.email(),
                        client,
                        () -> letters.toOwner(
                                LINK,
                                profile,
                                client,
                                token -> new Letter.Departure(link.apply(token), links.life(LINK))));
    }

    /** Deletes the account of somebody who is signed in and has followed the link that they were sent. */
    public DepartureByLinkOutcome departByLink(AccountId user, String token, Client client) {
        // Security: a link counts for its own user only, and is not spent by another.
        if (!(links.look(LINK, token) instanceof LinkState.Good(Link link))
                || !link.user().equals(user)) {
            return unknown(user, client);
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            Profile profile = accounts.lockActive(user).orElse(null);
            if (profile == null) {
                return new DepartureByLinkOutcome.Gone();
            }
            if (!profile.email().equals(link.address()) || !(links.redeem(LINK, token) instanceof LinkState.Good)) {
                return unknown(user, client);
            }
            delete(user, client);
            return new DepartureByLinkOutcome.Departed();
        });
    }

    private DepartureByLinkOutcome unknown(AccountId user, Client client) {
        audit.note(new AuditEvent.RedemptionRefused(user.value(), PURPOSE, "unknown_link", client));
        return new DepartureByLinkOutcome.UnknownLink();
    }

    private DepartureOutcome checked(AccountId user, Password password, Client client, boolean mayLookAgain) {
        return switch (check.check(user, password, PURPOSE, client)) {
            case PasswordCheck.Checked.Gone ignored -> new Gone();
            case PasswordCheck.Checked.Wrong ignored -> new WrongPassword();
            case PasswordCheck.Checked.Throttled throttled -> new Throttled(throttled.retryAfter());
            case PasswordCheck.Checked.Busy busy -> new Busy(busy.retryAfter());
            case PasswordCheck.Checked.Right right -> {
                Optional<DepartureOutcome> outcome =
                        QuarkusTransaction.requiringNew().call(() -> departed(right.credential(), client));
                if (outcome.isEmpty() && mayLookAgain) {
                    // A sign-in has hashed the same password anew, which happens once; or it is another one.
                    yield checked(user, password, client, false);
                }
                if (outcome.isEmpty()) {
                    audit.note(new AuditEvent.PasswordRefused(
                            user.value(), PURPOSE, "password_changed_meanwhile", client));
                }
                yield outcome.orElseGet(WrongPassword::new);
            }
        };
    }

    /** Empty when the stored password is no longer the one that was verified. */
    private Optional<DepartureOutcome> departed(Credential verified, Client client) {
        return accounts.lockActive(verified.user()).isPresent() && !accounts.unchanged(verified)
                ? Optional.empty()
                : Optional.of(departed(verified.user(), client));
    }

    private DepartureOutcome departed(AccountId user, Client client) {
        // First the door is shut: a sign-in that is under way has opened its session by now, or never will.
        if (accounts.lockActive(user).isEmpty()) {
            return new Gone();
        }
        delete(user, client);
        return new Departed();
    }

    /** An account that is locked. */
    private void delete(AccountId user, Client client) {
        sessions.endAll(user, null);
        accounts.delete(user);
        audit.record(new AuditEvent.AccountDeleted(user.value(), client));
    }
}
