package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SaltedPasswordTest {

    private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

    /** The example of RFC 7677. */
    @Test
    void isThatOfTheRfc() {
        assertEquals(
                "c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d",
                HexFormat.of().formatHex(SaltedPassword.of("pencil".toCharArray(), SALT, 4096)));
    }

    /** Each differs from the one before in one part only, so that what is kept of it must not be given. */
    @ParameterizedTest
    @CsvSource({
        "pencil,0102,4096",
        "pencil,0103,4096",
        "pencil,0103,4097",
        "pencil ,0103,4097",
        "Zoë𝄞,0103,1",
        "Zoe𝄞,0103,1"
    })
    void isThatOfThePlatform(String password, String salt, int iterations) throws Exception {
        byte[] bytes = HexFormat.of().parseHex(salt);
        var expected = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), bytes, iterations, 256))
                .getEncoded();

        assertArrayEquals(expected, SaltedPassword.of(password.toCharArray(), bytes, iterations));
        assertArrayEquals(expected, SaltedPassword.of(password.toCharArray(), bytes, iterations));
    }

    @Test
    void keepsWhatACallerCannotChange() {
        byte[] salt = SALT.clone();
        byte[] first = SaltedPassword.of("pencil".toCharArray(), salt, 1);
        byte[] expected = first.clone();

        first[0]++;
        assertArrayEquals(expected, SaltedPassword.of("pencil".toCharArray(), salt, 1));
        salt[0]++;
        assertFalse(Arrays.equals(expected, SaltedPassword.of("pencil".toCharArray(), salt, 1)));
    }
}
