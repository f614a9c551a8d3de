package dev.latchkey.betterauth;

import dev.latchkey.emaillink.RedirectTargets;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.platform.http.TrustedOrigins;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides from which origins requests may come, and to which places clients may be redirected. */
@ApplicationScoped
class AllowedOrigins implements RedirectTargets {

    private static final Pattern ENCODED_SEPARATOR = Pattern.compile("%2f|%5c", Pattern.CASE_INSENSITIVE);
    private static final String NULL = "null";

    private final TrustedOrigins trusted;
    private final List<OriginPattern> patterns;
    private final String publicOrigin;

    AllowedOrigins(TrustedOrigins trusted, BetterAuthConfig config, PublicUrl publicUrl) {
        this.trusted = trusted;
        this.patterns = config.trustedOrigins().orElse(List.of()).stream()
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .map(pattern -> OriginPattern.of(pattern, publicUrl.isHttps()))
                .toList();
        this.publicOrigin = publicUrl.origin();
    }

    /** Returns the origin at which this service is reached. */
    String publicOrigin() {
        return publicOrigin;
    }

    /** Checks the origin of a request with cookies; empty if it is allowed. */
    Optional<ErrorCode> check(BetterAuthRequest request) {
        if (request.headers().getAll("Origin").size() > 1) {
            return Optional.of(ErrorCode.INVALID_ORIGIN);
        }
        String origin = request.header("Origin");
        if (NULL.equals(origin) && "same-origin".equals(request.header("Sec-Fetch-Site"))) {
            // Security: browsers sometimes send "null" for a page of the same origin. Then the Host header must be
            // trusted.
            return isTrustedHost(request.header("Host")) ? Optional.empty() : Optional.of(ErrorCode.INVALID_ORIGIN);
        }
        String source = origin == null || origin.isEmpty() ? request.header("Referer") : origin;
        if (source == null || source.isEmpty() || source.equals(NULL)) {
            return Optional.of(ErrorCode.MISSING_OR_NULL_ORIGIN);
        }
        return isTrusted(source) ? Optional.empty() : Optional.of(ErrorCode.INVALID_ORIGIN);
    }

    /**
     * Checks the origin of a sign-up or sign-in; empty if it is allowed.
     *
     * <p>Security: requests without cookies are checked as well, if they come from a browser: a foreign page could otherwise
     * sign its visitor in to an account of the attacker (login CSRF).
     */
    Optional<ErrorCode> checkSignIn(BetterAuthRequest request) {
        String site = request.header("Sec-Fetch-Site");
        String mode = request.header("Sec-Fetch-Mode");
        boolean hasCookies = request.hasCookies();
        if (!hasCookies && "cross-site".equals(site) && "navigate".equals(mode)) {
            return Optional.of(ErrorCode.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED);
        }
        boolean isBrowser = isFilled(site) || isFilled(mode) || isFilled(request.header("Sec-Fetch-Dest"));
        boolean hasSource = isFilled(request.header("Origin")) || isFilled(request.header("Referer"));
        return hasCookies || isBrowser || hasSource ? check(request) : Optional.empty();
    }

    @Override
    public boolean allows(String target) {
        // Security: browsers drop tabs and line breaks from URLs, and read a backslash as a slash.
        if (target.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\')) {
            return false;
        }
        if (!target.startsWith("/")) {
            return isTrusted(target);
        }
        int end = 0;
        while (end < target.length() && "?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        return !target.startsWith("//")
                && !ENCODED_SEPARATOR.matcher(target.substring(0, end)).find();
    }

    @Override
    public String absolute(String target) {
        return target.startsWith("/") ? publicOrigin + target : target;
    }

    private boolean isTrusted(String url) {
        return trusted.trusts(null, url) || patterns.stream().anyMatch(pattern -> pattern.matches(url));
    }

    private boolean isTrustedHost(@Nullable String host) {
        return host != null && (isTrusted("https://" + host) || isTrusted("http://" + host));
    }

    private static boolean isFilled(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
