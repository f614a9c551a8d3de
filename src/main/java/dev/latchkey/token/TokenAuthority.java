package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.VerificationKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Somebody whose tokens count: what signs them, how they look and what they have to say. */
sealed interface TokenAuthority permits OwnTokens, TrustedIssuer {

    /** Whether its tokens have such headers; the algorithm and the key are looked at separately. */
    boolean acceptsHeader(Map<String, Object> header);

    /** The keys that may have signed a token with this header, from memory. */
    List<VerificationKey> keys(Algorithm algorithm, @Nullable String keyId);

    /** What a token says that one of the keys signed; whether its time has come and is not over is judged later. */
    VerificationResult readClaims(Map<String, Object> claims);
}
