package dev.latchkey.key;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys in force at one time.
 *
 * @param signing what signs, or null when the stored key cannot be read with this master secret
 * @param verifying every key that counts
 * @param published the public halves, as JWKs
 */
record Keyring(@Nullable SigningKey signing, List<VerificationKey> verifying, List<Map<String, Object>> published) {}
