package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.db.Expirable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Creates and redeems links that are sent by e-mail. The database stores only their hashes: an attacker who reads it can
 * use none of them.
 *
 * <p>A new link does not invalidate earlier ones, because e-mails are delivered in any order and users open any of them.
 */
@ApplicationScoped
@Transactional
public class EmailLinks implements Expirable {

    /** The number of links of a user that are valid at once for one purpose; a further one replaces the oldest. */
    static final int MAX_VALID = 5;

    private final EmailLinkRepository rows;
    private final EmailLinkConfig config;
    private final Secrets secrets;

    EmailLinks(EmailLinkRepository rows, EmailLinkConfig config, Secrets secrets) {
        this.rows = rows;
        this.config = config;
        this.secrets = secrets;
    }

    /** The link of an e-mail that is about to be sent, perhaps not for the first time. */
    public sealed interface OfEmail {

        /** No attempt has created it yet, or it was withdrawn. */
        record Missing() implements OfEmail {}

        /**
         * It was not redeemed yet.
         *
         * @param validFor the time until it expires; not positive if it has expired
         */
        record Unused(EmailLinkToken token, Duration validFor) implements OfEmail {}

        /** It was redeemed: an earlier attempt did send the e-mail. */
        record Used() implements OfEmail {}
    }

    /** Returns how long a link for a purpose is valid. */
    public Duration lifetime(EmailLink.Purpose purpose) {
        return config.lifetime(purpose);
    }

    /**
     * Creates the link of an e-mail, in the transaction of a caller who has locked the account.
     *
     * @param email the id of the e-mail
     */
    @Transactional(TxType.MANDATORY)
    public EmailLinkToken create(UUID email, EmailLink.Purpose purpose, EmailLink link) {
        // Security: links that undo changes replace none. A thief who changes the address again and again would push
        // out
        // the one that its user has.
        if (purpose != EmailLink.Purpose.EMAIL_CHANGE_UNDO) {
            rows.deleteUnused(link.user().value(), purpose.id(), MAX_VALID - 1);
        }
        EmailAddress target = link.target();
        EmailLinkToken token = tokens(email).getFirst();
        rows.insert(
                token.hash(),
                purpose.id(),
                link.user().value(),
                link.address().canonical(),
                target == null ? null : target.canonical(),
                link.targetVerified(),
                EmailLinkUrl.storable(link.callback()),
                config.lifetime(purpose));
        return token;
    }

    /** Returns the link of an e-mail for a purpose. */
    public OfEmail ofEmail(UUID email, EmailLink.Purpose purpose) {
        for (EmailLinkToken token : tokens(email)) {
            EmailLinkEntity row = rows.findLink(token.hash(), purpose.id()).orElse(null);
            if (row != null) {
                return row.usedAt == null
                        ? new OfEmail.Unused(token, Duration.between(rows.now(), row.expiresAt))
                        : new OfEmail.Used();
            }
        }
        return new OfEmail.Missing();
    }

    /** Lets the link of an e-mail that is sent only now be valid for its whole lifetime from now on. */
    @Transactional(TxType.MANDATORY)
    public void extend(EmailLinkToken token, EmailLink.Purpose purpose) {
        rows.extend(token.hash(), config.lifetime(purpose));
    }

    /** Returns the tokens that the link of an e-mail may have, by the present and the previous master secret; the first is for new ones. */
    private List<EmailLinkToken> tokens(UUID email) {
        return secrets.deriveAll("email-links").stream()
                .map(key -> EmailLinkToken.derive(new HmacSha256(key), email))
                .toList();
    }

    /** Returns the purpose and the state of a link, without redeeming it; empty if it is unknown. */
    public Optional<EmailLink.Found> find(String presented) {
        return EmailLinkToken.parse(presented)
                .flatMap(token -> rows.findByIdOptional(token.hash()))
                .flatMap(row ->
                        EmailLink.Purpose.of(row.purpose).map(purpose -> new EmailLink.Found(purpose, state(row))));
    }

    /** Returns the state of a link, without redeeming it. */
    public EmailLink.State check(EmailLink.Purpose purpose, String presented) {
        return EmailLinkToken.parse(presented)
                .flatMap(token -> rows.findLink(token.hash(), purpose.id()))
                .map(this::state)
                .orElseGet(EmailLink.State.Unknown::new);
    }

    /**
     * Redeems a link, in the caller's transaction and with its commit.
     *
     * <p>A caller who locks the account must do so before redeeming its link, or two transactions could wait for each other.
     */
    @Transactional(TxType.MANDATORY)
    public EmailLink.State redeem(EmailLink.Purpose purpose, String presented) {
        Optional<EmailLinkToken> token = EmailLinkToken.parse(presented);
        if (token.isEmpty()) {
            return new EmailLink.State.Unknown();
        }
        boolean redeemed = rows.markUsed(token.get().hash(), purpose.id());
        Optional<EmailLinkEntity> row = rows.findLink(token.get().hash(), purpose.id());
        if (row.isEmpty()) {
            return new EmailLink.State.Unknown();
        }
        return redeemed ? new EmailLink.State.Valid(link(row.get())) : state(row.get());
    }

    /** Deletes a user's links for a purpose that are not redeemed yet. */
    @Transactional(TxType.MANDATORY)
    public void withdraw(EmailLink.Purpose purpose, AccountId user) {
        rows.deleteUnused(user.value(), purpose.id(), 0);
    }

    /** Deletes a user's links that are not redeemed yet, except those that undo changes from before a redeemed link. */
    @Transactional(TxType.MANDATORY)
    public void withdrawSince(AccountId user, String redeemed) {
        String id = EmailLinkToken.parse(redeemed).map(EmailLinkToken::hash).orElse("");
        rows.deleteUnusedSince(user.value(), id, EmailLink.Purpose.EMAIL_CHANGE_UNDO.id());
    }

    /** Returns the addresses that a user's valid links can still bring back. */
    @Transactional(TxType.MANDATORY)
    public Set<EmailAddress> undoTargets(AccountId user) {
        return rows.validTargets(user.value(), EmailLink.Purpose.EMAIL_CHANGE_UNDO.id()).stream()
                .map(EmailAddress::stored)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String name() {
        return "e-mail links";
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteExpired(limit);
    }

    private EmailLink.State state(EmailLinkEntity row) {
        if (!row.expiresAt.isAfter(rows.now())) {
            return new EmailLink.State.Expired(link(row));
        }
        return row.usedAt == null ? new EmailLink.State.Valid(link(row)) : new EmailLink.State.Used(link(row));
    }

    private static EmailLink link(EmailLinkEntity row) {
        return new EmailLink(
                new AccountId(row.userId),
                EmailAddress.stored(row.address),
                row.target == null ? null : EmailAddress.stored(row.target),
                row.targetVerified,
                row.callback);
    }
}
