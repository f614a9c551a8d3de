package dev.latchkey.gatecheck;

/** What a deployment that holds answers to a request. */
enum Expectation {
    /** Nothing that succeeds. */
    REFUSED,
    /** The user's own data as without the trick, or a refusal. */
    UNAFFECTED,
    /** The user's own data as without the trick, and no refusal. */
    OWN,
    /** Success. */
    PASSED;

    /** Whether the body tells whether it is fulfilled. */
    boolean isToldByBody() {
        return this == UNAFFECTED || this == OWN;
    }

    /** Whether a refusal is wrong. */
    boolean isToSucceed() {
        return this == OWN || this == PASSED;
    }
}
