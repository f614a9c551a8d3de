package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An issuer whose tokens are accepted: its keys, its headers and the claims that it must give. */
sealed interface TokenAuthority permits OwnTokens, TrustedIssuer {

    /** Returns whether its tokens may have this header; the algorithm and the key are checked separately. */
    boolean acceptsHeader(Map<String, Object> header);

    /** Returns the keys that may have signed a token with this header, from memory. */
    List<VerificationKey> keys(Algorithm algorithm, @Nullable String keyId);

    /** Reads the claims of a token that one of the keys signed; its times are checked later. */
    VerificationResult readClaims(Map<String, Object> claims);
}
