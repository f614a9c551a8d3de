package dev.latchkey.key;

import java.security.Key;
import org.jspecify.annotations.Nullable;

/** A key that verifies tokens, and the only algorithm for which it may be used. A shared secret has no id. */
public record VerificationKey(@Nullable KeyId id, Algorithm algorithm, Key key) {
    @Override
    public String toString() {
        return "VerificationKey[" + algorithm + " " + id + "]";
    }
}
