package dev.latchkey.compare;

import java.util.Locale;

/** What is asked of a contender. */
enum Work {
    BARE_EVENT_LOOP("bare event-loop route"),
    GATE("owner check"),
    GATE_FLOODED("owner check beside a flood of sign-ins"),
    GATE_HS256_NEW("owner check, HS256 token never seen"),
    GATE_EDDSA_NEW("owner check, EdDSA token never seen"),
    ED25519("one Ed25519 signature, no HTTP"),
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
    ARGON2("one Argon2id hash, no HTTP"),
    SIGN_IN("sign-in");

    private final String words;

    Work(String words) {
        this.words = words;
    }

    /** Returns the name by which an option chooses it. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is also measured at fixed rates of arrivals. */
    boolean hasOpenModel() {
        return switch (this) {
            case GATE, PROFILE, GET_SESSION, INTROSPECTION -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return words;
    }
}
