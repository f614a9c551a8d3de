package dev.latchkey.platform.http;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Checks the public URL, the origins of front ends and the proxies that a deployment trusts. */
@Singleton
class HttpSettingsCheck implements ConfigurationCheck {

    static final String PUBLIC_URL = "LATCHKEY_PUBLIC_URL";
    static final String TRUSTED_ORIGINS = "LATCHKEY_TRUSTED_ORIGINS";
    static final String TRUSTED_PROXIES = "LATCHKEY_TRUSTED_PROXIES";

    private final HttpConfig config;
    private final boolean http2;

    HttpSettingsCheck(
            HttpConfig config, @ConfigProperty(name = "quarkus.http.http2", defaultValue = "false") boolean http2) {
        this.config = config;
        this.http2 = http2;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(checkPublicUrl(config.publicUrl().orElse("").strip()));
        problems.addAll(checkTrustedOrigins(config.trustedOrigins().orElse(List.of())));
        problems.addAll(checkTrustedProxies(config.trustedProxies().orElse(List.of())));
        problems.addAll(checkRequestLimit(config.requestLimit(), config.ipv6SiteFactor()));
        problems.addAll(checkHttp2(http2));
        problems.addAll(checkLimits(config));
        return problems;
    }

    static List<ConfigurationProblem> checkPublicUrl(String url) {
        if (url.isEmpty()) {
            return List.of(
                    ConfigurationProblem.errorInProduction(
                            PUBLIC_URL,
                            "is missing; set it to the origin under which clients reach the service, such as https://id.example.com"));
        }
        Optional<Origin> origin = parse(url);
        if (origin.isEmpty()) {
            return List.of(ConfigurationProblem.error(
                    PUBLIC_URL,
                    "is not an origin; it must be https:// and a host, with a port if need be, and nothing behind"));
        }
        if (origin.get().isHttps()) {
            return List.of();
        }
        return List.of(
                origin.get().isLoopback()
                        ? ConfigurationProblem.warning(
                                PUBLIC_URL,
                                "is plain http, so cookies are not marked secure; fine on this machine only")
                        : ConfigurationProblem.errorInProduction(
                                PUBLIC_URL, "is plain http; use https, the proxy in front may terminate it"));
    }

    static List<ConfigurationProblem> checkTrustedOrigins(List<String> origins) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (String entry : origins) {
            String text = entry.strip();
            if (text.isEmpty()) {
                continue;
            }
            Optional<Origin> origin = parse(text);
            if (text.contains("*")) {
                problems.add(ConfigurationProblem.error(
                        TRUSTED_ORIGINS,
                        "holds the wildcard " + text
                                + "; name each origin, for a script of any of them acts as its user"));
            } else if (origin.isEmpty()) {
                problems.add(
                        ConfigurationProblem.error(
                                TRUSTED_ORIGINS,
                                "holds " + text
                                        + ", which is no origin; write https:// and a host, in lower case, with a port if need be, and nothing behind"));
            } else if (!origin.get().isHttps() && !origin.get().isLoopback()) {
                problems.add(
                        ConfigurationProblem.error(
                                TRUSTED_ORIGINS,
                                "holds " + text
                                        + ", which is plain http: an attacker on its network path can act as its users; use https"));
            }
        }
        return problems;
    }

    static List<ConfigurationProblem> checkTrustedProxies(List<String> proxies) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (String proxy : proxies) {
            TrustedProxies.error(proxy)
                    .ifPresent(error -> problems.add(ConfigurationProblem.error(TRUSTED_PROXIES, error)));
        }
        return problems;
    }

    static List<ConfigurationProblem> checkRequestLimit(int limit, int siteFactor) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (limit < 0) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.http.request-limit",
                    "is " + limit + "; set a number of requests a minute, or 0 for no limit"));
        }
        if (siteFactor < 1) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.http.ipv6-site-factor", "is " + siteFactor + "; it must be at least 1"));
        }
        return problems;
    }

    /** Refuses limits with which no request could be answered. */
    static List<ConfigurationProblem> checkLimits(HttpConfig config) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(ConfigurationProblem.unlessPositive(
                "latchkey.http.head.timeout", config.head().timeout()));
        problems.addAll(ConfigurationProblem.unlessPositive(
                "latchkey.http.body.timeout", config.body().timeout()));
        problems.addAll(ConfigurationProblem.unlessPositive(
                "latchkey.http.body.start-timeout", config.body().startTimeout()));
        if (config.maxRequests() < 1) {
            problems.add(ConfigurationProblem.error("latchkey.http.max-requests", "must be at least 1"));
        }
        if (config.body().maxConcurrent() < 1) {
            problems.add(ConfigurationProblem.error("latchkey.http.body.max-concurrent", "must be at least 1"));
        }
        return problems;
    }

    static List<ConfigurationProblem> checkHttp2(boolean enabled) {
        return enabled
                ? List.of(ConfigurationProblem.error(
                        "quarkus.http.http2",
                        "must stay false: requests with a body would fail; proxies speak HTTP/1.1 to a backend"))
                : List.of();
    }

    /** Accepts an origin only as a browser writes it in an Origin header, since that is what it is compared with. */
    private static Optional<Origin> parse(String text) {
        return Origin.parse(text).filter(origin -> text.equals(text.toLowerCase(Locale.ROOT)));
    }
}
