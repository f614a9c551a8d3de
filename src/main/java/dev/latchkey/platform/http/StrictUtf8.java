package dev.latchkey.platform.http;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.io.InputDecorator;
import dev.latchkey.platform.crypto.Encodings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;

/**
 * Accepts JSON in UTF-8 only, as RFC 8259, 8.1 requires.
 *
 * <p>Security: the parser itself guesses UTF-16 and UTF-32, and takes overlong forms and what lies beyond Unicode, so a
 * filter in front of us could read another text than we do.
 */
public final class StrictUtf8 extends InputDecorator {

    private static final long serialVersionUID = 1;

    @Override
    public InputStream decorate(IOContext context, InputStream in) throws IOException {
        // Bodies are bounded before they come here.
        byte[] bytes = in.readAllBytes();
        require(bytes, 0, bytes.length);
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public InputStream decorate(IOContext context, byte[] bytes, int offset, int length) throws IOException {
        require(bytes, offset, length);
        return new ByteArrayInputStream(bytes, offset, length);
    }

    @Override
    public Reader decorate(IOContext context, Reader in) {
        return in;
    }

    private static void require(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            // Never in JSON, but in every other encoding of its first character.
            if (bytes[i] == 0) {
                throw new JsonParseException(null, "NUL in JSON");
            }
        }
        if (Encodings.decodeUtf8(ByteBuffer.wrap(bytes, offset, length)).isEmpty()) {
            throw new JsonParseException(null, "JSON that is not UTF-8");
        }
    }
}
