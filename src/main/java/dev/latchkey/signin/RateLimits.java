package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.HttpConfig;
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
 * hashes. What is over its limit is refused from memory ({@link FullBuckets}).
 *
 * <p>Not bucket4j: an attempt is counted in one statement, only if there is room, so that no two take the last place; and a
 * refund takes out the very attempt that succeeded, where a token bucket could only give some token back.
 */
@ApplicationScoped
public class RateLimits implements Expirable {

    private static final String ACCOUNT = "account:";
    private static final String DEVICE = "device:";

    /**
     * Beside so many rows with consecutive failures, none is kept for addresses without an account: some 10 MB. To make one costs
     * a hash, and an attempt within the limits.
     */
    private static final int MAX_UNKNOWN_ADDRESSES = 100_000;

    /** In how many steps one call looks for what is too much, each as large as what may be deleted: the rest is for the next call. */
    private static final int SURPLUS_SLICES = 10;

    private final RateLimitRepository buckets;
    private final FullBuckets full;
    private final TargetedAccounts targeted;
    private final AfterCommit afterCommit;
    private final SignInConfig.RateLimit config;
    private final int siteFactor;
    private final Turns turns = new Turns();

    /** Up to where this replica has looked for what is too much; it goes on from there, and begins anew at the end. */
    private volatile RateLimitRepository.Position surplusRead = RateLimitRepository.Position.START;

    RateLimits(
            RateLimitRepository buckets,
            FullBuckets full,
            TargetedAccounts targeted,
            AfterCommit afterCommit,
            SignInConfig config,
            HttpConfig http) {
        this.buckets = buckets;
        this.full = full;
        this.targeted = targeted;
        this.afterCommit = afterCommit;
        this.config = config.rateLimit();
        this.siteFactor = http.ipv6SiteFactor();
    }

    /** The result of counting an attempt. */
    public sealed interface Result {}

    /** The attempt is allowed and was counted; it is refunded if it succeeds. */
    public record Allowed(List<Slot> slots) implements Result {

        /** A counted attempt: the bucket and the instant that stands for it there. */
        record Slot(Bucket bucket, Instant takenAt) {}
    }

    /**
     * The rate limit is exceeded, so the attempt is not allowed.
     *
     * @param fromMemory whether this was known without asking the database
     * @param locked whether there were too many consecutive failures
     */
    public record Limited(Duration retryAfter, boolean fromMemory, boolean locked) implements Result {}

    /**
     * A number of attempts in a window of time.
     *
     * @param lockAfter the number of consecutive failures that lock the bucket
     */
    record Bucket(String id, int limit, Duration window, int lockAfter) {

        static final int NEVER = Integer.MAX_VALUE;

        static Bucket of(String id, Allowance allowance) {
            return new Bucket(id, allowance.limit(), allowance.window(), NEVER);
        }

        Bucket lockedAfter(int failures) {
            return new Bucket(id, limit, window, failures);
        }

        boolean canLock() {
            return lockAfter != NEVER;
        }

        /** Returns whether the attempts are those of a known device. */
        boolean ofDevice() {
            return id.startsWith(DEVICE);
        }
    }

    /** Returns whether a password attempt is refused from memory, be it for the client or the account. */
    Optional<Limited> checkMemory(EmailAddress account, Client client) {
        List<Bucket> wanted = forClient("address:", client, config.address());
        wanted.add(accountBucket(account));
        return known(wanted);
    }

    /** Returns whether a client's password attempts are refused from memory, at whatever account. */
    Optional<Limited> checkMemory(Client client) {
        return known(forClient("address:", client, config.address()));
    }

    /** Counts an attempt at an account's password. */
    Result checkPassword(EmailAddress account, Client client) {
        // Always in this order, so that two attempts never wait for each other's bucket. The client's comes first: one
        // that is over its limit touches no account's.
        List<Bucket> wanted = forClient("address:", client, config.address());
        wanted.add(accountBucket(account));
        return take(client, wanted);
    }

    /** Counts an attempt of a known device at an account's password, which has a limit of its own. */
    Result checkPassword(EmailAddress account, KnownDevices.Device device, Client client) {
        List<Bucket> wanted = forClient("address:", client, config.address());
        wanted.add(deviceBucket(account, device));
        return take(client, wanted);
    }

    /** Counts a sign-up. */
    Result checkSignUp(Client client) {
        return take(client, forClient("sign-up:", client, config.signUp()));
    }

    /**
     * Counts a password that is chosen by an e-mail link, for the client and for the account each as often as sign-ups.
     *
     * <p>Security: it may be looked up with another service, and a link is valid for more than one that is refused.
     */
    public Result checkReset(EmailAddress account, Client client) {
        List<Bucket> wanted = forClient("reset:", client, config.signUp());
        wanted.add(Bucket.of("reset:" + account.canonical(), config.signUp()));
        return take(client, wanted);
    }

    /**
     * Counts an e-mail to an address, sent or not.
     *
     * @param kind what the e-mail is for; each kind has its own limit per recipient, so that an attacker who requests
     *     password resets for a user does not keep other e-mails from them
     */
    public Result checkEmail(String kind, EmailAddress recipient, Client client) {
        List<Bucket> wanted = forClient("mail:", client, config.mail().address());
        wanted.add(Bucket.of(
                "mail:" + kind + ":" + recipient.canonical(), config.mail().recipient()));
        return take(client, wanted);
    }

