package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyEncryptionTest {

    private static final KeyId ID = new KeyId("key-1");
    private static final byte[] PLAIN = "a private key".getBytes(StandardCharsets.UTF_8);

    private final KeyEncryption encryption = new KeyEncryption(new byte[32]);

    @Test
    void decryptsWhatItEncrypted() throws Exception {
        assertArrayEquals(
                PLAIN, encryption.decrypt(ID, encryption.encrypt(ID, PLAIN)).orElseThrow());
        assertArrayEquals(
                PLAIN,
                new KeyEncryption(new byte[32])
                        .decrypt(ID, encryption.encrypt(ID, PLAIN))
                        .orElseThrow());
    }

    @Test
    void encryptsDifferentlyEachTime() throws Exception {
        byte[] one = encryption.encrypt(ID, PLAIN);
        byte[] other = encryption.encrypt(ID, PLAIN);
        assertFalse(Arrays.equals(Arrays.copyOf(one, 12), Arrays.copyOf(other, 12)), "the nonce");
        assertFalse(Arrays.equals(one, other));
    }

    @Test
    void opensNothingWithAnotherSecret() throws Exception {
        byte[] other = new byte[32];
        other[31] = 1;
        assertEquals(Optional.empty(), new KeyEncryption(other).decrypt(ID, encryption.encrypt(ID, PLAIN)));
    }

    @Test
    void opensNothingUnderAnotherId() throws Exception {
        assertEquals(Optional.empty(), encryption.decrypt(new KeyId("key-2"), encryption.encrypt(ID, PLAIN)));
    }

    @Test
    void opensNothingThatWasAlteredOrCut() throws Exception {
        byte[] encrypted = encryption.encrypt(ID, PLAIN);
        for (int i = 0; i < encrypted.length; i++) {
            byte[] altered = encrypted.clone();
            altered[i] ^= 1;
            assertEquals(Optional.empty(), encryption.decrypt(ID, altered));
            assertEquals(Optional.empty(), encryption.decrypt(ID, Arrays.copyOf(encrypted, i)));
        }
        assertEquals(Optional.empty(), encryption.decrypt(ID, Arrays.copyOf(encrypted, encrypted.length + 1)));
    }
}
