package dev.latchkey.mail;

import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateException;
import io.quarkus.qute.Variant;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The template of an e-mail of one kind in one language: of its plain text, which begins with the subject, or of its HTML.
 *
 * <p>Security: values are texts and nothing else, so that a template reaches no object of ours; in HTML they are escaped.
 */
final class TemplateFile {

    private static final Pattern FILE_NAME = Pattern.compile("([a-z-]+)\\.([A-Za-z0-9-]+)\\.(txt|html)");
    private static final String SUBJECT = "Subject: ";
    private static final int MAX_SUBJECT = 150;

    /** Without reflection; a name that there is no value for is an error. */
    private static Engine engine() {
        return Engine.builder()
                .addDefaults()
                .addResultMapper(new HtmlEscaper(List.of(Variant.TEXT_HTML)))
                .strictRendering(true)
                .build();
    }

    /** What a template is for, as its file is named: {@code password-reset.de.html}. */
    record Name(EmailKind kind, String language, boolean html) {

        static Optional<Name> parse(String fileName) {
            Matcher matcher = FILE_NAME.matcher(fileName);
            return matcher.matches() && isLanguage(matcher.group(2))
                    ? EmailKind.find(matcher.group(1))
                            .map(kind -> new Name(
                                    kind, matcher.group(2), matcher.group(3).equals("html")))
                    : Optional.empty();
        }

        String fileName() {
            return kind.id() + "." + language + (html ? ".html" : ".txt");
        }

        private static boolean isLanguage(String tag) {
            try {
                return new Locale.Builder()
                        .setLanguageTag(tag)
                        .build()
                        .toLanguageTag()
                        .equals(tag);
            } catch (IllformedLocaleException malformed) {
                return false;
            }
        }
    }

    /** The plain text of an e-mail, and the subject above it. */
    record Text(String subject, String body) {}

    private final Name name;
    private final Template template;

    private TemplateFile(Name name, Template template) {
        this.name = name;
        this.template = template;
    }

    /**
     * Parses a template.
     *
     * @throws TemplateException if it cannot be parsed
     */
    static TemplateFile parse(Name name, String content) {
        return new TemplateFile(
                name,
                engine().parse(
                                content,
                                Variant.forContentType(name.html() ? Variant.TEXT_HTML : Variant.TEXT_PLAIN),
                                name.fileName()));
    }

    /**
     * Fills in the values.
     *
     * @throws TemplateException if the template names another
     */
    String render(Map<String, String> values) {
        return template.data(values).render();
    }

    /**
     * Fills in the values of a plain text.
     *
     * <p>Security: a subject is a header. It is one line, since it ends where the line ends.
     *
     * @throws TemplateException if the template names another value, or has no subject
     */
    Text renderText(Map<String, String> values) {
        String rendered = render(values);
        int end = rendered.indexOf('\n');
        if (end < 0 || !rendered.startsWith(SUBJECT) || !rendered.startsWith("\n\n", end)) {
            throw new TemplateException(
                    "the first line must be \"" + SUBJECT + "\" and the subject, and the second be empty");
        }
        String subject = rendered.substring(SUBJECT.length(), end).strip();
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT) {
            throw new TemplateException("the subject must have 1 to " + MAX_SUBJECT + " characters");
        }
        if (subject.chars().anyMatch(Character::isISOControl)) {
            throw new TemplateException("the subject has control characters");
        }
        return new Text(subject, rendered.substring(end + 2));
    }

    /**
     * Tries the template with sample values.
     *
     * @throws TemplateException if it does not work
     */
    void check() {
        Map<String, String> samples = name.kind().samples();
        String rendered = name.html() ? render(samples) : renderText(samples).body();
        for (EmailKind.Value value : EmailKind.Value.values()) {
            if (name.kind().needs(value) && !rendered.contains(value.sample())) {
                throw new TemplateException("{" + value.id() + "} is missing, without which the e-mail is of no use");
            }
        }
    }
}
