package dev.latchkey.platform.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * SipHash-2-4: a 64-bit hash for tables in memory, under a random key of this object.
 *
 * <p>Security: without the key, a client cannot choose texts that collide.
 */
public final class KeyedHash {

    private static final int KEY_BYTES = 16;

    private final KeyParameter key;

    public KeyedHash() {
        this(RandomTokens.bytes(KEY_BYTES));
    }

    KeyedHash(byte[] key) {
        this.key = new KeyParameter(key);
    }

    /** Returns the hash of a text's UTF-8 bytes. */
    public long of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    long of(byte[] bytes) {
        SipHash hash = new SipHash();
        hash.init(key);
        hash.update(bytes, 0, bytes.length);
        return hash.doFinal();
    }
}
