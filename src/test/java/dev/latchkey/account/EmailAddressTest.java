package dev.latchkey.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.latchkey.account.EmailAddress.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-002: trimmed, brought to one canonical form, checked. */
class EmailAddressTest {

    private static final String LOCAL_64 = "a".repeat(64);
    private static final String LABEL_63 = "b".repeat(63);
    // 63 + 1 + 63 + 1 + 63 + 1 + 63 = 255
    private static final String DOMAIN_255 = String.join(".", LABEL_63, LABEL_63, LABEL_63, LABEL_63);
    // Planes 0 and 1: what has letter case or composes is there.
    private static final int LAST_WITH_CASE = 0x1FFFF;

    static Stream<Arguments> accepted() {
        return Stream.of(
                Arguments.of("ada@example.com", "ada@example.com"),
                Arguments.of("Ada@Example.COM", "ada@example.com"),
                Arguments.of("  ada@example.com\t\r\n", "ada@example.com"),
                Arguments.of("\u2003ada@example.com\u3000", "ada@example.com"),
                Arguments.of("a@b.co", "a@b.co"),
                Arguments.of("first.last+tag@sub.example.com", "first.last+tag@sub.example.com"),
                Arguments.of("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"),
                Arguments.of("1@1.example", "1@1.example"),
                Arguments.of("a@1.2.3.4a", "a@1.2.3.4a"),
                Arguments.of(LOCAL_64 + "@" + DOMAIN_255, LOCAL_64 + "@" + DOMAIN_255),
                Arguments.of("é".repeat(32) + "@example.com", "é".repeat(32) + "@example.com"),
                // NFC: e and a combining acute
                Arguments.of("E\u0301va@example.com", "\u00E9va@example.com"),
                // Lower case without locale: no dotless i, and the dot of the Turkish capital stays
                Arguments.of("INFO@EXAMPLE.COM", "info@example.com"),
                Arguments.of("\u0130@example.com", "i\u0307@example.com"),
                // Only the small j with a caron is one letter
                Arguments.of("J\u030C@example.com", "\u01F0@example.com"),
                // The Kelvin sign is a K
                Arguments.of("\u212A@example.com", "k@example.com"),
                Arguments.of("δοκιμή@παράδειγμα.δοκιμή", "δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp"),
                Arguments.of("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
                Arguments.of("अजय@डाटामेल.भारत", "अजय@xn--c2bd4bq1db8d.xn--h2brj9c"),
                // Unicode and punycode are one domain, in any letter case
                Arguments.of("a@bücher.example", "a@xn--bcher-kva.example"),
                Arguments.of("a@BÜCHER.example", "a@xn--bcher-kva.example"),
                Arguments.of("a@bu\u0308cher.example", "a@xn--bcher-kva.example"),
                Arguments.of("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
                Arguments.of("a@XN--BCHER-KVA.EXAMPLE", "a@xn--bcher-kva.example"),
                // A capital sigma is not the final one
                Arguments.of("a@ΒΌΛΟΣ.com", "a@xn--nxasmq6b.com"),
                Arguments.of("a@ｅｘａｍｐｌｅ.com", "a@example.com"),
                Arguments.of("a@例子。广告", "a@xn--fsqu00a.xn--4rr70v"));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void normalizesToOneForm(String raw, String canonical) {
        assertEquals(new EmailAddress.Parsed.Valid(new EmailAddress(canonical)), EmailAddress.parse(raw));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void keepsCanonicalForm(String raw, String canonical) {
        assertEquals(canonical, valid(valid(raw).canonical()).canonical());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(null, Reason.MISSING),
                Arguments.of("", Reason.MISSING),
                Arguments.of(" \t\r\n\u3000", Reason.MISSING),
                // Form
                Arguments.of("ada", Reason.NOT_AN_ADDRESS),
                Arguments.of("@", Reason.NOT_AN_ADDRESS),
                Arguments.of("@example.com", Reason.NOT_AN_ADDRESS),
                Arguments.of("ada@", Reason.NOT_AN_ADDRESS),
                Arguments.of("ada@@example.com", Reason.NOT_AN_ADDRESS),
                Arguments.of("ada@evil.com@example.com", Reason.NOT_AN_ADDRESS),
                Arguments.of("\"ada@evil.com\"@example.com", Reason.NOT_AN_ADDRESS),
                // Length
                Arguments.of(LOCAL_64 + "a@example.com", Reason.TOO_LONG),
                Arguments.of("é".repeat(32) + "a@example.com", Reason.TOO_LONG),
                Arguments.of("a@" + DOMAIN_255 + ".c", Reason.TOO_LONG),
                // 6 labels of 50 characters in Unicode are fewer than 255 characters, but 359 octets in ASCII
                Arguments.of("a@" + ("ü" + "b".repeat(49) + ".").repeat(4) + "ü".repeat(40) + ".de", Reason.TOO_LONG),
                Arguments.of("a@" + LABEL_63 + "b.com", Reason.BAD_DOMAIN),
                Arguments.of("a".repeat(10_000), Reason.TOO_LONG),
                Arguments.of("a".repeat(10_000) + "@example.com", Reason.TOO_LONG),
                Arguments.of("a@" + "b.".repeat(5_000) + "com", Reason.TOO_LONG),
                Arguments.of("a" + "\u0301\u0316".repeat(5_000) + "@example.com", Reason.TOO_LONG),
                Arguments.of(" ".repeat(10_000) + "a@example.com", Reason.TOO_LONG),
                // What cannot be seen
                Arguments.of("a da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada @example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@ example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@exa mple.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@example.com\u00A0", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada\r\nBcc: eve@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u0000da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@example.com\u0000", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u007Fda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u0085da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u00ADda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@exa\u00ADmple.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u200Bda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("\u200Bada@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@example.com\u200B", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@exa\u200Bmple.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u200Cda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u200Dda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u2028da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u202Eda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u2060da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("\uFEFFada@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@example\uFEFF.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u034Fda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u115Fda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u180Bda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\u3164da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\uFE0Fda@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@exa\uFE0Fmple.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\uFFA0da@example.com", Reason.INVISIBLE_CHARACTER),
                // U+E0041, a tag, and U+E0100, a variation selector
                Arguments.of("a\uDB40\uDC41da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\uDB40\uDD00da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\uD800da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("a\uDC00da@example.com", Reason.INVISIBLE_CHARACTER),
                Arguments.of("ada@exa\uDC00\uD800mple.com", Reason.INVISIBLE_CHARACTER),
                // Local part
                Arguments.of("\"ada\"@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("ada(comment)@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("<ada@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("ada,eve@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("ada;eve@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("mailto:ada@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("ada\\eve@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("[ada]@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of(".ada@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("ada.@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a..da@example.com", Reason.BAD_LOCAL_PART),
                // A full-width full stop and commercial at, a fraction slash, a Greek question mark (a semicolon in
                // NFC)
                Arguments.of("a\uFF0Eda@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a\uFF20da@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a\u2044da@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a\u037Eda@example.com", Reason.BAD_LOCAL_PART),
                // Unassigned, and for private use
                Arguments.of("a\u0378da@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a\uE000da@example.com", Reason.BAD_LOCAL_PART),
                Arguments.of("a\uFFFFda@example.com", Reason.BAD_LOCAL_PART),
                // Domain
                Arguments.of("ada@localhost", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.com.", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.com\u3002", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.", Reason.BAD_DOMAIN),
                Arguments.of("ada@.example.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@example..com", Reason.BAD_DOMAIN),
                Arguments.of("ada@.", Reason.BAD_DOMAIN),
                Arguments.of("ada@-example.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@example-.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@exa_mple.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@exa/mple.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.com>", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.com:25", Reason.BAD_DOMAIN),
                Arguments.of("ada@[192.0.2.1]", Reason.BAD_DOMAIN),
                Arguments.of("ada@[IPv6:2001:db8::1]", Reason.BAD_DOMAIN),
                Arguments.of("ada@192.0.2.1", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.123", Reason.BAD_DOMAIN),
                Arguments.of("ada@example.①", Reason.BAD_DOMAIN),
                // One-dot leader, which is a full stop in NFKC
                Arguments.of("ada@example\u2024com", Reason.BAD_DOMAIN),
                // A Hangul filler, which IDNA 2003 lets through
                Arguments.of("ada@xn--ab-luk.com", Reason.BAD_DOMAIN),
                // IDNA deviation characters, as they are and as punycode
                Arguments.of("ada@straße.de", Reason.BAD_DOMAIN),
                Arguments.of("ada@STRAẞE.de", Reason.BAD_DOMAIN),
                Arguments.of("ada@βόλος.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--strae-oqa.de", Reason.BAD_DOMAIN),
                Arguments.of("ada@XN--STRAE-OQA.de", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--nxasmm1c.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--ab-j1t.de", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--ab-m1t.de", Reason.BAD_DOMAIN),
                // Punycode that does not decode, or not to what it would be encoded as
                Arguments.of("ada@xn--a.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--example-.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--999999999.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--bücher.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@ｘn--strae-oqa.de", Reason.BAD_DOMAIN),
                // Capital U with diaeresis, encoded without folding its case
                Arguments.of("ada@xn--bcher-2pa.com", Reason.BAD_DOMAIN),
                // A soft hyphen, a variation selector, an e with a combining acute
                Arguments.of("ada@xn--ab-5da.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--ab-372n.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@xn--ea-8tb.com", Reason.BAD_DOMAIN),
                // Unassigned in every version of Unicode, for private use, and mixed directions
                Arguments.of("ada@exa\u0378mple.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@exa\uE000mple.com", Reason.BAD_DOMAIN),
                Arguments.of("ada@אבa.com", Reason.BAD_DOMAIN));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesInvalidAddressAndSaysWhatToChange(String raw, Reason reason) {
        assertEquals(new EmailAddress.Parsed.Invalid(reason), EmailAddress.parse(raw));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ada", "Ada@example.com", " ada@example.com", "a@bücher.example", "ada@straße.de"})
    void refusesNonCanonicalFormInConstructor(String text) {
        assertThrows(IllegalArgumentException.class, () -> new EmailAddress(text));
    }

    @Test
    void normalizationIsIdempotentForEveryLetter() {
        for (int codePoint = 0; codePoint <= LAST_WITH_CASE; codePoint++) {
            String raw = "a" + Character.toString(codePoint) + "b@example.com";
            if (EmailAddress.parse(raw) instanceof EmailAddress.Parsed.Valid(EmailAddress address)) {
                assertEquals(new EmailAddress.Parsed.Valid(address), EmailAddress.parse(address.canonical()), raw);
            }
        }
    }

    @Test
    void normalizationIsIdempotentForEveryCharacterOfADomain() {
        for (int codePoint = 0; codePoint <= Character.MAX_VALUE; codePoint++) {
            // Thousands of these, without case or composition, and slow to look up.
            if (Character.isIdeographic(codePoint)) {
                continue;
            }
            String raw = "a@b" + Character.toString(codePoint) + "c.example";
            if (EmailAddress.parse(raw) instanceof EmailAddress.Parsed.Valid(EmailAddress address)) {
                assertEquals(new EmailAddress.Parsed.Valid(address), EmailAddress.parse(address.canonical()), raw);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ada@example.com, ada", "first.last+tag@example.com, first.last+tag"})
    void returnsLocalPart(String raw, String localPart) {
        assertEquals(localPart, valid(raw).localPart());
    }

    private static EmailAddress valid(String raw) {
        return switch (EmailAddress.parse(raw)) {
            case EmailAddress.Parsed.Valid(EmailAddress address) -> address;
            case EmailAddress.Parsed.Invalid(Reason reason) -> throw new AssertionError(reason + ": " + raw);
        };
    }
}
