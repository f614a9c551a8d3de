package dev.latchkey.api;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestLimitListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Records requests that are refused before their resource is called, as attempts at what it does (SC-009). */
@ApplicationScoped
class RefusedRequests implements RequestLimitListener {

    private final AuditLog audit;

    RefusedRequests(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public void refused(String path, Client client) {
        record(path, "request_limit", client);
    }

    /** Records a request of a page that may not make it. */
    void recordUntrustedOrigin(@Nullable String path, Client client) {
        record(Objects.requireNonNullElse(path, ""), "untrusted_origin", client);
    }

    /** Records a request, unless its route attempts nothing that is recorded. */
    private void record(String path, String reason, Client client) {
        switch (path) {
            case "/api/auth/login" -> record(Type.SIGN_IN, reason, client);
            case "/api/auth/signup" -> record(Type.SIGN_UP, reason, client);
            case "/api/auth/refresh" -> record(Type.REFRESH, reason, client);
            case "/api/auth/logout" -> record(Type.SIGN_OUT, reason, client);
            default -> {
                if (path.startsWith("/api/users/") && path.endsWith("/password")) {
                    record(Type.PASSWORD_CHANGE, reason, client);
                }
            }
        }
    }

    private void record(Type type, String reason, Client client) {
        audit.recordLater(AuditEvent.requestRefused(type, reason, client));
    }
}
