package dev.latchkey.token;

import java.util.Set;

/** The claims of our tokens (FR-010), beside the registered ones. */
final class Claim {

    static final String USER_ID = "user_id";
    static final String EMAIL = "email";
    static final String EMAIL_VERIFIED = "email_verified";
    /** The time of the sign-in, in seconds (OpenID Connect Core section 2). */
    static final String AUTH_TIME = "auth_time";
    /** How the user signed in (RFC 8176). */
    static final String AMR = "amr";

    static final String SESSION_ID = "sid";
    /** The version of the user's row that the token was minted for; lower ones are revoked. */
    static final String TOKEN_VERSION = "token_version";

    static final String GROUPS = "groups";
    /** When the user last signed in or the session was last refreshed, in seconds; see {@link SessionTimes}. */
    static final String SESSION_REFRESHED = "session_refreshed";
    /** The session's idle end as known then, in seconds. */
    static final String SESSION_IDLE_END = "session_idle_end";
    /** The session's absolute end, in seconds. */
    static final String SESSION_END = "session_end";

    /** The claims that only this service sets: no further claim of a token may pass as one of them. */
    static final Set<String> OWN = Set.of(
            "iss",
            "aud",
            "sub",
            "iat",
            "nbf",
            "exp",
            "jti",
            USER_ID,
            EMAIL,
            EMAIL_VERIFIED,
            AUTH_TIME,
            AMR,
            SESSION_ID,
            TOKEN_VERSION,
            GROUPS,
            SESSION_REFRESHED,
            SESSION_IDLE_END,
            SESSION_END);

    /** RFC 9068 section 2.1: no other token of ours passes as an access token. */
    static final String TYPE = "at+jwt";

    private Claim() {}
}
