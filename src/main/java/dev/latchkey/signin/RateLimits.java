package dev.latchkey.signin;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.SignInConfig.Allowance;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limits attempts at passwords, sign-ups and e-mails (FR-023): every attempt is counted in the database, for all replicas,
 * before any hash is computed, and refunded when it succeeds. With a limit of five, a hundred guesses at once compute five
 * hashes.
 *
 * <p>Not bucket4j: an attempt is counted in one statement, only if there is room, so that no two take the last place; and a
 * refund takes out the very attempt that succeeded, where a token bucket could only give some token back.
 */
@ApplicationScoped
public class RateLimits implements Expirable {

    private final RateLimitRepository buckets;
    private final SignInConfig.RateLimit config;

    RateLimits(RateLimitRepository buckets, SignInConfig config) {
        this.buckets = buckets;
        this.config = config.rateLimit();
    }

    /** The result of counting an attempt. */
    public sealed interface Result {}

    /** The attempt is allowed and was counted; it is refunded if it succeeds. */
    public record Allowed(List<Slot> slots) implements Result {

        /** A counted attempt: the bucket and the instant that stands for it there. */
        record Slot(String bucket, Instant takenAt) {}
    }

    /** The rate limit is exceeded, so the attempt is not allowed. */
    public record Limited(Duration retryAfter) implements Result {}

    /** Counts an attempt at an account's password. */
    public Result checkPassword(EmailAddress account, Client client) {
        // Always in this order, so that two attempts never wait for each other's bucket.
        return take(
                new Bucket(accountBucket(account), config.account()),
                new Bucket("address:" + client.network(), config.address()));
    }

    /** Counts a sign-up. */
    Result checkSignUp(Client client) {
        return take(new Bucket("sign-up:" + client.network(), config.signUp()));
    }

    /**
     * Counts an e-mail to an address, sent or not.
     *
     * @param kind what the e-mail is for; each kind has its own limit per recipient, so that an attacker who requests
     *     password resets for a user does not keep other e-mails from them
     */
    public Result checkEmail(String kind, EmailAddress recipient, Client client) {
        return take(
                new Bucket(
                        "mail:" + kind + ":" + recipient.canonical(),
                        config.mail().recipient()),
                new Bucket("mail:" + client.network(), config.mail().address()));
    }

    /** Clears the failures of an account, in the caller's transaction. */
    public void reset(EmailAddress account) {
        buckets.delete("id", accountBucket(account));
    }

    /** Refunds an attempt that succeeded or never hashed a password, in the caller's transaction if there is one. */
    public void refund(Allowed attempt) {
        if (!attempt.slots().isEmpty()) {
            QuarkusTransaction.joiningExisting().run(() -> attempt.slots().forEach(buckets::refund));
        }
    }

    @Override
    public String name() {
        return "rate limit buckets";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return buckets.deleteExpired(limit);
    }

    private Result take(Bucket... wanted) {
        if (!config.enabled()) {
            return new Allowed(List.of());
        }
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Allowed.Slot> taken = new ArrayList<>();
            for (Bucket bucket : wanted) {
                Optional<Instant> slot = buckets.take(
                        bucket.id(),
                        bucket.allowance().limit(),
                        bucket.allowance().window());
                if (slot.isEmpty()) {
                    // What is refused here hashes no password, and so does not count in another bucket either.
                    taken.forEach(buckets::refund);
                    Duration wait = buckets.wait(
                            bucket.id(),
                            bucket.allowance().limit(),
                            bucket.allowance().window());
                    return new Limited(wait);
                }
                taken.add(new Allowed.Slot(bucket.id(), slot.get()));
            }
            return new Allowed(taken);
        });
    }

    private static String accountBucket(EmailAddress account) {
        return "account:" + account.canonical();
    }

    private record Bucket(String id, Allowance allowance) {}
}
