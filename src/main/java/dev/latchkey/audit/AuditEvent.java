package dev.latchkey.audit;

import dev.latchkey.platform.http.Client;
import java.util.Locale;
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

    Outcome outcome();

    Map<String, String> details();

    /** Whether what was tried took place. */
    enum Outcome {
        SUCCESS,
        FAILURE
    }

    /** What changed a session, or came of one. */
    sealed interface OfSession extends AuditEvent {

        String sessionId();

        @Override
        default Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        default Map<String, String> details() {
            return Map.of("session_id", sessionId());
        }
    }

    /** What was tried in vain. */
    sealed interface Refusal extends AuditEvent {

        /** Why; for the record, and not for whoever tried. */
        String reason();

        @Override
        default Outcome outcome() {
            return Outcome.FAILURE;
        }

        @Override
        default Map<String, String> details() {
            return Map.of("reason", reason());
        }
    }

    /** What changed an account, and there is no more to say of it. */
    sealed interface OfAccount extends AuditEvent {

        @Override
        default Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        default Map<String, String> details() {
            return Map.of();
        }
    }

    record SignedUp(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "sign_up";
        }
    }

    /** An account came to be without anybody being signed in to it. */
    record Registered(String userId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sign_up";
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }

    record SignedIn(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "sign_in";
        }
    }

    record Refreshed(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "refresh";
        }
    }

    /** A refresh token that was spent long ago came back: somebody holds a copy, so the session was ended. */
    record RefreshReused(String userId, String sessionId, Client client) implements OfSession {

        static final String TYPE = "refresh_reuse";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public Outcome outcome() {
            return Outcome.FAILURE;
        }
    }

    record SignedOut(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "sign_out";
        }
    }

    /** A user ended a session from another one. */
    record SessionEnded(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "session_ended";
        }
    }

    record PasswordChanged(String userId, String sessionId, Client client) implements OfSession {
        @Override
        public String type() {
            return "password_change";
        }
    }

    record SignUpRefused(String reason, Client client) implements Refusal {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String type() {
            return "sign_up";
        }
    }

    record SignInRefused(@Nullable String userId, String reason, Client client) implements Refusal {
        @Override
        public String type() {
            return "sign_in";
        }
    }

    record RefreshRefused(@Nullable String userId, String reason, Client client) implements Refusal {
        @Override
        public String type() {
            return "refresh";
        }
    }

    /** A password asked for on one's own routes was wrong, or asked for too often; the type is what it was asked for. */
    record PasswordRefused(String userId, String type, String reason, Client client) implements Refusal {}

    /** A token that is not ours, was altered or names nobody. Expired ones are everyday life and not recorded. */
    record TokenRefused(String reason, Client client) implements Refusal {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String type() {
            return "token_check";
        }
    }

    /** A backend ended the session, by a token that it was shown. */
    record SessionRevoked(String userId, String sessionId, String backend, Client client) implements OfSession {
        @Override
        public String type() {
            return "session_revoked";
        }

        @Override
        public Map<String, String> details() {
            return Map.of("session_id", sessionId, "backend", backend);
        }
    }

    /** Somebody wanted to be a backend; which, is null unless it is one of ours, for people put secrets into wrong fields. */
    record BackendRefused(@Nullable String backend, String reason, Client client) implements Refusal {
        @Override
        public @Nullable String userId() {
            return null;
        }

        @Override
        public String type() {
            return "backend_authentication";
        }

        @Override
        public Map<String, String> details() {
            return backend == null ? Map.of("reason", reason) : Map.of("reason", reason, "backend", backend);
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

    record SessionsEnded(String userId, int count, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "sessions_ended";
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("count", Integer.toString(count));
        }
    }

    record ProfileChanged(String userId, Client client) implements AuditEvent {
        @Override
        public String type() {
            return "profile_change";
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }

    record AccountDeleted(String userId, Client client) implements AuditEvent {

        static final String TYPE = "account_deletion";

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of();
        }
    }

    /** By a link that was mailed; all sessions ended. */
    record PasswordReset(String userId, Client client) implements OfAccount {
        @Override
        public String type() {
            return "password_reset";
        }
    }

    record EmailVerified(String userId, Client client) implements OfAccount {
        @Override
        public String type() {
            return "email_verification";
        }
    }

    record EmailChanged(String userId, Client client) implements OfAccount {
        @Override
        public String type() {
            return "email_change";
        }
    }

    /** A link was made to be mailed; the type says what it is for. */
    record LinkMailed(String userId, String purpose, Client client) implements OfAccount {
        @Override
        public String type() {
            return purpose + "_link";
        }
    }

    /** A link was asked for and not made. */
    record LinkRefused(@Nullable String userId, String purpose, String reason, Client client) implements Refusal {
        @Override
        public String type() {
            return purpose + "_link";
        }
    }

    /** A link was followed that does not count; the type is what it was followed for. */
    record RedemptionRefused(@Nullable String userId, String type, String reason, Client client) implements Refusal {}

    record KeyCreated(String keyId, String algorithm, Maker maker) implements AuditEvent {

        /** On whose account a key is made. */
        public enum Maker {
            SERVICE,
            OPERATOR
        }

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
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of(
                    "key_id", keyId, "algorithm", algorithm, "by", maker.name().toLowerCase(Locale.ROOT));
        }
    }

    /** By an operator's command; nobody else retires a key. */
    record KeyRetired(String keyId) implements AuditEvent {
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
            return "key_retirement";
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of("key_id", keyId, "by", "operator");
        }
    }

    /**
     * Users came in from another system, by an operator's command: one event for each part of them that was stored.
     *
     * @param from what kind of source they came from
     * @param users how many became users
     * @param sessions how many sessions of theirs, or of users who were here already, came along
     */
    record UsersImported(String from, int users, int sessions) implements AuditEvent {
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
            return "import";
        }

        @Override
        public Outcome outcome() {
            return Outcome.SUCCESS;
        }

        @Override
        public Map<String, String> details() {
            return Map.of(
                    "from",
                    from,
                    "users",
                    Integer.toString(users),
                    "sessions",
                    Integer.toString(sessions),
                    "by",
                    "operator");
        }
    }
}
