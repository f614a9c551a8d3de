package dev.latchkey.platform.http;

import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The origin under which clients reach the service ({@code LATCHKEY_PUBLIC_URL}). */
@Singleton
public final class PublicUrl {

    private final @Nullable String origin;

    @Inject
    PublicUrl(HttpConfig config) {
        this(config.publicUrl().orElse("").strip());
    }

    private PublicUrl(String url) {
        // No failure here: a configuration check reports a bad one together with all other settings, and there are
        // commands that need none.
        this.origin = Origin.ofUrl(url).isPresent() ? Origin.withoutPath(url).toLowerCase(Locale.ROOT) : null;
    }

    /** The public URL that this text is; with a path, its origin is meant. */
    public static PublicUrl of(String url) {
        return new PublicUrl(url);
    }

    /**
     * The origin as it is configured, in lower case.
     *
     * @throws IllegalStateException if there is none, which the configuration checks report at start
     */
    public String origin() {
        if (origin == null) {
            throw new IllegalStateException("LATCHKEY_PUBLIC_URL is missing or no http or https origin;"
                    + " it is the origin under which clients reach the service");
        }
        return origin;
    }

    /** The origin, or nothing if there is none. */
    public Optional<String> originIfPresent() {
        return Optional.ofNullable(origin);
    }

    /** Host and port, as shown to users. */
    public String authority() {
        return origin().substring(origin().indexOf("://") + 3);
    }

    /** The host, without a port, or nothing if there is no origin. */
    public Optional<String> host() {
        return originIfPresent().map(URI::create).map(URI::getHost);
    }

    /** The absolute URL of one of the service's own paths. */
    public URI resolve(String path) {
        return URI.create(origin()).resolve(path);
    }

    /** Returns whether only clients on the same machine can use it. */
    public boolean isLoopback() {
        return origin != null && Origin.parse(origin).filter(Origin::isLoopback).isPresent();
    }

    /**
     * Returns the severity of a setting that endangers users: a warning where the public URL is a loopback address, an error in
     * production otherwise.
     */
    public ConfigurationProblem.Severity severityForUsers() {
        return isLoopback() ? ConfigurationProblem.Severity.WARNING : ConfigurationProblem.Severity.ERROR_IN_PRODUCTION;
    }

    /** Returns whether clients connect by HTTPS, so that cookies are for HTTPS only. */
    public boolean isHttps() {
        return origin != null && origin.startsWith("https://");
    }
}
