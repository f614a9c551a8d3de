package dev.latchkey.gate;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.gate.GateDecision.Allowed;
import dev.latchkey.gate.GateDecision.Denied;
import dev.latchkey.gate.GateDecision.Identity;
import dev.latchkey.gate.GateDecision.Reason;
import dev.latchkey.platform.http.BearerToken;
import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.IpAddresses;
import dev.latchkey.platform.http.TrustedProxies;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.TrustedIssuers;
import dev.latchkey.token.VerificationResult;
import dev.latchkey.token.VerifiedToken;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides for a proxy whether a forwarded request may pass to a backend. From memory: no database is read, no thread waits.
 *
 * <p>The order of the checks: the proxy, the forwarded request, the meaning of its path, the rule that matches, the
 * caller's token, and whether the rule lets the caller pass. Whatever fails denies.
 */
@ApplicationScoped
class GateDecisions {

    private static final Logger LOG = Logger.getLogger(GateDecisions.class);

    private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AccessRules rules;
    private final boolean sendUnverifiedEmail;
    private final TrustedProxies proxies;
    private final AccessTokenVerifier verifier;
    private final TrustedIssuers issuers;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final GateMetrics metrics;
    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - 2 * WARNING_INTERVAL_NANOS);

    GateDecisions(
            GateRules rules,
            GateConfig config,
            TrustedProxies proxies,
            AccessTokenVerifier verifier,
            TrustedIssuers issuers,
            AuditLog audit,
            ClientResolver clients,
            GateMetrics metrics) {
        this.rules = rules.rules();
        this.sendUnverifiedEmail = config.sendUnverifiedEmail();
        this.proxies = proxies;
        this.verifier = verifier;
        this.issuers = issuers;
        this.audit = audit;
        this.clients = clients;
        this.metrics = metrics;
    }

    /**
     * A request to the gate. Its body is never looked at.
     *
     * @param peer the other end of the connection; null when it has no address
     * @param target the request target as it stands in the request line
     * @param client the client of the forwarded request, for the audit log; only denials need it
     */
    private record GateRequest(
            @Nullable InetAddress peer, String method, String target, MultiMap headers, Supplier<Client> client) {}

    /** The forwarded request, once its path has one meaning and a rule matches. */
    private record MatchedRequest(String method, CanonicalPath.Canonical path, AccessRule rule) {}

    /** Decides on a gate request; the stage never fails. */
    CompletionStage<GateDecision> decide(HttpServerRequest request) {
        CompletionStage<GateDecision> decision;
        try {
            decision = checkProxy(new GateRequest(
                    ClientResolver.peer(request).orElse(null),
                    request.method().name(),
                    request.uri(),
                    request.headers(),
                    () -> clients.of(request)));
        } catch (RuntimeException | Error failure) {
            decision = CompletableFuture.failedFuture(failure);
        }
        return decision.exceptionally(GateDecisions::undecided).whenComplete((made, none) -> report(made));
    }

    private CompletionStage<GateDecision> checkProxy(GateRequest request) {
        InetAddress peer = request.peer();
        if (peer == null || !proxies.contains(peer)) {
            return denied(
                    Reason.UNTRUSTED_PROXY,
                    "The gate takes requests from the addresses in LATCHKEY_TRUSTED_PROXIES only"
                            + (peer == null ? "." : ", and " + IpAddresses.text(peer) + " is not among them."));
        }
        return switch (ForwardedRequest.read(request.method(), request.target(), request.headers())) {
            case ForwardedRequest.Unclear(String message) -> denied(Reason.UNCLEAR_REQUEST, message);
            case ForwardedRequest.Forwarded(String method, String target) -> findRule(request, method, target);
        };
    }

    private CompletionStage<GateDecision> findRule(GateRequest request, String method, String target) {
        return switch (CanonicalPath.read(target)) {
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) ->
                denied(Reason.AMBIGUOUS_PATH, "The path is ambiguous: " + reason.text() + ".");
            case CanonicalPath.Canonical path -> {
                Optional<AccessRule> rule = rules.find(method, path.segments());
                yield rule.isEmpty()
                        ? denied(
                                Reason.NO_RULE,
                                rules.size() == 0
                                        ? "The gate has no rules, so no request passes; see latchkey.gate.rules."
                                        : "No rule of the gate matches this method and path.")
                        : verifyToken(request, new MatchedRequest(method, path, rule.get()));
            }
        };
    }

    private CompletionStage<GateDecision> verifyToken(GateRequest request, MatchedRequest matched) {
        return switch (BearerToken.in(request.headers())) {
            case BearerToken.None _ -> completed(applyRule(request, matched, null));
            case BearerToken.Several _ ->
                completed(applyRule(
                        request, matched, new VerificationResult.Refused(VerificationResult.Reason.MALFORMED)));
            case BearerToken.Given(String token) -> {
                VerificationResult result = verify(token, matched.rule());
                // A trusted issuer may have begun to use a key since its keys were read last.
                yield result instanceof VerificationResult.Refused(VerificationResult.Reason reason)
                                && reason == VerificationResult.Reason.UNKNOWN_KEY
                        ? issuers.lookForNewKeys()
                                .thenApply(found ->
                                        applyRule(request, matched, found ? verify(token, matched.rule()) : result))
                        : completed(applyRule(request, matched, result));
            }
        };
    }

    private @Nullable VerificationResult verify(String token, AccessRule rule) {
        try {
            return verifier.verify(token);
        } catch (AccessTokenVerifier.RevocationStateUnavailableException unavailable) {
            if (rule.requirement().allow() instanceof AccessRequirement.Allow.Everyone) {
                return null;
            }
            throw unavailable;
        }
    }

    /** Decides for a caller by the result for the token; null stands for no token. */
    private GateDecision applyRule(GateRequest request, MatchedRequest matched, @Nullable VerificationResult result) {
        VerifiedToken token = result instanceof VerificationResult.Accepted(VerifiedToken accepted) ? accepted : null;
        return switch (matched.rule().decide(matched.path().segments(), token)) {
            case Decision.Granted(@Nullable VerifiedToken caller) ->
                new Allowed(Identity.of(caller, matched.rule().requirement(), sendUnverifiedEmail));
            case Decision.NoToken _ -> denyToken(request, result);
            case Decision.NotOwner _ -> {
                recordOwnerRefusal(request, matched, token);
                yield new Denied(Reason.NOT_OWNER, "This route belongs to another user than the token.");
            }
            case Decision.NoRole _ ->
                new Denied(Reason.NO_ROLE, "This needs a role that the token's user does not have.");
            case Decision.OtherIssuer _ -> {
                recordOwnerRefusal(request, matched, token);
                yield new Denied(Reason.OTHER_ISSUER, "Tokens of this issuer are not accepted here.");
            }
        };
    }

    private GateDecision denyToken(GateRequest request, @Nullable VerificationResult result) {
        if (!(result instanceof VerificationResult.Refused(VerificationResult.Reason reason))) {
            return new Denied(Reason.NO_TOKEN, "This needs an access token: Authorization: Bearer <token>.");
        }
        if (reason == VerificationResult.Reason.EXPIRED) {
            return new Denied(
                    Reason.EXPIRED_TOKEN, "The access token has expired. Refresh the session or sign in again.");
        }
        audit.recordLater(
                AuditEvent.tokenRefused(reason.words(), request.client().get()));
        return new Denied(Reason.INVALID_TOKEN, "The access token is not valid. Sign in again.");
    }

    private void recordOwnerRefusal(GateRequest request, MatchedRequest matched, @Nullable VerifiedToken token) {
        if (token != null) {
            audit.recordLater(AuditEvent.ownerRefused(
                    token.qualifiedUserId(),
                    matched.method(),
                    matched.path().encoded(),
                    request.client().get()));
        }
    }

    private static GateDecision undecided(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessTokenVerifier.RevocationStateUnavailableException) {
                return new Denied(
                        Reason.UNDECIDED,
                        "The list of revoked tokens is too old to accept this one. Try again shortly.");
            }
        }
        LOG.error("A gate request failed unexpectedly", failure);
        return new Denied(Reason.UNDECIDED, "Something unexpected happened. The log has more under the request id.");
    }

    private void report(GateDecision decision) {
        metrics.count(decision);
        if (decision instanceof Denied(Reason reason, String message)
                && (reason == Reason.UNTRUSTED_PROXY || reason == Reason.UNCLEAR_REQUEST)) {
            // Most proxies do not pass the message on, and the operator of one has to see it somewhere.
            long last = lastWarning.get();
            long now = System.nanoTime();
            if (now - last > WARNING_INTERVAL_NANOS && lastWarning.compareAndSet(last, now)) {
                LOG.warnf("The gate denied a request because of the proxy's setup: %s (logged once a minute)", message);
            }
        }
    }

    private static CompletionStage<GateDecision> denied(Reason reason, String message) {
        return completed(new Denied(reason, message));
    }

    private static CompletionStage<GateDecision> completed(GateDecision decision) {
        return CompletableFuture.completedStage(decision);
    }
}
