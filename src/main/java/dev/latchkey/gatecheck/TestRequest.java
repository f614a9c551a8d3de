package dev.latchkey.gatecheck;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A request to send, and what a safe deployment does with it. Each character of its texts is one octet on the wire.
 *
 * @param target exactly what stands in the request line; {@value #TOKEN} is replaced by the token
 * @param headers whole lines, besides those that every request has
 */
record TestRequest(
        String name,
        String method,
        String target,
        List<String> headers,
        Credential credential,
        Expectation expectation) {

    static final String TOKEN = "{A-token}";

    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** What a safe deployment responds. */
    enum Expectation {
        /** No success. */
        REFUSED,
        /** The user's own data, as for the plain request, or a refusal. */
        UNAFFECTED,
        /** The user's own data, as for the plain request, and no refusal. */
        OWN_DATA,
        /** Success. */
        SUCCESS;

        /** Whether it takes the response's body to tell whether it is met. */
        boolean dependsOnBody() {
            return this == UNAFFECTED || this == OWN_DATA;
        }

        /** Whether a refusal is wrong. */
        boolean requiresSuccess() {
            return this == OWN_DATA || this == SUCCESS;
        }
    }

    /** How a request authenticates, derived from the one token that is given. */
    enum Credential {
        OWN("own"),
        NONE("none"),
        ALTERED("altered"),
        GARBAGE("garbage"),
        TWICE("own twice"),
        OWN_AND_ALTERED("own, altered"),
        ALTERED_AND_OWN("altered, own"),
        LOWER_CASE("own, as bearer"),
        BASIC("Basic"),
        TO_PROXY("own, to proxy");

        private final String label;

        Credential(String label) {
            this.label = label;
        }

        /** The text in the report, which must not show the token. */
        String label() {
            return label;
        }

        /** The header lines. */
        List<String> lines(BearerToken token) {
            return switch (this) {
                case NONE -> List.of();
                case OWN -> List.of(bearer(token.value()));
                case ALTERED -> List.of(bearer(token.altered()));
                case GARBAGE -> List.of(bearer("garbage"));
                case TWICE -> List.of(bearer(token.value()), bearer(token.value()));
                case OWN_AND_ALTERED -> List.of(bearer(token.value()), bearer(token.altered()));
                case ALTERED_AND_OWN -> List.of(bearer(token.altered()), bearer(token.value()));
                case LOWER_CASE -> List.of("Authorization: bearer " + token.value());
                // ada:password
                case BASIC -> List.of("Authorization: Basic YWRhOnBhc3N3b3Jk");
                case TO_PROXY -> List.of("Proxy-Authorization: Bearer " + token.value());
            };
        }

        private static String bearer(String token) {
            return "Authorization: Bearer " + token;
        }
    }

    TestRequest {
        headers = List.copyOf(headers);
    }

    /** A GET with the user's token that has to be refused. */
    static TestRequest refused(String name, String target, String... headers) {
        return new TestRequest(name, "GET", target, List.of(headers), Credential.OWN, Expectation.REFUSED);
    }

    /** A GET with the user's token that may return the user's own data, and nothing else. */
    static TestRequest unaffected(String name, String target, String... headers) {
        return new TestRequest(name, "GET", target, List.of(headers), Credential.OWN, Expectation.UNAFFECTED);
    }

    TestRequest with(Credential other) {
        return new TestRequest(name, method, target, headers, other, expectation);
    }

    TestRequest with(Expectation other) {
        return new TestRequest(name, method, target, headers, credential, other);
    }

    TestRequest withMethod(String other) {
        return new TestRequest(name, other, target, headers, credential, expectation);
    }

    /** The octets to send. */
    byte[] encode(Deployment deployment, BearerToken token) {
        StringBuilder text = new StringBuilder();
        text.append(method)
                .append(' ')
                .append(target.replace(TOKEN, token.value()))
                .append(" HTTP/1.1\r\n");
        if (!has("host")) {
            text.append("Host: ").append(deployment.authority()).append("\r\n");
        }
        text.append("User-Agent: latchkey-gate-check\r\nAccept: */*\r\n");
        credential.lines(token).forEach(line -> text.append(line).append("\r\n"));
        headers.forEach(line -> text.append(line.replace(TOKEN, token.value())).append("\r\n"));
        if (!has("connection")) {
            text.append("Connection: close\r\n");
        }
        if (!WITHOUT_BODY.contains(method.toUpperCase(Locale.ROOT))
                && !has("content-length")
                && !has("transfer-encoding")) {
            text.append("Content-Length: 0\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean has(String header) {
        return headers.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith(header + ":"));
    }
}
