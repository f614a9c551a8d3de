package dev.latchkey.compare;

/** What is asked of a contender. */
enum Work {
    BARE_EVENT_LOOP("bare event-loop route"),
    GATE("owner check"),
    BARE_WORKER("bare worker route"),
    TOKEN_SESSION("session of a token"),
    BARE_ROW("bare read of one row"),
    PROFILE("own profile"),
    GET_SESSION("get-session");

    private final String words;

    Work(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
