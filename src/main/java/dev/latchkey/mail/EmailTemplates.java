package dev.latchkey.mail;

import java.net.URI;
import java.time.Duration;

/** Letters as text, plain and as HTML. */
final class EmailTemplates {

    private EmailTemplates() {}

    static String plain(EmailMessage letter) {
        StringBuilder text = new StringBuilder(letter.occasion()).append("\n\n");
        URI link = letter.link();
        if (link != null) {
            text.append(letter.invitation())
                    .append(":\n\n")
                    .append(link)
                    .append("\n\n")
                    .append(bound(letter))
                    .append("\n\n");
        }
        return text.append(letter.otherwise()).append('\n').toString();
    }

    static String html(EmailMessage letter) {
        StringBuilder text = new StringBuilder("<!doctype html>\n<html lang=\"en\"><body>\n");
        paragraph(text, escaped(letter.occasion()));
        URI link = letter.link();
        if (link != null) {
            String address = escaped(link.toString());
            paragraph(text, "<a href=\"" + address + "\">" + escaped(letter.invitation()) + "</a>");
            paragraph(text, address);
            paragraph(text, escaped(bound(letter)));
        }
        paragraph(text, escaped(letter.otherwise()));
        return text.append("</body></html>\n").toString();
    }

    private static String bound(EmailMessage letter) {
        return "The link works once, for " + words(letter.counts()) + ".";
    }

    static String words(Duration duration) {
        if (duration.toHours() >= 1 && duration.equals(Duration.ofHours(duration.toHours()))) {
            return count(duration.toHours(), "hour");
        }
        if (duration.toMinutes() >= 1 && duration.equals(Duration.ofMinutes(duration.toMinutes()))) {
            return count(duration.toMinutes(), "minute");
        }
        return count(duration.toSeconds(), "second");
    }

    private static String count(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }

    private static void paragraph(StringBuilder text, String content) {
        text.append("<p>").append(content).append("</p>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
