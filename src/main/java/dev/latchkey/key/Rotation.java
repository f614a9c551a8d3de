package dev.latchkey.key;

/** What came of making the next key. */
public sealed interface Rotation {

    /** It was made; it signs at once when nothing else does. */
    record Made(KeySummary key) implements Rotation {}

    /** One waits for its turn already, so none was made. */
    record Waiting(KeySummary key) implements Rotation {}

    /** The key that signs cannot be opened here, so that one made here would be of no use there. */
    record OtherSecret(KeyId signing) implements Rotation {}
}
