package dev.latchkey.key;

import dev.latchkey.platform.crypto.RandomTokens;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts private keys for the database: AES-256-GCM, bound to the key's id so that rows cannot be swapped. */
final class KeyEncryption {

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** The one that encrypts, and those by which a private key may have been encrypted before. */
    private final List<SecretKeySpec> keys;

    KeyEncryption(List<byte[]> keys) {
        this.keys = keys.stream().map(key -> new SecretKeySpec(key, "AES")).toList();
    }

    boolean hasPrevious() {
        return keys.size() > 1;
    }

    byte[] encrypt(KeyId id, byte[] plain) throws GeneralSecurityException {
        byte[] nonce = RandomTokens.bytes(NONCE_BYTES);
        byte[] encrypted =
                cipher(keys.getFirst(), Cipher.ENCRYPT_MODE, id, nonce).doFinal(plain);
        return ByteBuffer.allocate(nonce.length + encrypted.length)
                .put(nonce)
                .put(encrypted)
                .array();
    }

    /** Returns the plain key; empty when it was encrypted under a secret that is neither of ours, or altered. */
    Optional<byte[]> decrypt(KeyId id, byte[] encrypted) throws GeneralSecurityException {
        for (SecretKeySpec key : keys) {
            Optional<byte[]> plain = decrypt(key, id, encrypted);
            if (plain.isPresent()) {
                return plain;
            }
        }
        return Optional.empty();
    }

    /** Returns whether a private key is encrypted under the present secret. */
    boolean isCurrent(KeyId id, byte[] encrypted) throws GeneralSecurityException {
        return decrypt(keys.getFirst(), id, encrypted).isPresent();
    }

    private static Optional<byte[]> decrypt(SecretKeySpec key, KeyId id, byte[] encrypted)
            throws GeneralSecurityException {
        if (encrypted.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(key, Cipher.DECRYPT_MODE, id, Arrays.copyOf(encrypted, NONCE_BYTES))
                    .doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES));
        } catch (AEADBadTagException otherSecret) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(SecretKeySpec key, int mode, KeyId id, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(id.value().getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
