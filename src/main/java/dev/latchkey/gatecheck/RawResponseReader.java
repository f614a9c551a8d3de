package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Closed;
import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.RawResponse.Unclear;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one HTTP/1.1 response, whatever the server sends. Security: the status is decisive once it has been read, whatever
 * becomes of the body: a success that breaks off is no refusal.
 */
final class RawResponseReader {

    /** How much of a body is read. */
    static final int BODY_LIMIT = 64 * 1024;

    /** The limit for all lines together: heads, interim ones included, and chunk sizes. */
    private static final int HEAD_LIMIT = 64 * 1024;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})(?: .*)?");

    private final InputStream in;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int headLeft = HEAD_LIMIT;
    private boolean hasBegun;

    private RawResponseReader(InputStream in) {
        this.in = in;
    }

    /** Reads from a buffered stream until the response ends, or a limit is reached. */
    static RawResponse read(InputStream in, String method) {
        RawResponseReader reader = new RawResponseReader(in);
        try {
            return reader.response(method.equals("HEAD"));
        } catch (ProtocolException notHttp) {
            return reader.hasBegun ? new Unclear(String.valueOf(notHttp.getMessage())) : new Closed();
        } catch (IOException broken) {
            return reader.hasBegun ? new Unclear("the connection broke inside the response's head") : new Closed();
        }
    }

    private RawResponse response(boolean toHead) throws IOException {
        int status;
        Map<String, String> headers;
        do {
            status = status();
            headers = headers();
        } while (status < 200 && status != 101);
        boolean hasNoBody = toHead || status == 101 || status == 204 || status == 304;
        boolean isComplete = hasNoBody || readBody(headers);
        return new Received(status, body.toString(StandardCharsets.ISO_8859_1), isComplete);
    }

    private int status() throws IOException {
        Matcher line = STATUS_LINE.matcher(headLine());
        if (!line.matches()) {
            throw new ProtocolException("the response is not HTTP/1.1");
        }
        return Integer.parseInt(line.group(1));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = headLine(); !line.isEmpty(); line = headLine()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.merge(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip(),
                        (one, next) -> one + "," + next);
            }
        }
        return headers;
    }

    /** Reads the body, and returns whether it is complete. */
    private boolean readBody(Map<String, String> headers) {
        try {
            String encoding = headers.getOrDefault("transfer-encoding", "");
            if (encoding.toLowerCase(Locale.ROOT).endsWith("chunked")) {
                return readChunks();
            }
            String length = headers.getOrDefault("content-length", "");
            return length.matches("[0-9]{1,18}") ? readOctets(Long.parseLong(length)) : readUntilClose();
        } catch (IOException brokeOff) {
            return false;
        }
    }

    private boolean readChunks() throws IOException {
        while (true) {
            String size = headLine().split("[; \t]", 2)[0];
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                return false;
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                return true;
            }
            if (!readOctets(length) || !headLine().isEmpty()) {
                return false;
            }
        }
    }

    private boolean readOctets(long length) throws IOException {
        for (long left = length; left > 0; left--) {
            int c = body.size() < BODY_LIMIT ? in.read() : -1;
            if (c < 0) {
                return false;
            }
            body.write(c);
        }
        return true;
    }

    private boolean readUntilClose() throws IOException {
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (body.size() == BODY_LIMIT) {
                return false;
            }
            body.write(c);
        }
        return true;
    }

    /** A line of a head, without its end: CR LF, or LF alone. */
    private String headLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new ProtocolException("the connection was closed inside the response's head");
            }
            hasBegun = true;
            if (--headLeft < 0) {
                throw new ProtocolException("the response's head is too long");
            }
            line.append((char) c);
        }
        hasBegun = true;
        headLeft--;
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
