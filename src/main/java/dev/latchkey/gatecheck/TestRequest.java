package dev.latchkey.gatecheck;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One request to try. Each character of its texts is one octet on the wire.
 *
 * @param target exactly what stands in the request line; {@value #TOKEN} is where the token is put
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

    TestRequest {
        headers = List.copyOf(headers);
    }

    /** With the user's token, to be refused. */
    static TestRequest refused(String name, String target, String... headers) {
        return new TestRequest(name, "GET", target, List.of(headers), Credential.OWN, Expectation.REFUSED);
    }

    /** With the user's token, for the user's own data at most. */
    static TestRequest unaffected(String name, String target, String... headers) {
        return new TestRequest(name, "GET", target, List.of(headers), Credential.OWN, Expectation.UNAFFECTED);
    }

    TestRequest with(Credential other) {
        return new TestRequest(name, method, target, headers, other, expectation);
    }

    TestRequest with(Expectation other) {
        return new TestRequest(name, method, target, headers, credential, other);
    }

    TestRequest by(String otherMethod) {
        return new TestRequest(name, otherMethod, target, headers, credential, expectation);
    }

    /** The octets of the request. */
    byte[] wire(Deployment deployment, BearerToken token) {
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

    /** What a deployment that holds answers to a request. */
    enum Expectation {
        /** Nothing that succeeds. */
        REFUSED,
        /** The user's own data as without the trick, or a refusal. */
        UNAFFECTED,
        /** The user's own data as without the trick, and no refusal. */
        OWN,
        /** Success. */
        PASSED;

        /** Whether the body tells whether it is fulfilled. */
        boolean isToldByBody() {
            return this == UNAFFECTED || this == OWN;
        }

        /** Whether a refusal is wrong. */
        boolean isToSucceed() {
            return this == OWN || this == PASSED;
        }
    }

    /** How a request proves who sends it, made of the one token. */
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

        private final String words;

        Credential(String words) {
            this.words = words;
        }

        /** What stands in the table in the place of the token. */
        String words() {
            return words;
        }

        /** The lines of the request's head. */
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
}
