package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyEncryptionTest {

    private static final KeyId ID = new KeyId("key-1");
    private static final byte[] PLAIN = "a private key".getBytes(StandardCharsets.UTF_8);

    private final KeyEncryption encryption = new KeyEncryption(List.of(new byte[32]));

    @Test
    void decryptsWhatItEncrypted() throws Exception {
        assertArrayEquals(
                PLAIN, encryption.decrypt(ID, encryption.encrypt(ID, PLAIN)).orElseThrow());
        assertArrayEquals(
                PLAIN,
                new KeyEncryption(List.of(new byte[32]))
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
        assertEquals(Optional.empty(), new KeyEncryption(List.of(other)).decrypt(ID, encryption.encrypt(ID, PLAIN)));
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

    @Test
    void decryptsWhatThePreviousSecretEncryptedAndEncryptsUnderThePresentOne() throws Exception {
        byte[] present = new byte[32];
        present[0] = 1;
        KeyEncryption both = new KeyEncryption(List.of(present, new byte[32]));
        byte[] before = encryption.encrypt(ID, PLAIN);
        assertArrayEquals(PLAIN, both.decrypt(ID, before).orElseThrow());
        assertFalse(both.isCurrent(ID, before));
        byte[] after = both.encrypt(ID, PLAIN);
        assertTrue(both.isCurrent(ID, after));
        assertArrayEquals(
                PLAIN, new KeyEncryption(List.of(present)).decrypt(ID, after).orElseThrow());
        assertEquals(Optional.empty(), encryption.decrypt(ID, after));
        assertEquals(Optional.empty(), new KeyEncryption(List.of(present)).decrypt(ID, before));
    }
}
