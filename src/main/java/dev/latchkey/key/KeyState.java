package dev.latchkey.key;

/** The state of a signing key. */
public enum KeyState {
    /** Published, and does not sign yet. */
    PENDING,
    /** Signs new tokens. */
    SIGNING,
    /** Another key signs; what this one signed is valid until the overlap ends. */
    VERIFYING,
    /** Its overlap has ended: refused, and deleted some time later. */
    EXPIRED,
    /** Refused from the moment it was retired. */
    RETIRED
}
