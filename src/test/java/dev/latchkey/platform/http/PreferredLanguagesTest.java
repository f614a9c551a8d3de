package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chooses a language of ours by a header that anyone can write. */
class PreferredLanguagesTest {

    private static final List<String> AVAILABLE = List.of("en", "de", "pt-BR");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "de|de",
                "DE-at|de",
                "de-AT,de;q=0.9,en;q=0.8|de",
                "en-US,en;q=0.9,de;q=0.8|en",
                "fr-CH, fr;q=0.9, de;q=0.7, *;q=0.5|de",
                "de;q=0.1, en;q=0.9|en",
                "en;q=0, de|de",
                "pt-br|pt-BR",
                "de-DE-u-co-phonebk|de",
                "de-x-private|de"
            })
    void findsTheBestLanguage(String header, String expected) {
        assertEquals(Optional.of(expected), PreferredLanguages.of(header).find(AVAILABLE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*-CH",
                "fr",
                "pt",
                "de;q=0",
                "de;q=2",
                "de;q=-1",
                "de;q=NaN",
                "de;q=",
                "de;;q=1",
                "de;;;",
                ",",
                ";",
                "de en",
                "de_AT",
                "deutsch!",
                "../de",
                "de\u0000",
                "de\r\nX: y",
                "<script>",
                "${jndi:ldap://example.com}",
                "ｄｅ",
                "d\u0130"
            })
    void findsNoneInWhatIsMalformedOrNotThere(String header) {
        assertEquals(Optional.empty(), PreferredLanguages.of(header).find(AVAILABLE));
    }

    @Test
    void findsNoneWithoutAHeader() {
        assertEquals(Optional.empty(), PreferredLanguages.of(null).find(AVAILABLE));
        assertEquals(Optional.empty(), PreferredLanguages.NONE.find(AVAILABLE));
    }

    @Test
    void ignoresAHeaderThatIsTooLong() {
        String longest = "de," + "fr,".repeat(165) + "fr";
        assertEquals(Optional.of("de"), PreferredLanguages.of(longest).find(AVAILABLE));
        assertEquals(PreferredLanguages.NONE, PreferredLanguages.of(longest + "x"));
        assertEquals(PreferredLanguages.NONE, PreferredLanguages.of("de," + "x".repeat(30_000)));
    }

    // Security: it may wait in the database, which stores no NUL.
    @ParameterizedTest
    @ValueSource(strings = {"de\u0000", "de\n", "de\u001b[31m", "de,\u00e9", "de,\ud800", "de\u007f"})
    void keepsNothingThatIsNotPrintable(String header) {
        assertEquals(PreferredLanguages.NONE, PreferredLanguages.of(header));
    }

    // Whatever is returned goes into file names and pages.
    @Test
    void returnsTheLanguageAsItIsSpeltHere() {
        assertEquals(Optional.of("pt-BR"), PreferredLanguages.of("PT-br-x-lat").find(AVAILABLE));
    }
}
