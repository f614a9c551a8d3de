package dev.latchkey.audit;

import dev.latchkey.platform.http.Client;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of the audit log (FR-026). Its ids are plain text, since it outlives the accounts and sessions that it names.
 *
 * <p>An event contains no secret and no e-mail address; a user is named by their id.
 *
 * @param userId the user in whose list the event appears, or null if it concerns no account
 */
public record AuditEvent(
        Type type, Outcome outcome, @Nullable String userId, Client client, Map<String, String> details) {

    /** The reason of an attempt that a rate limit refused. */
    public static final String THROTTLED = "throttled";

    static final String REASON = "reason";

    /** The detail that names who has changed an account that is not their own. */
    static final String BY = "by";

    /** The type of an event. Its name in lower case is stored, logged and published: it never changes. */
    public enum Type {
        SIGN_UP,
        SIGN_IN,
        SIGN_OUT,
        REFRESH,
        REFRESH_REUSE,
        SESSION_ENDED,
        SESSIONS_ENDED,
        SESSION_REVOKED,
        SESSION_EVICTED,
        SESSION_REPLACED,
        PROFILE_CHANGE,
        PASSWORD_CHANGE,
        PASSWORD_CONFIRMATION,
        PASSWORD_RESET,
        PASSWORD_RESET_LINK,
        EMAIL_VERIFICATION,
        EMAIL_VERIFICATION_LINK,
        EMAIL_CHANGE,
        EMAIL_CHANGE_LINK,
        EMAIL_CHANGE_UNDO,
        ACCOUNT_DELETION,
        ACCOUNT_DELETION_LINK,
        EMAIL_LINK,
        TOKEN_CHECK,
        SESSION_CHECK,
        OWNER_CHECK,
        BACKEND_AUTHENTICATION,
        KEY_ROTATION,
        KEY_RETIREMENT,
        KEY_REENCRYPTION,
        IMPORT,
        ACCOUNT_UNLOCKED,
        // Recorded by the database itself where they are changed by SQL.
        ACCOUNT_DISABLED,
        ACCOUNT_ENABLED,
        ROLES_CHANGE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The outcome of what was attempted. */
    public enum Outcome {
        SUCCESS,
        FAILURE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The creator of a signing key: the service itself, or an operator's command. */
    public enum KeyCreator {
        SERVICE,
        OPERATOR
    }

    // --- Sign-up, sign-in and sessions ---

    public static AuditEvent signedUp(String userId, String sessionId, Client client) {
        return ofSession(Type.SIGN_UP, userId, sessionId, client);
    }

    /** A sign-up that created an account without signing its user in. */
    public static AuditEvent registered(String userId, Client client) {
        return success(Type.SIGN_UP, userId, client, Map.of());
    }

    public static AuditEvent signUpRefused(String reason, Client client) {
        return refused(Type.SIGN_UP, null, reason, client);
    }

    public static AuditEvent signedIn(String userId, String sessionId, Client client) {
        return ofSession(Type.SIGN_IN, userId, sessionId, client);
    }

    public static AuditEvent signInRefused(@Nullable String userId, String reason, Client client) {
        return refused(Type.SIGN_IN, userId, reason, client);
    }

    public static AuditEvent refreshed(String userId, String sessionId, Client client) {
        return ofSession(Type.REFRESH, userId, sessionId, client);
    }

    public static AuditEvent refreshRefused(@Nullable String userId, String reason, Client client) {
        return refused(Type.REFRESH, userId, reason, client);
    }

    /** The reuse of a refresh token long after its first use, so there is a copy of it: the session was ended. */
    public static AuditEvent refreshReused(String userId, String sessionId, Client client) {
        return new AuditEvent(Type.REFRESH_REUSE, Outcome.FAILURE, userId, client, Map.of("session_id", sessionId));
    }

    public static AuditEvent signedOut(String userId, String sessionId, Client client) {
        return ofSession(Type.SIGN_OUT, userId, sessionId, client);
    }

    /** The end of a session by its user, from another one. */
    public static AuditEvent sessionEnded(String userId, String sessionId, Client client) {
        return ofSession(Type.SESSION_ENDED, userId, sessionId, client);
    }

    public static AuditEvent sessionsEnded(String userId, int count, Client client) {
        return success(Type.SESSIONS_ENDED, userId, client, Map.of("count", Integer.toString(count)));
    }

    /** The end of the least recently used sessions, since their user has opened one more than is allowed. */
    public static AuditEvent sessionsEvicted(String userId, List<String> sessionIds, Client client) {
        return sessionIds.size() == 1
                ? ofSession(Type.SESSION_EVICTED, userId, sessionIds.getFirst(), client)
                : success(Type.SESSION_EVICTED, userId, client, Map.of("count", Integer.toString(sessionIds.size())));
    }

    /** The end of a session by a sign-in at the client that held it. */
    public static AuditEvent sessionReplaced(String userId, String sessionId, Client client) {
        return ofSession(Type.SESSION_REPLACED, userId, sessionId, client);
    }

    /** The end of a session by a backend, with a token that was presented to it. */
    public static AuditEvent sessionRevoked(String userId, String sessionId, String backend, Client client) {
        return success(Type.SESSION_REVOKED, userId, client, Map.of("session_id", sessionId, "backend", backend));
    }

    // --- Accounts ---

    public static AuditEvent profileChanged(String userId, Client client) {
        return success(Type.PROFILE_CHANGE, userId, client, Map.of());
    }

    public static AuditEvent passwordChanged(String userId, String sessionId, Client client) {
        return ofSession(Type.PASSWORD_CHANGE, userId, sessionId, client);
    }

    /** A change that a signed-in user could not confirm with their password; the type is that of the change. */
    public static AuditEvent passwordRefused(String userId, Type type, String reason, Client client) {
        return refused(type, userId, reason, client);
    }

    /** A password reset by an e-mail link; all sessions were ended. */
    public static AuditEvent passwordReset(String userId, Client client) {
        return success(Type.PASSWORD_RESET, userId, client, Map.of());
    }

    public static AuditEvent emailVerified(String userId, Client client) {
        return success(Type.EMAIL_VERIFICATION, userId, client, Map.of());
    }

    public static AuditEvent emailChanged(String userId, Client client) {
        return success(Type.EMAIL_CHANGE, userId, client, Map.of());
    }

    /** An earlier address that was restored by the link sent to it; all sessions were ended. */
    public static AuditEvent emailChangeUndone(String userId, Client client) {
        return success(Type.EMAIL_CHANGE_UNDO, userId, client, Map.of());
    }

    public static AuditEvent accountDeleted(String userId, Client client) {
        return success(Type.ACCOUNT_DELETION, userId, client, Map.of());
    }

    // --- E-mail links ---

    /** The creation of a link to be sent; the type is one of those ending in LINK. */
    public static AuditEvent linkCreated(Type type, String userId, Client client) {
        return success(type, userId, client, Map.of());
    }

    /** A request for a link that was not created; the type is one of those ending in LINK. */
    public static AuditEvent linkRefused(Type type, @Nullable String userId, String reason, Client client) {
        return refused(type, userId, reason, client);
    }

    /** The use of a link that is not valid; the type is that of the change that the link was for, if it is known at all. */
    public static AuditEvent redemptionRefused(Type type, @Nullable String userId, String reason, Client client) {
        return refused(type, userId, reason, client);
    }

    // --- Tokens and backends ---

    /** A token that is not ours, was altered or names no user; expired ones are routine and not recorded. */
    public static AuditEvent tokenRefused(String reason, Client client) {
        return refused(Type.TOKEN_CHECK, null, reason, client);
    }

    /** A session cookie, or a session token in a bearer header, that is not authentic or whose session is not active. */
    public static AuditEvent sessionTokenRefused(String reason, Client client) {
        return refused(Type.SESSION_CHECK, null, reason, client);
    }

    /** A request that was refused before its credentials were checked; the type is that of what it attempted. */
    public static AuditEvent requestRefused(Type type, String reason, Client client) {
        return refused(type, null, reason, client);
    }

    /**
     * A request for another user's data. It appears in the caller's list only: the other user, who may not exist, learns
     * nothing and is not looked up.
     */
    public static AuditEvent ownerRefused(String userId, String method, String path, Client client) {
        return new AuditEvent(
                Type.OWNER_CHECK, Outcome.FAILURE, userId, client, Map.of("method", method, "path", path));
    }

    /**
     * A backend that could not be authenticated.
     *
     * @param backend its name, null unless it is one of those configured: secrets get typed into the wrong field
     */
    public static AuditEvent backendRefused(@Nullable String backend, String reason, Client client) {
        return new AuditEvent(
                Type.BACKEND_AUTHENTICATION,
                Outcome.FAILURE,
                null,
                client,
                backend == null ? Map.of(REASON, reason) : Map.of(REASON, reason, "backend", backend));
    }

    // --- Operators ---

    public static AuditEvent keyCreated(String keyId, String algorithm, KeyCreator creator) {
        return success(
                Type.KEY_ROTATION,
                null,
                Client.NONE,
                Map.of(
                        "key_id",
                        keyId,
                        "algorithm",
                        algorithm,
                        "by",
                        creator.name().toLowerCase(Locale.ROOT)));
    }

    /** The retirement of a key by an operator's command; the service itself retires none. */
    public static AuditEvent keyRetired(String keyId) {
        return success(Type.KEY_RETIREMENT, null, Client.NONE, Map.of("key_id", keyId, "by", "operator"));
    }

    /** A stored private key was encrypted under the present master secret by an operator's command. */
    public static AuditEvent keyReencrypted(String keyId) {
        return success(Type.KEY_REENCRYPTION, null, Client.NONE, Map.of("key_id", keyId, "by", "operator"));
    }

    /**
     * An import of users by an operator's command: one event for each batch that was stored.
     *
     * @param source the kind of source that the users were imported from
     * @param users how many accounts were created
     * @param sessions how many sessions were imported, for new and for existing accounts
     */
    public static AuditEvent usersImported(String source, int users, int sessions) {
        return success(
                Type.IMPORT,
                null,
                Client.NONE,
                Map.of(
                        "from",
                        source,
                        "users",
                        Integer.toString(users),
                        "sessions",
                        Integer.toString(sessions),
                        "by",
                        "operator"));
    }

    /**
     * A change of an account that its own user has not made.
     *
     * @param by the id of the administrator, or what it was if it was none
     * @param details what else is to be recorded
     */
    public static AuditEvent administered(
            Type type, String userId, String by, Map<String, String> details, Client client) {
        Map<String, String> all = new HashMap<>(details);
        all.put(BY, by);
        return success(type, userId, client, Map.copyOf(all));
    }

    /** Returns the stable name of why an attempt was refused; empty if the type says it all. */
    String reason() {
        return details.getOrDefault(REASON, "");
    }

    private static AuditEvent ofSession(Type type, String userId, String sessionId, Client client) {
        return success(type, userId, client, Map.of("session_id", sessionId));
    }

    private static AuditEvent success(Type type, @Nullable String userId, Client client, Map<String, String> details) {
        return new AuditEvent(type, Outcome.SUCCESS, userId, client, details);
    }

    private static AuditEvent refused(Type type, @Nullable String userId, String reason, Client client) {
        return new AuditEvent(type, Outcome.FAILURE, userId, client, Map.of(REASON, reason));
    }
}
