package dev.latchkey.signin;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.RateLimits.Allowed.Slot;
import dev.latchkey.signin.RateLimits.Bucket;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Limits the security notices to a recipient, in the transaction of the change that they belong to. They count for nothing else,
 * so that notices keep no other e-mail back; and a notice counts only if it is sent.
 */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
class NoticeLimits {

    private static final Duration SAME_PROGRAM_WINDOW = Duration.ofDays(1);

    private final RateLimitRepository buckets;
    private final SignInConfig.RateLimit config;

    NoticeLimits(RateLimitRepository buckets, SignInConfig config) {
        this.buckets = buckets;
        this.config = config.rateLimit();
    }

    /**
     * Sends a notice, unless the recipient has had too many of its kind.
     *
     * @param sending returns whether there was room for the notice in the queue
     */
    void send(String kind, EmailAddress recipient, BooleanSupplier sending) {
        send(List.of(bucket(kind, recipient)), sending);
    }

    /**
     * Sends a notice that may come often: of one program in one network once a day, so that one which signs in all the time
     * does not use up what others of the same account are to be noticed by.
     */
    void send(String kind, EmailAddress recipient, Client client, String program, BooleanSupplier sending) {
        Bucket all = bucket(kind, recipient);
        String same = all.id() + ":" + client.network() + ":" + program;
        send(List.of(new Bucket(same, 1, SAME_PROGRAM_WINDOW, Bucket.NEVER), all), sending);
    }

    private void send(List<Bucket> wanted, BooleanSupplier sending) {
        boolean limited = config.enabled();
        List<Slot> taken = limited ? buckets.take(wanted) : List.of();
        boolean sent = (!limited || taken.size() == wanted.size()) && sending.getAsBoolean();
        if (!sent && !taken.isEmpty()) {
            buckets.refund(taken, false);
        }
    }

    private Bucket bucket(String kind, EmailAddress recipient) {
        return Bucket.of(
                "notice:" + kind + ":" + recipient.canonical(), config.mail().recipient());
    }
}
