package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A letter in the form in which it travels (RFC 5322, RFC 2046): text, and the same as HTML.
 *
 * <p>Security: a header holds what is fixed, an address, which has no blank and no line break, or a name that is encoded.
 */
final class MimeMessage {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx", Locale.ROOT);

    /** RFC 2045: of a line of quoted-printable text, with the mark that it goes on. */
    private static final int LINE = 76;

    /** RFC 2047: an encoded word has 75 characters at most; of these bytes there are 60 in base64. */
    private static final int ENCODED_WORD_BYTES = 45;

    private static final int RANDOM_BYTES = 16;

    private MimeMessage() {}

    static byte[] bytes(
            OutgoingEmail addressed,
            EmailAddress from,
            Optional<String> fromName,
            ZonedDateTime at,
            RandomGenerator random) {
        String boundary = "latchkey-" + random(random);
        StringBuilder text = new StringBuilder();
        header(text, "Date", DATE.format(at.withZoneSameInstant(ZoneOffset.UTC)));
        header(text, "From", fromName.map(name -> phrase(name) + " ").orElse("") + "<" + from.canonical() + ">");
        header(text, "To", "<" + addressed.to().canonical() + ">");
        header(text, "Message-ID", "<" + random(random) + "@" + domain(from) + ">");
        header(text, "Subject", addressed.letter().subject());
        // Nobody's absence is told to a machine (RFC 3834).
        header(text, "Auto-Submitted", "auto-generated");
        header(text, "MIME-Version", "1.0");
        header(text, "Content-Type", "multipart/alternative; boundary=\"" + boundary + "\"");
        text.append("\r\n");
        part(text, boundary, "text/plain", EmailTemplates.plain(addressed.letter()));
        part(text, boundary, "text/html", EmailTemplates.html(addressed.letter()));
        text.append("--").append(boundary).append("--\r\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void header(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
    }

    private static void part(StringBuilder text, String boundary, String type, String content) {
        text.append("--").append(boundary).append("\r\n");
        header(text, "Content-Type", type + "; charset=utf-8");
        header(text, "Content-Transfer-Encoding", "quoted-printable");
        text.append("\r\n").append(quotedPrintable(content)).append("\r\n");
    }

    private static String domain(EmailAddress address) {
        return address.canonical().substring(address.canonical().indexOf('@') + 1);
    }

    private static String random(RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A name as encoded words, which have no characters that mean something in a header. */
    static String phrase(String name) {
        StringBuilder words = new StringBuilder();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        for (int point : name.codePoints().toArray()) {
            String letter = Character.toString(point);
            int size = letter.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + size > ENCODED_WORD_BYTES) {
                encode(words, word.toString());
                word.setLength(0);
                bytes = 0;
            }
            word.append(letter);
            bytes += size;
        }
        encode(words, word.toString());
        return words.toString();
    }

    private static void encode(StringBuilder words, String word) {
        if (!words.isEmpty()) {
            words.append("\r\n ");
        }
        words.append("=?utf-8?B?")
                .append(Base64.getEncoder().encodeToString(word.getBytes(StandardCharsets.UTF_8)))
                .append("?=");
    }

    /** RFC 2045 section 6.7; lines end with CRLF and none begins with a dot that would end the letter. */
    static String quotedPrintable(String content) {
        StringBuilder text = new StringBuilder();
        for (String line : content.split("\n", -1)) {
            int length = 0;
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                String piece = piece(bytes[i], i == 0, i == bytes.length - 1);
                if (length + piece.length() > LINE - 1) {
                    text.append("=\r\n");
                    length = 0;
                    piece = piece(bytes[i], true, i == bytes.length - 1);
                }
                text.append(piece);
                length += piece.length();
            }
            text.append("\r\n");
        }
        return text.toString();
    }

    private static String piece(byte octet, boolean first, boolean last) {
        boolean plain =
                (octet > ' ' && octet <= '~' && octet != '=' && !(first && octet == '.')) || (octet == ' ' && !last);
        return plain ? String.valueOf((char) octet) : "=%02X".formatted(octet & 0xFF);
    }
}
