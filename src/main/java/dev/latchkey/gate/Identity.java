package dev.latchkey.gate;

import dev.latchkey.token.VerifiedToken;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whom the gate names to the backend.
 *
 * @param sessionId empty for a token of another issuer
 */
public record Identity(String userId, String email, String sessionId, List<String> roles) {

    public static final Identity NOBODY = new Identity("", "", "", List.of());

    public Identity {
        roles = List.copyOf(roles);
    }

    static Identity of(@Nullable VerifiedToken caller, AccessRequirement demand) {
        if (caller == null) {
            return NOBODY;
        }
        Collection<String> roles = demand.rolesCount(caller) ? caller.roles() : List.of();
        return new Identity(
                caller.userId(),
                caller.email(),
                caller.sessionId() == null ? "" : caller.sessionId(),
                roles.stream().sorted().toList());
    }

    /** The headers that say so, all of them even if they are empty, so that none of a client's own is left beside them. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Auth-User-Id", encoded(userId));
        headers.put("X-Auth-Email", encoded(email));
        headers.put("X-Auth-Session-Id", encoded(sessionId));
        headers.put("X-Auth-Roles", roles.stream().map(Identity::encoded).collect(Collectors.joining(",")));
        return headers;
    }

    /** Whatever is not printable ASCII, and the comma that separates roles, and the percent sign that begins an escape. */
    private static String encoded(String value) {
        StringBuilder text = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 0x7F && octet != ',' && octet != '%') {
                text.append((char) octet);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
        return text.toString();
    }
}
