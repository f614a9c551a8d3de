package dev.latchkey.key;

/** The result of making the next key. */
public sealed interface RotationOutcome {

    /** It was made; it signs at once when nothing else does. */
    record Made(KeySummary key) implements RotationOutcome {}

    /** A key is pending already, so none was made. */
    record Waiting(KeySummary key) implements RotationOutcome {}

    /** The key that signs cannot be opened here, so that one made here would be of no use there. */
    record OtherSecret(KeyId signing) implements RotationOutcome {}
}
