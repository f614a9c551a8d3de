package dev.latchkey.gate;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.gate.GateDecision.Pass;
import dev.latchkey.gate.GateDecision.Refusal;
import dev.latchkey.gate.GateDecision.Refused;
import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.IpAddresses;
import dev.latchkey.platform.http.TrustedProxies;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.RevocationStateUnavailableException;
import dev.latchkey.token.TrustedIssuers;
import dev.latchkey.token.VerificationResult;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerifiedToken;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides for a proxy whether somebody's request may pass to a backend. From memory: no database is asked, no thread waits.
 *
 * <p>The order: who asks and about what, what the path means, which rule is about it, who the caller is, and whether the
 * rule lets them pass. Whatever fails refuses.
 */
@ApplicationScoped
public class GateDecisions {

    private static final Logger LOG = Logger.getLogger(GateDecisions.class);

    private static final String SCHEME = "Bearer ";

    private static final long REMINDER_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AccessRules rules;
    private final TrustedProxies proxies;
    private final AccessTokenVerifier verifier;
    private final TrustedIssuers trusted;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final GateMetrics counts;
    private final AtomicLong reminded = new AtomicLong(System.nanoTime() - 2 * REMINDER_NANOS);

    GateDecisions(
            GateRules rules,
            TrustedProxies proxies,
            AccessTokenVerifier verifier,
            TrustedIssuers trusted,
            AuditLog audit,
            ClientResolver clients,
            GateMetrics counts) {
        this.rules = rules.rules();
        this.proxies = proxies;
        this.verifier = verifier;
        this.trusted = trusted;
        this.audit = audit;
        this.clients = clients;
        this.counts = counts;
    }

    /** Whether a request is a question to the gate, by its target as it stands in the request line. */
    public static boolean isAsked(String rawTarget) {
        return ForwardedRequest.isQuestion(rawTarget);
    }

    /** Answers a question; the stage never fails. */
    public CompletionStage<GateDecision> decide(HttpServerRequest request) {
        CompletionStage<GateDecision> answer;
        try {
            answer = decide(GateRequest.of(request, clients));
        } catch (RuntimeException | Error failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        return answer.exceptionally(GateDecisions::unjudged).whenComplete((given, none) -> note(given));
    }

    private void note(GateDecision answer) {
        counts.count(answer);
        if (answer instanceof Refused(Refusal why, String sentence)
                && (why == Refusal.STRANGER || why == Refusal.UNCLEAR)) {
            // Most proxies keep the sentence to themselves, and whoever sets one up has to see it somewhere.
            long last = reminded.get();
            long now = System.nanoTime();
            if (now - last > REMINDER_NANOS && reminded.compareAndSet(last, now)) {
                LOG.warnf("The gate refused a question for the way it was asked: %s (told once a minute)", sentence);
            }
        }
    }

    private CompletionStage<GateDecision> decide(GateRequest question) {
        if (question.peer() == null || !proxies.contains(question.peer())) {
            return now(new Refused(
                    Refusal.STRANGER,
                    "The gate takes questions from the addresses in LATCHKEY_TRUSTED_PROXIES only"
                            + (question.peer() == null
                                    ? "."
                                    : ", and " + IpAddresses.text(question.peer()) + " is not among them.")));
        }
        return switch (ForwardedRequest.read(question.method(), question.target(), question.headers())) {
            case ForwardedRequest.Unclear(String sentence) -> now(new Refused(Refusal.UNCLEAR, sentence));
            case ForwardedRequest.Asked(String method, String target) -> decide(question, method, target);
        };
    }

    private CompletionStage<GateDecision> decide(GateRequest question, String method, String target) {
        return switch (CanonicalPath.read(target)) {
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) ->
                now(new Refused(
                        Refusal.AMBIGUOUS_PATH, "The path can be read in more than one way: " + reason.text() + "."));
            case CanonicalPath.Canonical path -> {
                Optional<AccessRule> rule = rules.deciding(method, path.segments());
                yield rule.isEmpty()
                        ? now(new Refused(
                                Refusal.NO_RULE,
                                rules.size() == 0
                                        ? "The gate has no rules, so it lets nothing pass; see latchkey.gate.rules."
                                        : "No rule of the gate is about this method and path."))
                        : decide(question, new Asked(method, path, rule.get()));
            }
        };
    }

