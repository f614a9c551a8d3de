package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-005: Argon2id in PHC format. */
class Argon2Test {

    private static final Argon2Parameters CHEAP = new Argon2Parameters(64, 1, 1);
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String SALT = "$c29tZXNhbHRzb21lc2FsdA";
    private static final String TAG_16 = "$dpdOmCPIRe7US7xO2/cNzQ";

    @Test
    void computesTheVectorOfRfc9106Section5Point3() {
        var generator = new Argon2BytesGenerator();
        generator.init(new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                        org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(32)
                .withIterations(3)
                .withParallelism(4)
                .withSalt(filled(16, 2))
                .withSecret(filled(8, 3))
                .withAdditional(filled(12, 4))
                .build());
        byte[] tag = new byte[32];
        generator.generateBytes(filled(32, 1), tag);
        assertEquals(
                "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
                HexFormat.of().formatHex(tag));
    }

    // Made by the reference implementation: the command argon2 of Debian's package argon2, 0~20171227, with -id and -e.
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "correct_horse $argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$k9ohroejZy1PN5E1SbHNPug6vB8eQAahb5SOAp6iGF4",
                "correct_horse $argon2id$v=19$m=256,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$amwioyiTR0P//oO8zdfJXhYZB5iHCLFM",
                "correct_horse $argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "pässwörd $argon2id$v=19$m=64,t=2,p=2$c2FsdHlzYWx0$xHIHbaA5ayfit1z7nKpxpNektDn8slXreupt+RUafqU"
            })
    void verifiesWhatTheReferenceImplementationHashed(String password, String encoded) {
        Argon2 hash = Argon2.parse(encoded).orElseThrow();
        assertEquals(encoded, hash.encoded());
        assertTrue(hash.matches(Password.of(password.replace('_', ' '))));
        assertFalse(hash.matches(Password.of(password)) && password.contains("_"));
        assertFalse(hash.matches(Password.of(password + " ")));
    }

    @Test
    void encodesWhatItParses() {
        Argon2 hash = Argon2.hash(Password.of("correct horse"), CHEAP, RANDOM);
        assertTrue(
                hash.encoded().matches("\\$argon2id\\$v=19\\$m=64,t=1,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}"),
                hash::encoded);
        Argon2 read = Argon2.parse(hash.encoded()).orElseThrow();
        assertTrue(read.matches(Password.of("correct horse")));
        assertFalse(read.matches(Password.of("Correct horse")));
        assertFalse(read.isOutdated(CHEAP));
    }

    @Test
    void givesEachHashItsOwnSalt() {
        Password password = Password.of("correct horse");
        assertNotEquals(
                Argon2.hash(password, CHEAP, RANDOM).encoded(),
                Argon2.hash(password, CHEAP, RANDOM).encoded());
    }

    // Never truncated, also not at NUL or at the 72 bytes of bcrypt.
    @ParameterizedTest
    @CsvSource({"128", "72", "1"})
    void distinguishesPasswordsByTheirLastCharacter(int length) {
        String head = "x".repeat(length - 1);
        Argon2 hash = Argon2.hash(Password.of(head + "a"), CHEAP, RANDOM);
        assertTrue(hash.matches(Password.of(head + "a")));
        assertFalse(hash.matches(Password.of(head + "b")));
        assertFalse(hash.matches(Password.of(head)));
        assertFalse(hash.matches(Password.of(head + "a\u0000")));
    }

    @Test
    void isOutdatedWithWeakerParametersOrSmallerSizes() {
        assertTrue(isOutdated("m=63,t=1,p=1" + SALT + "$" + "A".repeat(43)));
        assertTrue(isOutdated("m=32,t=4,p=1" + SALT + "$" + "A".repeat(43)));
        assertFalse(isOutdated("m=128,t=1,p=1" + SALT + "$" + "A".repeat(43)));
        assertFalse(isOutdated("m=64,t=2,p=1" + SALT + "$" + "A".repeat(43)));
        assertFalse(isOutdated("m=64,t=1,p=2" + SALT + "$" + "A".repeat(43)));
        assertTrue(isOutdated("m=64,t=1,p=1$c2FsdHlzYWx0$" + "A".repeat(43)));
        assertTrue(isOutdated("m=64,t=1,p=1" + SALT + TAG_16));
        assertFalse(isOutdated("m=64,t=1,p=1" + SALT + "$" + "A".repeat(43)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "argon2id",
                "$argon2id$v=19$m=64,t=1,p=1",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$",
                "$argon2$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2di$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$ARGON2ID$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$t=1,m=64,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=64,t=1,p=1,keyid=Hj5$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=064,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=-64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=٦٤,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ==",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2_cNzQ",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzR",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdAxxx$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ\n",
                " $argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
            })
    void readsNothingElse(String encoded) {
        assertTrue(Argon2.parse(encoded).isEmpty());
    }

    // At the bounds and one beyond: nothing that exhausts memory or holds a permit for minutes.
    @ParameterizedTest
    @CsvSource({
        "m=262144 t=1 p=1, true",
        "m=262145 t=1 p=1, false",
        "m=9999999 t=1 p=1, false",
        "m=4294967296 t=1 p=1, false",
        "m=99999999999999999999 t=1 p=1, false",
        "m=8 t=1 p=1, true",
        "m=7 t=1 p=1, false",
        "m=0 t=1 p=1, false",
        "m=15 t=1 p=2, false",
        "m=64 t=16 p=1, true",
        "m=64 t=17 p=1, false",
        "m=64 t=0 p=1, false",
        "m=128 t=1 p=16, true",
        "m=1024 t=1 p=17, false",
        "m=64 t=1 p=0, false"
    })
    void refusesAbsurdCosts(String costs, boolean sane) {
        String encoded = "$argon2id$v=19$" + costs.replace(' ', ',') + SALT + TAG_16;
        assertEquals(sane, Argon2.parse(encoded).isPresent());
    }

    // 8 bytes are 11 characters, 48 are 64; 16 bytes are 22 and 64 are 86.
    @ParameterizedTest
    @CsvSource({
        "10, 43, false",
        "11, 43, true",
        "64, 43, true",
        "66, 43, false",
        "22, 20, false",
        "22, 22, true",
        "22, 86, true",
        "22, 87, false",
        "22, 4000, false"
    })
    void refusesAbsurdSizes(int saltCharacters, int tagCharacters, boolean sane) {
        String encoded = "$argon2id$v=19$m=64,t=1,p=1$" + "A".repeat(saltCharacters) + "$" + "A".repeat(tagCharacters);
        assertEquals(sane, Argon2.parse(encoded).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "7, 1, 1, memory",
        "262145, 1, 1, memory",
        "64, 0, 1, passes",
        "64, 17, 1, passes",
        "64, 1, 0, lanes",
        "64, 1, 17, lanes"
    })
    void namesTheSettingThatIsOutOfBounds(int memoryKib, int passes, int lanes, String setting) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new Argon2Parameters(memoryKib, passes, lanes))
                .getMessage();
        assertTrue(message.startsWith("latchkey.password.argon2." + setting + " "), message);
    }

    @Test
    void dummyMatchesNoPassword() {
        assertFalse(Argon2.dummy(CHEAP, RANDOM).matches(Password.of("correct horse")));
        assertFalse(Argon2.dummy(CHEAP, RANDOM).matches(Password.of("")));
        assertFalse(Argon2.dummy(CHEAP, RANDOM).isOutdated(CHEAP));
    }

    private static boolean isOutdated(String rest) {
        return Argon2.parse("$argon2id$v=19$" + rest).orElseThrow().isOutdated(CHEAP);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
