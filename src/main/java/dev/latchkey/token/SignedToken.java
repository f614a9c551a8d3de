package dev.latchkey.token;

import dev.latchkey.key.VerificationKey;
import org.jspecify.annotations.Nullable;

/**
 * A token that an authority's key signed and that says what that authority's tokens have to say: all that follows from its
 * bytes and the key alone.
 *
 * @param keyId the {@code kid} of its header
 * @param length of its text
 */
record SignedToken(
        TokenAuthority authority,
        VerificationKey key,
        @Nullable String keyId,
        VerifiedToken token,
        int length) {

    /** Whether the key that signed it would be chosen at this moment, too. */
    boolean isByKeyInForce() {
        return authority.keys(key.algorithm(), keyId).contains(key);
    }
}
