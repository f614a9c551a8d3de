package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.Secrets;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.http.OutboundHttp;
import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
import dev.latchkey.token.TrustedIssuerConfig.Trusted;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;

/** The other issuers that the settings name, and their published keys, kept up to date. */
@ApplicationScoped
public class TrustedIssuers {

    private static final Duration TICK = Duration.ofSeconds(2);
    /** Nothing in a round waits: keys are fetched in the background. */
    private static final Duration MAX_ROUND = Duration.ofSeconds(60);

    private final List<TokenOrigin> origins = new ArrayList<>();
    private final List<TrustedIssuer> all = new ArrayList<>();
    private final List<RemoteJwks> remote = new ArrayList<>();
    private final OutboundHttp http;
    private final Clock clock;
    private final BackgroundThread refresher;

    TrustedIssuers(TrustedIssuerConfig config, OutboundHttp http, Clock clock, BackgroundThreads threads) {
        this.http = http;
        this.clock = clock;
        this.refresher = threads.create("latchkey-trusted-issuers", MAX_ROUND, this::refreshAndPause);
        config.issuers().forEach((name, settings) -> {
            origins.add(new TokenOrigin(name, false, settings.sharesUsers()));
            // Security: one whose settings are wrong ends the start; should it go on, its tokens are refused.
            if (TrustedIssuersCheck.check(name, settings, Optional.empty()).isEmpty()) {
                all.add(issuer(name, settings));
            }
        });
    }

    void start(@Observes @Priority(StartOrder.JOBS) StartupEvent event) {
        if (!remote.isEmpty() && !CommandMode.isOn()) {
            refresher.start();
        }
    }

    @PreDestroy
    void end() {
        refresher.stop(Duration.ZERO);
    }

    private void refreshAndPause() throws InterruptedException {
        for (RemoteJwks source : remote) {
            source.refresh();
        }
        TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
    }

    /** The issuers that publish their keys. */
    List<RemoteJwks> remote() {
        return List.copyOf(remote);
    }

    List<TrustedIssuer> all() {
        return all;
    }

    /** Returns the origins of tokens that are accepted besides ours. */
    public List<TokenOrigin> origins() {
        return List.copyOf(origins);
    }

    /** Fetches keys for a token whose key is unknown; true if the token should be verified again, for there may be new keys. */
    public CompletionStage<Boolean> lookForNewKeys() {
        List<CompletableFuture<Boolean>> looks =
                remote.stream().map(RemoteJwks::fetchForUnknownKey).toList();
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> looks.stream().anyMatch(CompletableFuture::join));
    }

    private TrustedIssuer issuer(String name, Trusted settings) {
        TokenOrigin origin = new TokenOrigin(name, false, settings.sharesUsers());
        Supplier<List<VerificationKey>> keys;
        if (settings.jwksUrl().isPresent()) {
            RemoteJwks source = new RemoteJwks(
                    name, settings.jwksUrl().get(), algorithms(settings), settings.keysMaxAge(), http, clock);
            remote.add(source);
            keys = source::keys;
        } else {
            List<VerificationKey> secret = List.of(secret(name, settings));
            keys = () -> secret;
        }
        return new TrustedIssuer(
                origin,
                settings.types()
                        .map(types ->
                                types.stream().map(TrustedIssuer::normalised).collect(Collectors.toUnmodifiableSet()))
                        .orElse(TrustedIssuer.USUAL_TYPES),
                settings.issuer().orElse(null),
                settings.audience().orElse(null),
                settings.userClaim(),
                settings.emailClaim(),
                settings.endClaim().orElse(null),
                settings.sharesUsers() ? settings.maxLifetime() : null,
                keys);
    }

    private static Set<Algorithm> algorithms(Trusted settings) {
        return settings.algorithms()
                .map(names -> names.stream()
                        .flatMap(name -> Algorithm.named(name).stream())
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(TrustedIssuersCheck.ASYMMETRIC);
    }

    private static VerificationKey secret(String name, Trusted settings) {
        byte[] bytes = Secrets.read(
                        "latchkey.token.trusted." + name + ".secret", settings.secret(), settings.secretFile())
                .orElseThrow();
        return new VerificationKey(
                settings.keyId().map(KeyId::new).orElse(null), Algorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256"));
    }
}
