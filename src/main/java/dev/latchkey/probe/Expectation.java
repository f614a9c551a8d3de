package dev.latchkey.probe;

/** What a deployment that holds answers to a request. */
enum Expectation {
    /** Nothing that succeeds. */
    REFUSED,
    /** The user's own data as without the trick, or a refusal. */
    UNAFFECTED,
    /** Success. */
    PASSED
}
