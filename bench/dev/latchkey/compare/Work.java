package dev.latchkey.compare;

/** What is asked of a contender. */
enum Work {
    BARE_EVENT_LOOP("bare event-loop route"),
    GATE("owner check"),
    GATE_HS256_NEW("owner check, HS256 token never seen"),
    GATE_EDDSA_NEW("owner check, EdDSA token never seen"),
    BARE_WORKER("bare worker route"),
    TOKEN_SESSION("session of a token"),
    BARE_ROW("bare read of one row"),
    PROFILE("own profile"),
    GET_SESSION("get-session"),
    GET_SESSION_CACHED("get-session with cookie cache"),
    INTROSPECTION("introspection"),
    BARE_TRANSACTION("bare update and insert"),
    REFRESH("refresh"),
    BARE_HASH("bare hash of a password"),
    SIGN_IN("sign-in");

    private final String words;

    Work(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
