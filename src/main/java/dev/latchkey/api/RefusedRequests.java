package dev.latchkey.api;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestLimitListener;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;

/** Records requests that are refused before their resource is called, as attempts at what it does (SC-009). */
@ApplicationScoped
class RefusedRequests implements RequestLimitListener {

    private static final String USERS = "/api/users/";

    private final AuditLog audit;

    RefusedRequests(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public void refused(String method, String path, Client client) {
        record(method, path, "request_limit", client);
    }

    /** Records a request of a page that may not make it. */
    void recordUntrustedOrigin(HttpServerRequest request, Client client) {
        String path = Objects.requireNonNullElse(request.path(), "");
        record(request.method().name(), CanonicalPath.route(path), "untrusted_origin", client);
    }

    /** Records a request, unless its route attempts nothing that is recorded. */
    private void record(String method, String path, String reason, Client client) {
        switch (path) {
            case "/api/auth/login" -> record(Type.SIGN_IN, reason, client);
            case "/api/auth/signup" -> record(Type.SIGN_UP, reason, client);
            case "/api/auth/refresh" -> record(Type.REFRESH, reason, client);
            case "/api/auth/logout" -> record(Type.SIGN_OUT, reason, client);
            case "/api/auth/password-reset" -> record(Type.PASSWORD_RESET_LINK, reason, client);
            case "/api/auth/password-reset/confirm" -> record(Type.PASSWORD_RESET, reason, client);
            case "/api/auth/email-verification" -> record(Type.EMAIL_VERIFICATION_LINK, reason, client);
            case "/api/auth/email-verification/confirm" -> record(Type.EMAIL_VERIFICATION, reason, client);
            default -> {
                if (path.startsWith(EmailLinkPage.PATH) && method.equals("POST")) {
                    record(Type.EMAIL_LINK, reason, client);
                } else if (path.startsWith(USERS)) {
                    recordForUser(method, path.substring(USERS.length()), reason, client);
                }
            }
        }
    }

    private void recordForUser(String method, String path, String reason, Client client) {
        if (path.endsWith("/password")) {
            record(Type.PASSWORD_CHANGE, reason, client);
        } else if (path.endsWith("/email") && method.equals("PUT")) {
            record(Type.EMAIL_CHANGE_LINK, reason, client);
        } else if (path.indexOf('/') < 0 && method.equals("DELETE")) {
            record(Type.ACCOUNT_DELETION, reason, client);
        }
    }

    private void record(Type type, String reason, Client client) {
        audit.recordLater(AuditEvent.requestRefused(type, reason, client));
    }
}
