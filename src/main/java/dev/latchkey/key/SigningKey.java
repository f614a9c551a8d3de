package dev.latchkey.key;

import java.security.Key;
import org.jspecify.annotations.Nullable;

/** The key that signs new tokens, and its algorithm. A shared secret has no id. */
public record SigningKey(@Nullable KeyId id, Algorithm algorithm, Key key) {
    @Override
    public String toString() {
        return "SigningKey[" + algorithm + " " + id + "]";
    }
}
