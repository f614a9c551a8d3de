package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.password.PasswordError.Common;
import dev.latchkey.password.PasswordError.Missing;
import dev.latchkey.password.PasswordError.NeedsDigit;
import dev.latchkey.password.PasswordError.NeedsLower;
import dev.latchkey.password.PasswordError.NeedsUpper;
import dev.latchkey.password.PasswordError.NotText;
import dev.latchkey.password.PasswordError.ResemblesAddress;
import dev.latchkey.password.PasswordError.TooLong;
import dev.latchkey.password.PasswordError.TooShort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-003: which passwords may be chosen. */
class PasswordPolicyTest {

    private static final CommonPasswords COMMON = CommonPasswords.ALL;
    private static final String HOST = "id.wunder-shop.example.com";
    private static final String EMAIL = "ada.lovelace@example.com";

    private final PasswordPolicy policy = new PasswordPolicy(8, false, COMMON, HOST);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery staple",
                "  eight  ",
                "äöüßéèêç",
                "🔑🚪🔒🔓🏠🔑🚪🔒",
                "пароль мой тайный",
                "nul \u0000 inside",
                "a lovelace of her own",
                "passwordpasswore"
            })
    void acceptsSpacesAndAnyUnicode(String raw) {
        assertEquals(List.of(), errors(raw));
    }

    @Test
    void refusesMissingPassword() {
        assertEquals(List.of(new Missing()), policy.errors(null, EMAIL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "7 chars", "🔑🚪🔑🚪🔑🚪🔑", "a\u0301bcdefg"})
    void refusesShortPasswordByCodePoints(String raw) {
        assertEquals(List.of(new TooShort(8)), errors(raw));
    }

    @Test
    void usesConfiguredMinimum() {
        var stricter = new PasswordPolicy(15, false, COMMON, HOST);
        assertEquals(List.of(new TooShort(15)), stricter.errors(Password.of("fourteen chars"), EMAIL));
        assertEquals(List.of(), stricter.errors(Password.of("fifteen chars !"), EMAIL));
    }

    @Test
    void refusesLongPasswordWithoutTruncation() {
        assertEquals(List.of(), errors("🔑🚪".repeat(64)));
        assertEquals(List.of(), errors("\u03B1\u0313\u0300\u0345x".repeat(64)));
        assertEquals(List.of(new TooLong(128)), errors("x".repeat(129)));
        assertEquals(List.of(new TooLong(128)), errors("🔑".repeat(129)));
        assertEquals(List.of(new TooLong(128)), errors("x".repeat(1_000_000)));
    }

    @Test
    void refusesLoneSurrogates() {
        assertEquals(List.of(new NotText()), errors("correct horse \uD83D"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "PASSWORD", "PassWord", "12345678", "Iloveyou", "paſſword", "qwertyuiop"})
    void refusesCommonPasswordInAnyLetterCase(String raw) {
        assertEquals(List.of(new Common()), errors(raw));
    }

    /** One from each dictionary: female and male names, surnames, words of films, words of an encyclopaedia. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jennifer",
                "Michelle",
                "FREDERICK",
                "christopher",
                "rodriguez",
                "fitzgerald",
                "sweetheart",
                "unbelievable",
                "government",
                "Encyclopedia",
                "approximately"
            })
    void refusesNamesAndWords(String raw) {
        assertEquals(List.of(new Common()), errors(raw));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000",
                "        ",
                "zzzzzzzzzzzzzzzzzzzz",
                "AaAaAaAa",
                "🔑🔑🔑🔑🔑🔑🔑🔑",
                "........",
                // Sequences, also in larger steps and beyond the last
                "abcdefgh",
                "ABCDEFGHIJ",
                "hgfedcba",
                "87654321",
                "78901234",
                "acegikmo",
                "2468:<>@",
                "wxyzabcd",
                "абвгдежз",
                // Runs over the keys of the usual layouts
                "qwertyui",
                "asdfghjk",
                "ASDFGHJK",
                "poiuytre",
                "1qaz2wsx",
                "zaqwsxcd",
                "!@#$%^&*",
                "QWERTZUI",
                "qwertzuiopü",
                "azertyuiop",
                "qsdfghjklm",
                "aoeuidhtns",
                "7894561230",
                "zxcvbnm,./"
            })
    void refusesRepeatedCharactersSequencesAndKeyboardRuns(String raw) {
        assertEquals(List.of(new Common()), errors(raw));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jennifer michelle",
                "jennifer's cat",
                "abcdefgh-qwertyui",
                "00000000-1",
                "abcdefgi",
                "qwertyuz4",
                "abababab1",
                "government of the people",
                "correcthorsebatterystaple"
            })
    void acceptsLongerPasswordsThatContainThem(String raw) {
        assertEquals(List.of(), errors(raw));
    }

    @Test
    void knowsEveryDictionary() {
        assertEquals(93_856, COMMON.size());
    }

    @Test
    void reportsAllErrors() {
        assertEquals(List.of(new TooShort(8), new Common()), errors("qwerty"));
    }

    // NIST SP 800-63B: words of the context, such as the name of the service.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey",
                "Latchkey2026!",
                "latchkeylatchkey",
                "my Latchkey!",
                "LATCHKEY-wunder",
                "wunder-shop",
                "Wundershop2026",
                "example.com",
                "Shop Shop 123",
            })
    void refusesTheNameOfTheService(String raw) {
        assertEquals(List.of(new Common()), policy.errors(Password.of(raw), EMAIL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a shop that sells wunders",
                "latchkey kids of 1980",
                "an example to follow",
                "id com id com 99",
                "latschkey 2026",
            })
    void acceptsPhrasesInWhichTheNameOfTheServiceOccurs(String raw) {
        assertEquals(List.of(), policy.errors(Password.of(raw), EMAIL));
    }

    @Test
    void knowsTheNameOfTheServiceInUnicode() {
        var umlaut = new PasswordPolicy(8, false, COMMON, "id.xn--mnchen-3ya.example");
        assertEquals(List.of(new Common()), umlaut.errors(Password.of("M\u00FCnchen 2026"), EMAIL));
        var none = new PasswordPolicy(8, false, COMMON, null);
        assertEquals(List.of(), none.errors(Password.of("M\u00FCnchen 2026"), EMAIL));
        assertEquals(List.of(new Common()), none.errors(Password.of("Latchkey 2026"), EMAIL));
        for (String host : List.of("192.0.2.1", "[2001:db8::1]", "xn--\u0000", "localhost")) {
            assertEquals(
                    List.of(),
                    new PasswordPolicy(8, false, COMMON, host).errors(Password.of("20010 db8 192.0"), EMAIL));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ada.lovelace@example.com, ada.lovelace@example.com",
        "ADA.Lovelace@Example.COM, ada.lovelace@example.com",
        "ada.lovelace, ada.lovelace@example.com",
        "Ada.Lovelace, ada.lovelace@example.com",
        "my ada.lovelace 1815, ada.lovelace@example.com",
        "1815ada.lovelace, ada.lovelace@example.com",
        "to ADA.LOVELACE@EXAMPLE.COM!, ada.lovelace@example.com",
        // Four characters are searched for
        "I am anna today, anna@example.com",
        "🔑🔑🔑🔑 opens, 🔑🔑🔑🔑@example.com",
        // The local part is too short to be searched for, the address is not
        "my a@b.co key, a@b.co",
        "abc@example.com?, abc@example.com",
        // Case folding beyond a change of letters
        "STRASSE 1815, straße@example.com",
        "groß STRASSE, strasse@example.com",
        "my ΟΔΟΣ 1815, οδος@example.com",
        "ΟΔΟΣΟΔΟΣ, οδος@example.com",
        // The domain as a person types it
        "a@bücher.example, a@xn--bcher-kva.example",
        "a@BÜCHER.example!, a@xn--bcher-kva.example"
    })
    void refusesWhatResemblesTheAddress(String raw, String email) {
        assertEquals(List.of(new ResemblesAddress()), policy.errors(Password.of(raw), email));
    }

    @Test
    void refusesPasswordEqualToShortLocalPart() {
        var laxer = new PasswordPolicy(1, false, COMMON, HOST);
        assertEquals(List.of(new ResemblesAddress()), laxer.errors(Password.of("Zqj"), "zqj@example.com"));
        assertEquals(List.of(), laxer.errors(Password.of("Zqjx"), "zqj@example.com"));
    }

    @ParameterizedTest
    @CsvSource({
        "my abc of locks, abc@example.com",
        "lovelace was here, ada.lovelace@example.com",
        "example.com rules, ada.lovelace@example.com",
        "ada-lovelace here, ada.lovelace@example.com"
    })
    void acceptsWhatResemblesItOnlyByChance(String raw, String email) {
        assertEquals(List.of(), policy.errors(Password.of(raw), email));
    }

    @Test
    void checksWithoutAnAddress() {
        assertEquals(List.of(), policy.errors(Password.of("ada.lovelace"), null));
        assertEquals(List.of(new Common()), policy.errors(Password.of("password"), null));
    }

    @Test
    void requiresNoCompositionByDefault() {
        assertEquals(List.of(), errors("only lower case"));
    }

    @Test
    void requiresCompositionWhenConfigured() {
        var composed = new PasswordPolicy(8, true, COMMON, HOST);
        assertEquals(
                List.of(new NeedsUpper(), new NeedsDigit()), composed.errors(Password.of("only lower case"), EMAIL));
        assertEquals(
                List.of(new NeedsLower(), new NeedsDigit()), composed.errors(Password.of("ONLY UPPER CASE"), EMAIL));
        assertEquals(List.of(new NeedsUpper(), new NeedsLower()), composed.errors(Password.of("314159265358"), EMAIL));
        assertEquals(List.of(), composed.errors(Password.of("Örtlich ٣ Äpfel"), EMAIL));
    }

    private List<PasswordError> errors(String raw) {
        return policy.errors(Password.of(raw), EMAIL);
    }
}
