package dev.latchkey.token;

/** The claims of our tokens (FR-010), beside the registered ones. */
final class Claim {

    static final String USER_ID = "user_id";
    static final String EMAIL = "email";
    static final String SESSION_ID = "sid";
    static final String GROUPS = "groups";
    /** The session's absolute end, in seconds, so that a token can be renewed without a look at the session's row. */
    static final String SESSION_END = "session_end";

    /** RFC 9068 section 2.1: no other token of ours passes as an access token. */
    static final String TYPE = "at+jwt";

    private Claim() {}
}
