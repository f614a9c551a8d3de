package dev.latchkey.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * The accounts at whose passwords attempts were made lately on this replica, so that an attempt that is refused from memory
 * can be recorded for its account, and one by user id be refused, without a statement.
 */
@ApplicationScoped
class TargetedAccounts {

    /** Security: bounds the memory. An entry that is evicted costs a statement, or the user in an audit event. */
    private static final int MAX_ENTRIES = 10_000;

    /**
     * How long an address is taken for a user's after it was changed on another replica. Under a flood an entry is made anew by
     * a statement a minute.
     */
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final Cache<String, AccountId> users = cache();
    private final Cache<String, EmailAddress> addresses = cache();

    void remember(EmailAddress email, AccountId user) {
        users.put(email.canonical(), user);
        addresses.put(user.value(), email);
    }

    /** Forgets a user, whose address has changed. */
    void forget(AccountId user) {
        EmailAddress former = addresses.asMap().remove(user.value());
        if (former != null) {
            users.invalidate(former.canonical());
        }
    }

    Optional<AccountId> user(EmailAddress email) {
        return Optional.ofNullable(users.getIfPresent(email.canonical()));
    }

    Optional<EmailAddress> address(AccountId user) {
        return Optional.ofNullable(addresses.getIfPresent(user.value()));
    }

    private static <V> Cache<String, V> cache() {
        return Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                .expireAfterWrite(KEPT)
                .executor(Runnable::run)
                .build();
    }
}
