package dev.latchkey.signin;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLinkPurpose;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimitConfig.Allowance;
import dev.latchkey.signin.RateLimitResult.Allowed;
import dev.latchkey.signin.RateLimitResult.Limited;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Slows guessing down (FR-023): every attempt is counted in the database, for all replicas, before any hash is computed,
 * and given back when it succeeds. With a limit of five, a hundred guesses at once compute five hashes.
 */
@ApplicationScoped
public class RateLimits implements Expirable {

    private final RateLimitRepository buckets;
    private final RateLimitConfig config;

    RateLimits(RateLimitRepository buckets, RateLimitConfig config) {
        this.buckets = buckets;
        this.config = config;
    }

    /** Counts an attempt at an account's password. */
    public RateLimitResult checkPassword(EmailAddress account, Client client) {
        // Always in this order, so that two attempts never wait for each other's bucket.
        return take(
                new Bucket(accountBucket(account), config.account()),
                new Bucket("address:" + client.network(), config.address()));
    }

    /** Counts a sign-up. */
    RateLimitResult checkSignUp(Client client) {
        return take(new Bucket("sign-up:" + client.network(), config.signUp()));
    }

    /** Counts a letter with a link, written to this address or not. */
    public RateLimitResult checkEmail(EmailLinkPurpose purpose, EmailAddress recipient, Client client) {
        // By purpose, so that whoever asks for resets in somebody's name does not keep other letters from them.
        return take(
                new Bucket(
                        "mail:" + purpose.word() + ":" + recipient.canonical(),
                        config.mail().recipient()),
                new Bucket("mail:" + client.network(), config.mail().address()));
    }

    /** Failures of this account count no longer; in the caller's transaction. */
    public void reset(EmailAddress account) {
        buckets.delete("id", accountBucket(account));
    }

    /** The attempt succeeded, or came to no hash. */
    public void refund(Allowed attempt) {
        if (!attempt.slots().isEmpty()) {
            QuarkusTransaction.joiningExisting().run(() -> attempt.slots().forEach(buckets::refund));
        }
    }

    @Override
    public String name() {
        return "throttle buckets";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return buckets.deleteExpired(limit);
    }

    private RateLimitResult take(Bucket... wanted) {
        if (!config.enabled()) {
            return new Allowed(List.of());
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            List<RateSlot> taken = new ArrayList<>();
            for (Bucket bucket : wanted) {
                Optional<Instant> slot = buckets.take(
                        bucket.id(),
                        bucket.allowance().limit(),
                        bucket.allowance().window());
                if (slot.isEmpty()) {
                    // What computes no hash is not counted elsewhere either.
                    taken.forEach(buckets::refund);
                    Duration wait = buckets.wait(
                            bucket.id(),
                            bucket.allowance().limit(),
                            bucket.allowance().window());
                    return new Limited(wait);
                }
                taken.add(new RateSlot(bucket.id(), slot.get()));
            }
            return new Allowed(taken);
        });
    }

    private static String accountBucket(EmailAddress account) {
        return "account:" + account.canonical();
    }

    private record Bucket(String id, Allowance allowance) {}
}