    /** Returns whether an account is locked, which it is after too many consecutive failures. */
    public boolean isLocked(EmailAddress account) {
        return config.enabled()
                && QuarkusTransaction.joiningExisting()
                        .call(() -> buckets.full(accountBucket(account)))
                        .filter(RateLimitRepository.Full::locked)
                        .isPresent();
    }

    /** Clears the failures of an account and unlocks it, in the caller's transaction. */
    public void reset(EmailAddress account) {
        reset(List.of(account));
    }

    /** Does the same for many accounts. */
    public void reset(List<EmailAddress> accounts) {
        if (!accounts.isEmpty()) {
            List<String> ids = accounts.stream()
                    .map(account -> accountBucket(account).id())
                    .toList();
            buckets.deleteAll(ids);
            afterCommit.run(() -> ids.forEach(full::forget));
        }
    }

    /** Clears what was attempted at an address before it became this user's, in the caller's transaction. */
    public void addressChanged(AccountId user, EmailAddress address) {
        reset(address);
        afterCommit.run(() -> targeted.forget(user));
    }

    /** Refunds an attempt that never hashed a password, in the caller's transaction if there is one. */
    public void refund(Allowed attempt) {
        refund(attempt, false);
    }

    /** Refunds an attempt that succeeded, in the caller's transaction if there is one; consecutive failures end with it. */
    public void succeeded(Allowed attempt) {
        refund(attempt, true);
    }

    private void refund(Allowed attempt, boolean succeeded) {
        if (!attempt.slots().isEmpty()) {
            QuarkusTransaction.joiningExisting().run(() -> {
                buckets.refund(attempt.slots(), succeeded);
                attempt.slots()
                        .forEach(slot ->
                                afterCommit.run(() -> full.forget(slot.bucket().id())));
            });
        }
    }

    @Override
    public String name() {
        return "rate limit buckets";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        int expired = buckets.deleteExpired(limit);
        return expired < limit ? expired + deleteSurplus(limit - expired) : expired;
    }

    /** Looks at some of the rows that are too many; with millions of accounts it is millions of them, most of which stay. */
    private int deleteSurplus(int limit) {
        Optional<String> newest = buckets.newestSurplus(MAX_UNKNOWN_ADDRESSES);
        int deleted = 0;
        for (int i = 0; i < SURPLUS_SLICES && newest.isPresent() && deleted < limit; i++) {
            RateLimitRepository.Slice slice =
                    buckets.deleteSurplus(ACCOUNT, surplusRead, newest.get(), limit - deleted);
            deleted += slice.deleted();
            surplusRead = slice.last().orElse(RateLimitRepository.Position.START);
            if (slice.last().isEmpty()) {
                break;
            }
        }
        return deleted;
    }

    private Result take(Client client, List<Bucket> wanted) {
        if (!config.enabled()) {
            return new Allowed(List.of());
        }
        Optional<Limited> known = known(wanted);
        if (known.isPresent()) {
            return known.get();
        }
        // The first row that is locked is that of the /48.
        return turns.<Result>take(client.site().orElseGet(client::network), () -> {
                    Optional<Limited> knownByNow = known(wanted);
                    return knownByNow.isPresent()
                            ? knownByNow.get()
                            : QuarkusTransaction.requiringNew().call(() -> taken(wanted));
                })
                .orElseGet(() -> new Limited(Turns.MAX_WAIT, true, false));
    }

    private Optional<Limited> known(List<Bucket> wanted) {
        return wanted.stream()
                .flatMap(bucket -> full.find(bucket.id()).stream())
                .findFirst();
    }

    private Result taken(List<Bucket> wanted) {
        List<Long> marks = wanted.stream().map(bucket -> full.mark(bucket.id())).toList();
        List<Allowed.Slot> taken = buckets.take(wanted);
        if (taken.size() == wanted.size()) {
            return new Allowed(taken);
        }
        if (!taken.isEmpty()) {
            // What is refused hashes no password, and so does not count in another bucket either.
            buckets.refund(taken, false);
        }
        for (int i = 0; i < wanted.size(); i++) {
            Bucket bucket = wanted.get(i);
            Optional<RateLimitRepository.Full> found = buckets.full(bucket);
            if (found.filter(it -> it.locked() || it.untilRoom().isPositive()).isPresent()) {
                // A locked account responds as one over its limit.
                Limited limited = new Limited(
                        found.get().locked() ? bucket.window() : found.get().untilRoom(),
                        false,
                        found.get().locked());
                full.remember(bucket.id(), limited, marks.get(i));
                return limited;
            }
        }
        // It has room again by now.
        return new Limited(Duration.ZERO, false, false);
    }

    /** The buckets of a client: an IPv6 one also counts for its /48, which has a wider budget. */
    private List<Bucket> forClient(String prefix, Client client, Allowance allowance) {
        List<Bucket> wanted = new ArrayList<>();
        client.site().ifPresent(site -> {
            int limit = (int) Math.min(Integer.MAX_VALUE, (long) allowance.limit() * siteFactor);
            wanted.add(new Bucket(prefix + site, limit, allowance.window(), Bucket.NEVER));
        });
        wanted.add(Bucket.of(prefix + client.network(), allowance));
        return wanted;
    }

    private Bucket accountBucket(EmailAddress account) {
        return Bucket.of(ACCOUNT + account.canonical(), config.account()).lockedAfter(config.lockAfter());
    }

    private Bucket deviceBucket(EmailAddress account, KnownDevices.Device device) {
        return Bucket.of(DEVICE + device.id() + ":" + account.canonical(), config.device())
                .lockedAfter(config.lockAfter());
    }
}
