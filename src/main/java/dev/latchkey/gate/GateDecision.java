package dev.latchkey.gate;

import dev.latchkey.platform.http.PercentEncoding;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.token.VerifiedToken;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the forwarded request may pass. */
sealed interface GateDecision {

    /** It may, on behalf of this user, or of none. */
    record Allowed(Identity identity) implements GateDecision {}

    /**
     * It may not.
     *
     * @param message what to change, for the client or for the operator of the proxy
     */
    record Denied(Reason reason, String message) implements GateDecision {}

    /** Why not, in the order of the checks. */
    enum Reason {
        /** The gate request does not come from a trusted proxy. */
        UNTRUSTED_PROXY(ProblemCode.FORBIDDEN),
        /** The gate request does not say, or says in two ways, which request is meant. */
        UNCLEAR_REQUEST(ProblemCode.FORBIDDEN),
        /** The path can be read in more than one way. */
        AMBIGUOUS_PATH(ProblemCode.FORBIDDEN),
        /** No rule matches. */
        NO_RULE(ProblemCode.FORBIDDEN),
        NO_TOKEN(ProblemCode.UNAUTHENTICATED),
        INVALID_TOKEN(ProblemCode.INVALID_TOKEN),
        EXPIRED_TOKEN(ProblemCode.TOKEN_EXPIRED),
        NOT_OWNER(ProblemCode.NOT_OWNER),
        NO_ROLE(ProblemCode.FORBIDDEN),
        OTHER_ISSUER(ProblemCode.FORBIDDEN),
        /** The decision could not be made. */
        UNDECIDED(ProblemCode.FORBIDDEN);

        private final ProblemCode code;

        Reason(ProblemCode code) {
            this.code = code;
        }

        ProblemCode code() {
            return code;
        }

        /** The value of the metric's tag. */
        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The user whom the gate names to the backend.
     *
     * @param email the address that the backend may be told; empty if there is none
     * @param issuer the issuer of the token: the ids, addresses and roles of different issuers are not the same users'
     * @param sessionId empty for a token of another issuer
     */
    record Identity(
            String userId, String email, String emailVerified, String issuer, String sessionId, List<String> roles) {

        static final Identity NONE = new Identity("", "", "", "", "", List.of());

        public Identity {
            roles = List.copyOf(roles);
        }

        static Identity of(@Nullable VerifiedToken caller, AccessRequirement requirement, boolean sendUnverifiedEmail) {
            if (caller == null) {
                return NONE;
            }
            Collection<String> roles = requirement.acceptsRolesOf(caller) ? caller.roles() : List.of();
            return new Identity(
                    caller.userId(),
                    // Security: anyone can sign up with any address, and backends take one that they are told for
                    // proven.
                    caller.emailVerified() || sendUnverifiedEmail ? caller.email() : "",
                    Boolean.toString(caller.emailVerified()),
                    issuerOf(caller),
                    caller.sessionId() == null ? "" : caller.sessionId(),
                    roles.stream().sorted().toList());
        }

        /** The issuer as its token names it; the name of its settings where its tokens name none. */
        private static String issuerOf(VerifiedToken token) {
            return token.claim("iss") instanceof String issuer
                    ? issuer
                    : token.origin().name();
        }

        /** All headers that carry it, empty ones too, so that none of the client's own is left beside them. */
        Map<String, String> headers() {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("X-Auth-User-Id", encoded(userId));
            headers.put("X-Auth-Email", encoded(email));
            headers.put("X-Auth-Email-Verified", emailVerified);
            headers.put("X-Auth-Issuer", encoded(issuer));
            headers.put("X-Auth-Session-Id", encoded(sessionId));
            headers.put("X-Auth-Roles", roles.stream().map(Identity::encoded).collect(Collectors.joining(",")));
            return headers;
        }

        /** Encodes what is not printable ASCII, the comma that separates roles, and the percent sign of an escape. */
        private static String encoded(String value) {
            return PercentEncoding.encode(value, c -> c > ' ' && c < 0x7F && c != ',' && c != '%');
        }
    }
}
