package dev.latchkey.platform.boot;

import dev.latchkey.platform.http.KnownOrigins;
import dev.latchkey.platform.http.TrustedOrigins;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** Reads, by name, the settings of the features and the framework that concern running the service. */
final class SettingsSource {

    private final Config config;

    SettingsSource(Config config) {
        this.config = config;
    }

    @Produces
    @Singleton
    Settings settings() {
        return new Settings(
                text("latchkey.http.public-url"),
                list("latchkey.http.trusted-origins"),
                text("quarkus.datasource.jdbc.url"),
                secret("LATCHKEY_SECRET", "latchkey.key.secret"),
                secret("LATCHKEY_JWT_SECRET", "latchkey.key.jwt-secret"),
                secret("LATCHKEY_JWT_SECRET_PREVIOUS", "latchkey.key.jwt-secret-previous"),
                secret("LATCHKEY_BETTER_AUTH_SECRET", "latchkey.key.better-auth-secret"),
                config.getOptionalValue("latchkey.signin.rate-limit.enabled", Boolean.class)
                        .orElse(true),
                config.getOptionalValue("quarkus.http.http2", Boolean.class).orElse(false),
                new Settings.Lifetimes(
                        duration("latchkey.token.leeway"),
                        duration("latchkey.token.access-lifetime"),
                        duration("latchkey.token.renewal-window"),
                        duration("latchkey.session.idle-lifetime"),
                        duration("latchkey.session.absolute-lifetime")),
                duration("quarkus.shutdown.delay"));
    }

    @Produces
    @Singleton
    KnownOrigins knownOrigins(Instance<TrustedOrigins> origins) {
        // Only asked for when a request comes: filters are set up before the boot checks can say what is wrong with
        // one.
        return origin -> origins.get().contains(origin);
    }

    private String text(String name) {
        return config.getOptionalValue(name, String.class).orElse("").strip();
    }

    private List<String> list(String name) {
        return Stream.of(text(name).split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private Settings.Secret secret(String variable, String name) {
        return new Settings.Secret(
                variable, config.getOptionalValue(name, String.class).orElse(""), text(name + "-file"));
    }

    private Duration duration(String name) {
        return config.getOptionalValue(name, Duration.class).orElse(Duration.ZERO);
    }
}
