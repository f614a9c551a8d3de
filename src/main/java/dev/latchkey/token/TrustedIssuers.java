package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.Secrets;
import dev.latchkey.key.VerificationKey;
import dev.latchkey.token.TrustedIssuerConfig.Trusted;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;

/** The other issuers that the settings name, each checked at start, and their published keys kept up to date. */
@ApplicationScoped
@Startup // A setting that cannot work stops the boot, not the first token.
public class TrustedIssuers {

    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final List<TrustedIssuer> all = new ArrayList<>();
    private final List<RemoteJwks> remote = new ArrayList<>();
    private final Clock clock;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("trusted-issuers").factory());

    TrustedIssuers(TrustedIssuerConfig config, Issuer ours, Clock clock) {
        this.clock = clock;
        config.issuers().forEach((name, settings) -> all.add(issuer(name, settings, ours)));
        if (!remote.isEmpty()) {
            var unused = clockwork.scheduleWithFixedDelay(
                    () -> remote.forEach(RemoteJwks::refresh), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @PreDestroy
    void end() {
        clockwork.shutdownNow();
    }

    List<TrustedIssuer> all() {
        return all;
    }

    /** Whose tokens count besides ours. */
    public List<TokenOrigin> origins() {
        return all.stream().map(TrustedIssuer::origin).toList();
    }

    /** For a token whose key is not known: true when it is worth judging it again, for there may be new keys. */
    public CompletionStage<Boolean> lookForNewKeys() {
        List<CompletableFuture<Boolean>> looks =
                remote.stream().map(RemoteJwks::look).toList();
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> looks.stream().anyMatch(CompletableFuture::join));
    }

    private TrustedIssuer issuer(String name, Trusted settings, Issuer ours) {
        if (name.equals(TokenOrigin.OURS)) {
            throw fault(
                    name,
                    "issuer",
                    "is called " + name + ", which is what we are called ourselves; give it another name");
        }
        boolean published = settings.jwksUrl().isPresent();
        boolean shared = settings.secret().isPresent() || settings.secretFile().isPresent();
        if (published == shared) {
            throw fault(name, "jwks-url", "and .secret: give one of them, by which its tokens are verified");
        }
        if (settings.issuer().isPresent() && settings.issuer().get().equals(ours.name())) {
            throw fault(name, "issuer", "is our own issuer; tokens of two services must be told apart");
        }
        TokenOrigin origin = new TokenOrigin(name, false, settings.sharesUsers());
        Supplier<List<VerificationKey>> keys;
        if (published) {
            URI url = checked(name, settings.jwksUrl().get());
            if (settings.issuer().isEmpty() || settings.audience().isEmpty()) {
                // RFC 8725 section 3.8 and 3.9: else whatever it signs for anybody would be taken here.
                throw fault(
                        name, settings.issuer().isEmpty() ? "issuer" : "audience", "must be given beside .jwks-url");
            }
            RemoteJwks source = new RemoteJwks(name, url, algorithms(name, settings), client(), clock);
            remote.add(source);
            keys = source::known;
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
                keys);
    }

    private static URI checked(String name, URI url) {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        boolean local = "http".equalsIgnoreCase(url.getScheme()) && LOOPBACK.contains(String.valueOf(url.getHost()));
        if (url.getHost() == null || !(secure || local)) {
            // Security: who can alter the keys under way can sign tokens.
            throw fault(name, "jwks-url", "must be an https address (plain http on a loopback address only)");
        }
        return url;
    }

    private static Set<Algorithm> algorithms(String name, Trusted settings) {
        Set<Algorithm> asymmetric = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));
        Optional<List<String>> named = settings.algorithms();
        if (named.isEmpty()) {
            return asymmetric;
        }
        Set<Algorithm> chosen = EnumSet.noneOf(Algorithm.class);
        for (String one : named.get()) {
            chosen.add(Algorithm.named(one)
                    .filter(asymmetric::contains)
                    .orElseThrow(() -> fault(
                            name,
                            "algorithms",
                            "has '" + one + "', and may have "
                                    + asymmetric.stream().map(Algorithm::jose).collect(Collectors.joining(", ")))));
        }
        return chosen;
    }

    private static VerificationKey secret(String name, Trusted settings) {
        settings.algorithms().filter(named -> !named.equals(List.of("HS256"))).ifPresent(others -> {
            throw fault(name, "algorithms", "can only be HS256 beside a secret");
        });
        byte[] bytes = Secrets.read(
                        "latchkey.token.trusted." + name + ".secret", settings.secret(), settings.secretFile())
                .orElseThrow();
        return new VerificationKey(
                settings.keyId().map(KeyId::new).orElse(null), Algorithm.HS256, new SecretKeySpec(bytes, "HmacSHA256"));
    }

    private static HttpClient client() {
        // Security: the address was checked, what it may redirect to was not.
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    private static ConfigurationException fault(String name, String setting, String words) {
        return new ConfigurationException("latchkey.token.trusted." + name + "." + setting + " " + words);
    }
}
