package dev.latchkey.betterauth;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestLimitListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Records requests that are refused before the handler of their endpoint is called: each is an attempt at what the endpoint
 * does (SC-009).
 */
@ApplicationScoped
class RefusedRequests implements RequestLimitListener {

    private final AuditLog audit;

    RefusedRequests(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public void refused(String method, String path, Client client) {
        if (BetterAuthPaths.isBetterAuth(path)) {
            record(path.substring(BetterAuthPaths.BASE.length()), "request_limit", client);
        }
    }

    /** Records a request that exceeded the limit of its path. */
    void recordLimited(Endpoint endpoint, Client client) {
        record(endpoint.path(), "request_limit", client);
    }

    /** Records a request of a page that may not make it, or for a redirect that is not allowed. */
    void record(Endpoint endpoint, ErrorCode error, Client client) {
        record(endpoint.path(), reason(error), client);
    }

    private void record(String path, String reason, Client client) {
        type(path).ifPresent(type -> audit.recordLater(AuditEvent.requestRefused(type, reason, client)));
    }

    /** Returns the reason's name in the audit log, which stays the same if Better Auth renames its code. */
    private static String reason(ErrorCode error) {
        return switch (error) {
            case MISSING_OR_NULL_ORIGIN -> "missing_origin";
            case CROSS_SITE_NAVIGATION_LOGIN_BLOCKED -> "cross_site_navigation";
            case INVALID_CALLBACK_URL,
                    INVALID_REDIRECT_URL,
                    INVALID_ERROR_CALLBACK_URL,
                    INVALID_NEW_USER_CALLBACK_URL -> "untrusted_redirect";
            case SESSION_NOT_FRESH -> "not_fresh";
            default -> "untrusted_origin";
        };
    }

    /** Returns what an endpoint does; for those that only need a session it is the check of that. Unknown routes do nothing. */
    private static Optional<Type> type(String path) {
        return switch (path) {
            case "/sign-in/email", "/sign-in/social" -> Optional.of(Type.SIGN_IN);
            case "/sign-up/email" -> Optional.of(Type.SIGN_UP);
            case "/sign-out" -> Optional.of(Type.SIGN_OUT);
            case "/change-password" -> Optional.of(Type.PASSWORD_CHANGE);
            case "/verify-password" -> Optional.of(Type.PASSWORD_CONFIRMATION);
            case "/request-password-reset" -> Optional.of(Type.PASSWORD_RESET_LINK);
            case "/reset-password" -> Optional.of(Type.PASSWORD_RESET);
            case "/send-verification-email" -> Optional.of(Type.EMAIL_VERIFICATION_LINK);
            case "/verify-email" -> Optional.of(Type.EMAIL_VERIFICATION);
            case "/change-email" -> Optional.of(Type.EMAIL_CHANGE_LINK);
            case "/delete-user", "/delete-user/callback" -> Optional.of(Type.ACCOUNT_DELETION);
            case "/update-user" -> Optional.of(Type.PROFILE_CHANGE);
            case "/revoke-session", "/revoke-sessions", "/revoke-other-sessions" -> Optional.of(Type.SESSIONS_ENDED);
            case "/get-session", "/list-sessions", "/update-session", "/list-accounts", "/token" ->
                Optional.of(Type.SESSION_CHECK);
            default -> path.startsWith("/reset-password/") ? Optional.of(Type.PASSWORD_RESET) : Optional.empty();
        };
    }
}
