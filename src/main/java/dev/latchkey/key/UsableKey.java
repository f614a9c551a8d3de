package dev.latchkey.key;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a stored key here.
 *
 * @param verifies the public half, or null when it must not be used
 * @param jwk the public half as it is published
 * @param signs the private half, or null when it cannot be opened or must not be used
 * @param fault why something is missing, in words
 */
record UsableKey(
        @Nullable VerificationKey verifies,
        Map<String, Object> jwk,
        @Nullable SigningKey signs,
        @Nullable String fault) {

    /** Of a key that is out of use: not even looked into. */
    static final UsableKey CLOSED = new UsableKey(null, Map.of(), null, null);

    static UsableKey unusable(String fault) {
        return new UsableKey(null, Map.of(), null, fault);
    }
}
