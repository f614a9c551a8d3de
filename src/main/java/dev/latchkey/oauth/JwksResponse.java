package dev.latchkey.oauth;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Public keys, each as a JWK. */
@RegisterForReflection
public record JwksResponse(List<Map<String, Object>> keys) {

    /** What the public keys of our algorithms consist of (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2). */
    private static final Set<String> PUBLIC = Set.of("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e");

    /** In an order of their own, so that all replicas write the same whatever the order in which they read the keys. */
    static JwksResponse of(List<Map<String, Object>> published) {
        return new JwksResponse(published.stream()
                .map(JwksResponse::publicMembers)
                .sorted(Comparator.comparing(key -> String.valueOf(key.get("kid"))))
                .toList());
    }

    // Security: a list of what may go out, so that a private member does not when somebody hands one in by mistake.
    private static Map<String, Object> publicMembers(Map<String, Object> jwk) {
        Map<String, Object> members = new TreeMap<>(jwk);
        members.keySet().retainAll(PUBLIC);
        return members;
    }
}
