package dev.latchkey.betterauth;

import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.platform.http.TrustedOrigins;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where requests may come from and people may be sent to. */
@ApplicationScoped
class AllowedOrigins {

    private static final Pattern ENCODED_SEPARATOR = Pattern.compile("%2f|%5c", Pattern.CASE_INSENSITIVE);
    private static final String NULL = "null";

    private final TrustedOrigins exact;
    private final List<OriginPattern> patterns;
    private final String ours;

    AllowedOrigins(TrustedOrigins exact, BetterAuthConfig config, PublicUrl publicUrl) {
        this.exact = exact;
        this.patterns = config.trustedOrigins().orElse(List.of()).stream()
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .map(OriginPattern::of)
                .toList();
        this.ours = publicUrl.origin();
    }

    /** The origin under which this service is reached. */
    String ours() {
        return ours;
    }

    /** What speaks against a request that carries cookies, or comes through an entrance; empty when nothing does. */
    Optional<ErrorCode> judge(BetterAuthRequest asked) {
        if (asked.headers().getAll("Origin").size() > 1) {
            return Optional.of(ErrorCode.INVALID_ORIGIN);
        }
        String origin = asked.header("Origin");
        if (NULL.equals(origin) && "same-origin".equals(asked.header("Sec-Fetch-Site"))) {
            // Security: a browser hides a page's origin from itself at times; then it is the host that it came to.
            return isOurHost(asked.header("Host")) ? Optional.empty() : Optional.of(ErrorCode.INVALID_ORIGIN);
        }
        String from = origin == null || origin.isEmpty() ? asked.header("Referer") : origin;
        if (from == null || from.isEmpty() || from.equals(NULL)) {
            return Optional.of(ErrorCode.MISSING_OR_NULL_ORIGIN);
        }
        return isTrusted(from) ? Optional.empty() : Optional.of(ErrorCode.INVALID_ORIGIN);
    }

    /** The same for an entrance, where a request without cookies counts, too: it may sign its victim in as somebody else. */
    Optional<ErrorCode> judgeEntrance(BetterAuthRequest asked) {
        String site = asked.header("Sec-Fetch-Site");
        String mode = asked.header("Sec-Fetch-Mode");
        if (!asked.headers().contains("Cookie") && "cross-site".equals(site) && "navigate".equals(mode)) {
            return Optional.of(ErrorCode.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED);
        }
        boolean browser = isFilled(site) || isFilled(mode) || isFilled(asked.header("Sec-Fetch-Dest"));
        boolean placed = isFilled(asked.header("Origin")) || isFilled(asked.header("Referer"));
        return asked.headers().contains("Cookie") || browser || placed ? judge(asked) : Optional.empty();
    }

    /** Whether somebody may be sent there: to a trusted origin, or to a path of whoever they come from. */
    boolean mayRedirectTo(String target) {
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

    /** The same place as an absolute URL. */
    String absolute(String target) {
        return target.startsWith("/") ? ours + target : target;
    }

    private boolean isTrusted(String url) {
        return exact.trusts(null, url) || patterns.stream().anyMatch(pattern -> pattern.matches(url));
    }

    private boolean isOurHost(@Nullable String host) {
        return host != null && (isTrusted("https://" + host) || isTrusted("http://" + host));
    }

    private static boolean isFilled(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
