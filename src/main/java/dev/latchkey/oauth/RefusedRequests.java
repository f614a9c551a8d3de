package dev.latchkey.oauth;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.RequestLimitListener;
import jakarta.enterprise.context.ApplicationScoped;

/** Records requests of backends that are refused before their credentials are read (SC-009). */
@ApplicationScoped
class RefusedRequests implements RequestLimitListener {

    private final AuditLog audit;

    RefusedRequests(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public void refused(String method, String path, Client client) {
        if (path.equals("/oauth/introspect") || path.equals("/oauth/revoke")) {
            audit.recordLater(AuditEvent.backendRefused(null, "request_limit", client));
        }
    }
}
