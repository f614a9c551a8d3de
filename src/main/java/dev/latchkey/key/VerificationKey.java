package dev.latchkey.key;

import java.security.Key;
import org.jspecify.annotations.Nullable;

/** What a token may have been signed with, and the only algorithm for which it counts. A shared secret has no id. */
public record VerificationKey(@Nullable KeyId id, Algorithm algorithm, Key key) {
    @Override
    public String toString() {
        return "VerificationKey[" + algorithm + " " + id + "]";
    }
}
