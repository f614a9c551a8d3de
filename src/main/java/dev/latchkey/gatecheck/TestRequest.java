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
}
