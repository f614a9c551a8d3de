package dev.latchkey.key;

/** Where a key is in its life. */
public enum KeyState {
    /** Published, and waits for its turn to sign. */
    NEXT,
    SIGNING,
    /** Another one signs; what this one signed counts until the overlap ends. */
    VERIFYING,
    /** Its overlap has ended: refused, and deleted some time later. */
    OVER,
    /** Refused from the moment it was retired. */
    RETIRED
}
