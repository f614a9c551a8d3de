package dev.latchkey.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and is kept on record (FR-026). Ids are text here: the record outlives what they name.
 *
 * <p>An event holds no secret and no address of a person; who is meant is the user's id.
 */
public sealed interface AuditEvent {

    /** Whose record it stands in, or null when no account is concerned. */
    @Nullable
    String userId();

    Client client();

    /** The stable word for this kind of event. */
    String type();

    default Outcome outcome() {
        return Outcome.SUCCESS;
    }

    default Map<String, String> details() {
        return Map.of();
    }

    /** Whether what was tried took place. */
    enum Outcome {
        SUCCESS,
        FAILURE
    }

    record SignedUp(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sign_up";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record SignUpRefused(String reason, Client client) implements AuditEvent {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String type() {
            return "sign_up";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("reason", reason);
        }
    }

    record SignedIn(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sign_in";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record SignInRefused(@Nullable String userId, String reason, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sign_in";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("reason", reason);
        }
    }

    record Refreshed(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "refresh";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record RefreshRefused(@Nullable String userId, String reason, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "refresh";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("reason", reason);
        }
    }

    /** A refresh token that was spent long ago came back: somebody holds a copy, so the session was ended. */
    record RefreshReused(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "refresh_reuse";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record SignedOut(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sign_out";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record SessionEnded(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "session_ended";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    record SessionsEnded(String userId, int count, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sessions_ended";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("count", Integer.toString(count));
        }
    }

    record PasswordChanged(String userId, String sessionId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "password_change";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId);
        }
    }

    /** A password asked for on one's own routes was wrong, or asked for too often. */
    record PasswordRefused(String userId, String purpose, String reason, Client client) implements AuditEvent {
        @Override
        public String type() {
            return purpose;
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("reason", reason);
        }
    }

    record ProfileChanged(String userId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "profile_change";
        }
    }

    record AccountDeleted(String userId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "account_deletion";
        }
    }

    /** Stands in the caller's record only: the other user, who may not exist, learns nothing and is not looked up. */
    record OwnerRefused(String userId, String method, String path, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "owner_check";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("method", method, "path", path);
        }
    }

    /** A token that is not ours, was altered or names nobody. Expired ones are everyday life and not recorded. */
    record TokenRefused(String reason, Client client) implements AuditEvent {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String type() {
            return "token_check";
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("reason", reason);
        }
    }

    record KeyCreated(String keyId, String algorithm) implements AuditEvent {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public Client client() {
            return Client.NONE;
        }

        @Override
        public String type() {
            return "key_rotation";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("key_id", keyId, "algorithm", algorithm);
        }
    }
}
