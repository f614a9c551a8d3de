package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.db.Expirable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links that are sent by e-mail. The database stores only their hashes: an attacker who reads it can use none.
 *
 * <p>A new link does not invalidate earlier ones, because e-mails are delivered in any order and users open any of them.
 */
@ApplicationScoped
@Transactional
public class EmailLinks implements Expirable {

    /** How many links of a user are valid at once for one purpose; a further one replaces the oldest. */
    static final int MAX_VALID = 5;

    private final EmailLinkRepository rows;
    private final EmailLinkConfig config;

    EmailLinks(EmailLinkRepository rows, EmailLinkConfig config) {
        this.rows = rows;
        this.config = config;
    }

    /** Returns how long a link for a purpose is valid. */
    public Duration lifetime(EmailLink.Purpose purpose) {
        return config.lifetime(purpose);
    }

    /** Creates a link, in the transaction of a caller who has locked the account. */
    @Transactional(TxType.MANDATORY)
    public EmailLinkToken create(
            EmailLink.Purpose purpose, AccountId user, EmailAddress address, @Nullable EmailAddress target) {
        rows.withdraw(user.value(), purpose.word(), MAX_VALID - 1);
        EmailLinkToken token = EmailLinkToken.create();
        rows.insert(
                token.hash(),
                purpose.word(),
                user.value(),
                address.canonical(),
                target == null ? null : target.canonical(),
                config.lifetime(purpose));
        return token;
    }

    /** Returns the state of a link, and changes nothing. */
    public EmailLink.State check(EmailLink.Purpose purpose, String presented) {
        return EmailLinkToken.parse(presented)
                .flatMap(token -> rows.of(token.hash(), purpose.word()))
                .map(this::state)
                .orElseGet(EmailLink.State.Unknown::new);
    }

    /**
     * Redeems a link, in the caller's transaction and with its commit.
     *
     * <p>A caller who locks the account does so before redeeming its link, or two transactions could wait for each other.
     */
    @Transactional(TxType.MANDATORY)
    public EmailLink.State redeem(EmailLink.Purpose purpose, String presented) {
        Optional<EmailLinkToken> token = EmailLinkToken.parse(presented);
        if (token.isEmpty()) {
            return new EmailLink.State.Unknown();
        }
        boolean spent = rows.spend(token.get().hash(), purpose.word());
        Optional<EmailLinkEntity> row = rows.of(token.get().hash(), purpose.word());
        if (row.isEmpty()) {
            return new EmailLink.State.Unknown();
        }
        return spent ? new EmailLink.State.Valid(link(row.get())) : state(row.get());
    }

    /** Deletes a user's links for a purpose that are not redeemed yet. */
    @Transactional(TxType.MANDATORY)
    public void withdraw(EmailLink.Purpose purpose, AccountId user) {
        rows.withdraw(user.value(), purpose.word(), 0);
    }

    @Override
    public String name() {
        return "mailed links";
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteExpired(limit);
    }

    private EmailLink.State state(EmailLinkEntity row) {
        if (!row.expiresAt.isAfter(rows.now())) {
            return new EmailLink.State.Expired();
        }
        return row.usedAt == null ? new EmailLink.State.Valid(link(row)) : new EmailLink.State.Used(link(row));
    }

    private static EmailLink link(EmailLinkEntity row) {
        return new EmailLink(
                new AccountId(row.userId),
                EmailAddress.stored(row.address),
                row.target == null ? null : EmailAddress.stored(row.target));
    }
}