    private CompletionStage<GateDecision> decide(GateRequest question, Asked asked) {
        List<String> credentials = question.headers().getAll("Authorization");
        // Security: of two the backend may read the other one.
        if (credentials.size() != 1) {
            return now(answer(
                    question, asked, credentials.isEmpty() ? null : new VerificationResult.Refused(Reason.MALFORMED)));
        }
        String credential = credentials.getFirst();
        if (!credential.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return now(answer(question, asked, null));
        }
        String token = credential.substring(SCHEME.length());
        VerificationResult verdict = judged(token, asked);
        if (verdict instanceof VerificationResult.Refused(Reason reason) && reason == Reason.UNKNOWN_KEY) {
            // A trusted issuer may have begun to use a key since its keys were read last.
            return trusted.lookForNewKeys()
                    .thenApply(isWorthwhile -> answer(question, asked, isWorthwhile ? judged(token, asked) : verdict));
        }
        return now(answer(question, asked, verdict));
    }

    private @Nullable VerificationResult judged(String token, Asked asked) {
        try {
            return verifier.verify(token);
        } catch (RevocationStateUnavailableException unknown) {
            if (asked.rule().demand().allow() instanceof Requirement.Everybody) {
                return null;
            }
            throw unknown;
        }
    }

    /** Answers for a caller whose token was judged; null stands for no token. */
    private GateDecision answer(GateRequest question, Asked asked, @Nullable VerificationResult verdict) {
        VerifiedToken caller = verdict instanceof Accepted(VerifiedToken token) ? token : null;
        return switch (asked.rule().decide(asked.path().segments(), caller)) {
            case AccessDecision.Granted(@Nullable VerifiedToken counting) ->
                new Pass(Identity.of(counting, asked.rule().demand()));
            case AccessDecision.NoToken _ -> refusedToken(question, verdict);
            case AccessDecision.NotOwner _ -> {
                noteOwner(question, asked, caller);
                yield new Refused(Refusal.NOT_OWNER, "This route belongs to another user than the token.");
            }
            case AccessDecision.NoRole _ ->
                new Refused(Refusal.NO_ROLE, "This needs a role that the token's user does not have.");
            case AccessDecision.OtherIssuer _ -> {
                noteOwner(question, asked, caller);
                yield new Refused(Refusal.OTHER_ISSUER, "Tokens of this issuer do not count here.");
            }
        };
    }

    private GateDecision refusedToken(GateRequest question, @Nullable VerificationResult verdict) {
        if (!(verdict instanceof VerificationResult.Refused(Reason reason))) {
            return new Refused(Refusal.NO_TOKEN, "This needs an access token: Authorization: Bearer <token>.");
        }
        if (reason == Reason.EXPIRED) {
            return new Refused(
                    Refusal.EXPIRED_TOKEN, "The access token has expired. Refresh the session or sign in again.");
        }
        audit.recordLater(AuditEvent.tokenRefused(reason.words(), question.client()));
        return new Refused(Refusal.BAD_TOKEN, "The access token is not valid. Sign in again.");
    }

    private void noteOwner(GateRequest question, Asked asked, @Nullable VerifiedToken caller) {
        if (caller != null) {
            audit.recordLater(AuditEvent.ownerRefused(
                    OwnerFilter.recorded(caller), asked.method(), asked.path().encoded(), question.client()));
        }
    }

    private static GateDecision unjudged(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RevocationStateUnavailableException) {
                return new Refused(
                        Refusal.UNJUDGED,
                        "Too little is known of revoked tokens to judge this one. Try again shortly.");
            }
        }
        LOG.error("A question to the gate failed unexpectedly", failure);
        return new Refused(Refusal.UNJUDGED, "Something unexpected happened. The log has more under the request id.");
    }

    private static CompletionStage<GateDecision> now(GateDecision answer) {
        return CompletableFuture.completedStage(answer);
    }

    private record Asked(String method, CanonicalPath.Canonical path, AccessRule rule) {}
}
