package dev.latchkey.account;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An e-mail address in the one form in which it is compared and stored: NFC and lower case, the domain in ASCII. */
public final class EmailAddress {

    // RFC 5321, section 4.5.3.1; octets, in UTF-8 (RFC 6531) and in the domain's ASCII form.
    private static final int MAXIMUM_LOCAL_PART = 64;
    private static final int MAXIMUM_DOMAIN = 255;

    // Security: normalising takes quadratic time for some input. No address that is valid in the end is nearly as long.
    private static final int MAXIMUM_RAW = 1024;

    // Enough for all text known; what has not settled by then is refused.
    private static final int MAXIMUM_ROUNDS = 4;

    private static final String ATEXT_SYMBOLS = "!#$%&'*+-/=?^_`{|}~";
    private static final Pattern NUMERIC = Pattern.compile("[0-9]+");
    private static final String ACE_PREFIX = "xn--";

    /** The result of parsing an address. */
    public sealed interface Parsed {

        record Valid(EmailAddress address) implements Parsed {}

        record Invalid(Reason reason) implements Parsed {}
    }

    /** A reason why a text is not an address. */
    public enum Reason {
        /** The text is empty or blank. */
        MISSING,
        /** Longer than 64 octets before the @ or 255 behind it. */
        TOO_LONG,
        /** A blank, a control character, or one that cannot be seen. */
        INVISIBLE_CHARACTER,
        /** Not of the form name@domain with a single @. */
        NOT_AN_ADDRESS,
        /** The part before the @ has a character or a dot where it may not be; quoted forms are not supported. */
        BAD_LOCAL_PART,
        /** The part after the @ is not a domain name with at least one dot; address literals are not supported. */
        BAD_DOMAIN
    }

    /** Either a canonical text or the reason why there is none. */
    private record Reading(String text, @Nullable Reason reason) {

        static Reading of(String text) {
            return new Reading(text, null);
        }

        static Reading of(Reason reason) {
            return new Reading("", reason);
        }
    }

    private final String canonical;

    /**
     * Creates an address from its canonical form, and from no other text.
     *
     * @throws IllegalArgumentException if {@link #parse} would have made another text of it
     */
    public EmailAddress(String canonical) {
        Reading reading = read(canonical);
        if (reading.reason() != null || !reading.text().equals(canonical)) {
            throw new IllegalArgumentException("Not an e-mail address in canonical form");
        }
        this.canonical = canonical;
    }

    private EmailAddress(Reading canonical) {
        this.canonical = canonical.text();
    }

    /** Parses an address as a user typed it. */
    public static Parsed parse(@Nullable String raw) {
        Reading reading = read(raw);
        Reason reason = reading.reason();
        return reason == null ? new Parsed.Valid(new EmailAddress(reading)) : new Parsed.Invalid(reason);
    }

    /** Returns an address as this service has stored it, which is canonical and not parsed again. */
    public static EmailAddress stored(String canonical) {
        return new EmailAddress(Reading.of(canonical));
    }

    /** Returns the canonical form. */
    public String canonical() {
        return canonical;
    }

    /** Returns the part before the @. */
    public String localPart() {
        return canonical.substring(0, canonical.indexOf('@'));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EmailAddress address && address.canonical.equals(canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    @Override
    public String toString() {
        return "EmailAddress[" + canonical + "]";
    }

    private static Reading read(@Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return Reading.of(Reason.MISSING);
        }
        if (raw.length() > MAXIMUM_RAW) {
            return Reading.of(Reason.TOO_LONG);
        }
        String text = nfc(raw.strip());
        if (text.isEmpty()) {
            return Reading.of(Reason.MISSING);
        }
        if (text.codePoints().anyMatch(EmailAddress::cannotBeSeen)) {
            return Reading.of(Reason.INVISIBLE_CHARACTER);
        }
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1 || at != text.lastIndexOf('@')) {
            return Reading.of(Reason.NOT_AN_ADDRESS);
        }
        Reading localPart = readLocalPart(text.substring(0, at));
        if (localPart.reason() != null) {
            return localPart;
        }
        Reading domain = readDomain(text.substring(at + 1));
        return domain.reason() == null ? Reading.of(localPart.text() + "@" + domain.text()) : domain;
    }

