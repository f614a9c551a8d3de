package dev.latchkey.link;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.audit.Prunable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Links that are mailed. The database keeps their hashes: whoever reads it can follow none.
 *
 * <p>A new link leaves those before it as they are, because letters arrive in any order and people open any of them.
 */
@ApplicationScoped
@Transactional
public class Links implements Prunable {

    /** How many links of a user count at once for one purpose; whoever asks for more loses the oldest. */
    static final int MOST = 5;

    private final LinkRepository rows;
    private final LinkConfig config;
    private final SecureRandom random = new SecureRandom();

    Links(LinkRepository rows, LinkConfig config) {
        this.rows = rows;
        this.config = config;
    }

    /** How long a link for this purpose counts. */
    public Duration life(Purpose purpose) {
        return config.life(purpose);
    }

    /** A new link, in the transaction of a caller who has locked the account. */
    @Transactional(TxType.MANDATORY)
    public LinkToken make(Purpose purpose, AccountId user, EmailAddress address, @Nullable EmailAddress target) {
        rows.withdraw(user.value(), purpose.word(), MOST - 1);
        LinkToken token = LinkToken.create(random);
        rows.insert(
                token.hash(),
                purpose.word(),
                user.value(),
                address.canonical(),
                target == null ? null : target.canonical(),
                config.life(purpose));
        return token;
    }

    /** Whether a link counts now, which changes nothing. */
    public LinkState look(Purpose purpose, String presented) {
        return LinkToken.parse(presented)
                .flatMap(token -> rows.of(token.hash(), purpose.word()))
                .map(this::state)
                .orElseGet(LinkState.Unknown::new);
    }

    /**
     * Redeems a link, in the caller's transaction and with its commit.
     *
     * <p>Whoever locks an account does so before redeeming its link, or two of them could wait for each other.
     */
    @Transactional(TxType.MANDATORY)
    public LinkState redeem(Purpose purpose, String presented) {
        Optional<LinkToken> token = LinkToken.parse(presented);
        if (token.isEmpty()) {
            return new LinkState.Unknown();
        }
        boolean spent = rows.spend(token.get().hash(), purpose.word());
        Optional<LinkEntity> row = rows.of(token.get().hash(), purpose.word());
        if (row.isEmpty()) {
            return new LinkState.Unknown();
        }
        return spent ? new LinkState.Good(link(row.get())) : state(row.get());
    }

    /** Takes back what a user has not redeemed yet of links for this purpose. */
    @Transactional(TxType.MANDATORY)
    public void withdraw(Purpose purpose, AccountId user) {
        rows.withdraw(user.value(), purpose.word(), 0);
    }

    @Override
    public String name() {
        return "mailed links";
    }

    @Override
    @Transactional(TxType.MANDATORY)
    public int prune(int limit) {
        return rows.prune(limit);
    }

    private LinkState state(LinkEntity row) {
        if (!row.expiresAt.isAfter(rows.now())) {
            return new LinkState.Expired();
        }
        return row.usedAt == null ? new LinkState.Good(link(row)) : new LinkState.Used(link(row));
    }

    private static Link link(LinkEntity row) {
        return new Link(
                new AccountId(row.userId),
                new EmailAddress(row.address),
                row.target == null ? null : new EmailAddress(row.target));
    }
}
