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

    private final KeyEncryption seal = new KeyEncryption(new byte[32]);

    @Test
    void opensWhatItSealed() throws Exception {
        assertArrayEquals(PLAIN, seal.open(ID, seal.seal(ID, PLAIN)).orElseThrow());
        assertArrayEquals(
                PLAIN,
                new KeyEncryption(new byte[32]).open(ID, seal.seal(ID, PLAIN)).orElseThrow());
    }

    @Test
    void sealsDifferentlyEachTime() throws Exception {
        byte[] one = seal.seal(ID, PLAIN);
        byte[] other = seal.seal(ID, PLAIN);
        assertFalse(Arrays.equals(Arrays.copyOf(one, 12), Arrays.copyOf(other, 12)), "the nonce");
        assertFalse(Arrays.equals(one, other));
    }

    @Test
    void opensNothingWithAnotherSecret() throws Exception {
        byte[] other = new byte[32];
        other[31] = 1;
        assertEquals(Optional.empty(), new KeyEncryption(other).open(ID, seal.seal(ID, PLAIN)));
    }

    @Test
    void opensNothingUnderAnotherId() throws Exception {
        assertEquals(Optional.empty(), seal.open(new KeyId("key-2"), seal.seal(ID, PLAIN)));
    }

    @Test
    void opensNothingThatWasAlteredOrCut() throws Exception {
        byte[] sealed = seal.seal(ID, PLAIN);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertEquals(Optional.empty(), seal.open(ID, altered));
            assertEquals(Optional.empty(), seal.open(ID, Arrays.copyOf(sealed, i)));
        }
        assertEquals(Optional.empty(), seal.open(ID, Arrays.copyOf(sealed, sealed.length + 1)));
    }
}
