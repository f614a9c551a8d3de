package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes that other systems made: by Python's hashlib, by crypt(3) and by the reference implementation of Argon2. */
class StoredHashTest {

    private static final Argon2Parameters TODAY = new Argon2Parameters(19 * 1024, 2, 1);
    private static final String SALT = "c2FsdHNhbHRzYWx0c2FsdA";

    private static StoredHash read(String encoded) {
        return StoredHash.parse(encoded).orElseThrow(() -> new AssertionError("not read: " + encoded));
    }

    private static boolean matches(String encoded, String password) {
        return read(encoded).matches(Password.of(password));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "correct horse|0123456789abcdef0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e",
                "correct horse|$scrypt$ln=14,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "correct horse|$pbkdf2$1000$c2FsdHNhbHRzYWx0c2FsdA$EUcKisx.yviAqdTmlEPmy.5ykUU",
                "correct horse|$pbkdf2-sha1$i=1000$c2FsdHNhbHRzYWx0c2FsdA$EUcKisx+yviAqdTmlEPmy+5ykUU",
                "correct horse|$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "correct horse|$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$BBs+1+PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "correct horse|$pbkdf2-sha512$1000$c2FsdHNhbHRzYWx0c2FsdA$EHLBej.uEvxlmr0QnHnceg1vM6h1wbwSP5XErh3SmizNDWZsIi28RPGARe0EssjGRoiACzxgHjNvqwJY1zxKig",
                "correct horse|pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=",
                "correct horse|$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "päss|$2y$04$abcdefghijklmnopqrstuuF7KK/SfP9IRGj0pPJMr8GdtCS8xpmpC",
                "password|$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
            })
    void readsWhatOthersHaveHashed(String password, String encoded) {
        assertTrue(matches(encoded, password));
        assertFalse(matches(encoded, password + "x"));
        assertFalse(matches(encoded, password.substring(1)));
        assertFalse(matches(encoded, ""));
        assertTrue(read(encoded).isOutdated(TODAY), "becomes Argon2id at the next sign-in");
    }

    /** bcrypt takes 72 bytes, and the zero at the end only where it has room. */
    @Test
    void parsesBcryptAtItsBounds() {
        String eighty = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
        assertTrue(matches(eighty, "x".repeat(80)));
        assertTrue(matches(eighty, "x".repeat(72)));
        assertFalse(matches(eighty, "x".repeat(71)));
        assertTrue(matches("$2a$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq", ""));
        assertFalse(matches("$2a$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq", "\0"));
        // To the algorithm itself a password and its repetition with a zero between are one.
        assertFalse(matches(
                "$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC", "correct horse\0correct horse"));
    }

    /** Better Auth brings a password to NFKC, in which full-width letters are plain ones. */
    @Test
    void normalizesPasswordToTheFormThatWasHashed() {
        String betterAuth =
                "0123456789abcdef0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e";
        assertTrue(matches(betterAuth, "ｃorrect horse"));
        assertFalse(matches(
                "$scrypt$ln=14,r=8,p=1$" + SALT + "$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY", "ｃorrect horse"));
        assertTrue(matches("$2y$04$abcdefghijklmnopqrstuuF7KK/SfP9IRGj0pPJMr8GdtCS8xpmpC", "pa\u0308ss"));
    }

    /** Security: imported hashes must not be able to exhaust memory or hold a permit for minutes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "correct horse",
                "$1$saltsalt$x",
                "$2b$03$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2b$15$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2b$99$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2b$-1$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2x$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBz",
                "$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC\n",
                "$pbkdf2-sha256$999$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-sha256$2000001$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-sha256$99999999999$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-md5$1000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8",
                "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2Fsd$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzN",
                "pbkdf2_sha256$1000$$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=",
                "pbkdf2_md5$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=",
                "$scrypt$ln=22,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "$scrypt$ln=99,r=99,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "$scrypt$ln=17,r=8,p=16$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "$scrypt$ln=16,r=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "$pbkdf2$600000$c2FsdHNhbHRzYWx0c2FsdA$EHLBej.uEvxlmr0QnHnceg1vM6h1wbwSP5XErh3SmizNDWZsIi28RPGARe0EssjGRoiACzxgHjNvqwJY1zxKig",
                "$2$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$scrypt$ln=14,r=0,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "0123456789ABCDEF0123456789ABCDEF:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e",
                "0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e",
                "$argon2i$v=19$m=999999999,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                "$argon2i$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                "$argon2x$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"
            })
    void refusesOtherFormatsAndAbsurdCosts(String encoded) {
        assertEquals(Optional.empty(), StoredHash.parse(encoded));
    }

    @Test
    void distinguishesVariantsOfArgon2() {
        String asId = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA";
        assertFalse(matches(asId, "password"));
        assertFalse(matches(asId.replace("argon2id", "argon2d"), "password"));
    }
}