    private static Reading readLocalPart(String typed) {
        Optional<String> settled = lowerCase(typed);
        if (settled.isEmpty()) {
            return Reading.of(Reason.BAD_LOCAL_PART);
        }
        String text = settled.get();
        if (text.startsWith(".")
                || text.endsWith(".")
                || text.contains("..")
                || !text.codePoints().allMatch(EmailAddress::mayStandInLocalPart)) {
            return Reading.of(Reason.BAD_LOCAL_PART);
        }
        return text.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_LOCAL_PART
                ? Reading.of(Reason.TOO_LONG)
                : Reading.of(text);
    }

    /** Lower case, then NFC, until neither changes it; empty if that does not come to an end. */
    private static Optional<String> lowerCase(String typed) {
        String text = typed;
        for (int round = 0; round < MAXIMUM_ROUNDS; round++) {
            String next = nfc(text.toLowerCase(Locale.ROOT));
            if (next.equals(text)) {
                return Optional.of(text);
            }
            text = next;
        }
        return Optional.empty();
    }

    /** The domain's ASCII form; its letter case is folded on the way (RFC 3490, RFC 3491). */
    private static Reading readDomain(String typed) {
        if (typed.codePoints().anyMatch(EmailAddress::isIdnaDeviation)) {
            return Reading.of(Reason.BAD_DOMAIN);
        }
        String ascii;
        try {
            ascii = IDN.toASCII(typed, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return Reading.of(Reason.BAD_DOMAIN);
        }
        if (ascii.length() > MAXIMUM_DOMAIN) {
            return Reading.of(Reason.TOO_LONG);
        }
        String[] labels = ascii.split("\\.", -1);
        if (labels.length < 2 || NUMERIC.matcher(labels[labels.length - 1]).matches()) {
            return Reading.of(Reason.BAD_DOMAIN);
        }
        for (String label : labels) {
            if (label.isEmpty() || (label.startsWith(ACE_PREFIX) && !isPunycode(label))) {
                return Reading.of(Reason.BAD_DOMAIN);
            }
        }
        return Reading.of(ascii);
    }

    /**
     * Whether a label that looks encoded is: toUnicode gives it back as it is when it does not decode, or when encoding
     * it anew gives something else, as with the IDNA deviation characters.
     */
    private static boolean isPunycode(String label) {
        String decoded = IDN.toUnicode(label, IDN.USE_STD3_ASCII_RULES);
        return !decoded.equals(label) && decoded.codePoints().noneMatch(EmailAddress::cannotBeSeen);
    }

    private static String nfc(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static boolean mayStandInLocalPart(int codePoint) {
        if (codePoint < 0x80) {
            return Character.isLetterOrDigit(codePoint) || codePoint == '.' || ATEXT_SYMBOLS.indexOf(codePoint) >= 0;
        }
        return Character.isLetterOrDigit(codePoint)
                || switch (Character.getType(codePoint)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
                    default -> false;
                };
    }

    // Security: two addresses that look the same must not be two accounts for the want of a glance.
    private static boolean cannotBeSeen(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> isInvisibleLetterOrMark(codePoint);
        };
    }

    /** Letters and marks that Unicode has as Default_Ignorable_Code_Point (DerivedCoreProperties), which Java does not tell. */
    private static boolean isInvisibleLetterOrMark(int codePoint) {
        return codePoint == 0x034F
                || codePoint == 0x115F
                || codePoint == 0x1160
                || codePoint == 0x17B4
                || codePoint == 0x17B5
                || (codePoint >= 0x180B && codePoint <= 0x180F)
                || codePoint == 0x3164
                || (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
                || codePoint == 0xFFA0
                || (codePoint >= 0xE0000 && codePoint <= 0xE0FFF);
    }

    // Security: these four mean one domain by IDNA 2003 and another by IDNA 2008. The joiners cannot be seen and are
    // refused everywhere.
    private static boolean isIdnaDeviation(int codePoint) {
        return codePoint == 'ß' || codePoint == 'ς';
    }
}
