package dev.latchkey.signin;

import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.link.Links;
import dev.latchkey.link.Purpose;
import dev.latchkey.mail.Addressed;
import dev.latchkey.mail.Letter;
import dev.latchkey.mail.Letters;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has links made and mailed, as many as is fair to whoever gets them. */
@ApplicationScoped
class LinkLetters {

    private final Letters letters;
    private final Links links;
    private final Accounts accounts;
    private final Throttle throttle;
    private final AuditLog audit;

    LinkLetters(Letters letters, Links links, Accounts accounts, Throttle throttle, AuditLog audit) {
        this.letters = letters;
        this.links = links;
        this.accounts = accounts;
        this.throttle = throttle;
        this.audit = audit;
    }

    /**
     * For somebody who is not signed in.
     *
     * <p>Security: all that depends on whether there is an account is left to the draft, which runs later; the caller counts
     * an attempt and answers (FR-007). Too many attempts get the same answer.
     */
    LetterOutcome.Silent unseen(
            Purpose purpose, EmailAddress recipient, Client client, Supplier<Optional<Addressed>> draft) {
        if (!letters.isConfigured()) {
            return new LetterOutcome.NoMail();
        }
        switch (throttle.letter(purpose, recipient, client)) {
            case Attempt.Exceeded ignored -> throttled(null, purpose, client);
            case Attempt.Counted ignored -> letters.send(draft);
        }
        return new LetterOutcome.OnItsWay();
    }

    /** For somebody who is signed in, and may be told that it was too often. */
    LetterOutcome seen(
            Purpose purpose, Profile user, EmailAddress recipient, Client client, Supplier<Optional<Addressed>> draft) {
        if (!letters.isConfigured()) {
            return new LetterOutcome.NoMail();
        }
        return switch (throttle.letter(purpose, recipient, client)) {
            case Attempt.Exceeded exceeded -> {
                throttled(user, purpose, client);
                yield new LetterOutcome.Throttled(exceeded.retryAfter());
            }
            case Attempt.Counted ignored -> {
                letters.send(draft);
                yield new LetterOutcome.OnItsWay();
            }
        };
    }

    /** A letter with a new link to the address that an account has, unless it has another one by now or is no more. */
    Optional<Addressed> toOwner(Purpose purpose, Profile user, Client client, Function<String, Letter> letter) {
        return QuarkusTransaction.requiringNew()
                .call(() -> accounts.lockActive(user.id())
                        .filter(now -> now.email().equals(user.email()))
                        .map(now -> {
                            String token = links.make(purpose, now.id(), now.email(), null)
                                    .text();
                            audit.record(new AuditEvent.LinkMailed(now.id().value(), purpose.word(), client));
                            return new Addressed(now.email(), letter.apply(token));
                        }));
    }

    private void throttled(@Nullable Profile user, Purpose purpose, Client client) {
        audit.note(new AuditEvent.LinkRefused(
                user == null ? null : user.id().value(), purpose.word(), "throttled", client));
    }
}
