package dev.latchkey.mail;

import dev.latchkey.mail.EmailKind.Value;
import dev.latchkey.mail.TemplateFile.Name;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Renders e-mails, as plain text and the same as HTML, in the language that their recipients prefer: from the templates of the
 * package in {@code mail/}, and those that an operator has put in their place.
 *
 * <p>Not as type-safe templates of Quarkus, which are fixed when the service is built.
 */
@Singleton
class EmailTemplates {

    /** The languages that come with the service, the one for all others first. */
    static final List<String> SHIPPED = List.of("en", "de");

    private static final Logger LOG = Logger.getLogger(EmailTemplates.class);
    private static final String FALLBACK = SHIPPED.getFirst();

    private final Map<Name, String> replaced;
    private final ConcurrentMap<Name, TemplateFile> parsed = new ConcurrentHashMap<>();
    private final ConcurrentMap<Name, TemplateFile> parsedShipped = new ConcurrentHashMap<>();

    @Inject
    EmailTemplates(MailConfig config) {
        // What is wrong with the others ends the start (MailCheck).
        this(config.templates().map(TemplateDirectory::read).orElse(TemplateDirectory.NONE));
    }

    EmailTemplates(TemplateDirectory directory) {
        this.replaced = directory.contents();
    }

    /**
     * An e-mail as its recipient reads it.
     *
     * @param html null if there is a plain text only
     */
    record Rendered(String subject, String text, @Nullable String html) {}

    Rendered render(EmailMessage message) {
        EmailKind kind = EmailKind.of(message);
        String language = message.languages().find(languages(kind)).orElse(FALLBACK);
        try {
            return rendered(kind, language, values(message, language), replaced);
        } catch (RuntimeException e) {
            // It passed the trial and does not work with these values, which must not cost the e-mail. Whatever an
            // expression
            // throws comes as it is, a NumberFormatException for example.
            LOG.errorf(
                    "The template %s of an operator does not work (%s); ours was used",
                    new Name(kind, language, false).fileName(), e.getClass().getSimpleName());
            String ours = SHIPPED.contains(EmailWords.base(language)) ? EmailWords.base(language) : FALLBACK;
            return rendered(kind, ours, values(message, ours), Map.of());
        }
    }

    private List<String> languages(EmailKind kind) {
        List<String> languages = new ArrayList<>(SHIPPED);
        replaced.keySet().stream()
                .filter(name -> name.kind() == kind && !name.html())
                .map(Name::language)
                .filter(language -> !SHIPPED.contains(language))
                .forEach(languages::add);
        return languages;
    }

    private Rendered rendered(EmailKind kind, String language, Map<String, String> values, Map<Name, String> from) {
        TemplateFile.Text text = template(new Name(kind, language, false), from).renderText(values);
        Name html = new Name(kind, language, true);
        return new Rendered(
                text.subject(),
                text.body(),
                from.containsKey(html) || SHIPPED.contains(language)
                        ? template(html, from).render(values)
                        : null);
    }

    private TemplateFile template(Name name, Map<Name, String> from) {
        String content = from.get(name);
        return content == null
                ? parsedShipped.computeIfAbsent(name, ignored -> TemplateFile.parse(name, shipped(name)))
                : parsed.computeIfAbsent(name, ignored -> TemplateFile.parse(name, content));
    }

    private static String shipped(Name name) {
        try (InputStream file = Objects.requireNonNull(
                EmailTemplates.class.getResourceAsStream("/mail/" + name.fileName()), name.fileName())) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> values(EmailMessage message, String language) {
        Map<String, String> values = new HashMap<>();
        values.put(Value.LANGUAGE.id(), language);
        switch (message) {
            case EmailMessage.PasswordReset(var _, URI link, Duration lifetime) ->
                putLink(values, link, lifetime, language);
            case EmailMessage.EmailVerification(var _, URI link, Duration lifetime) ->
                putLink(values, link, lifetime, language);
            case EmailMessage.EmailChange(var _, URI link, Duration lifetime) ->
                putLink(values, link, lifetime, language);
            case EmailMessage.EmailChanged(var _, URI link, Duration lifetime) ->
                putLink(values, link, lifetime, language);
            case EmailMessage.AccountDeletion(var _, URI link, Duration lifetime) ->
                putLink(values, link, lifetime, language);
            case EmailMessage.EmailChangeUndone(var _, String site) -> values.put(Value.SITE.id(), site);
            case EmailMessage.NewDevice(var _, String site, RequestDetails request) ->
                putRequest(values, site, request, language);
            case EmailMessage.PasswordChanged(var _, String site, RequestDetails request) ->
                putRequest(values, site, request, language);
        }
        return values;
    }

    private static void putRequest(Map<String, String> values, String site, RequestDetails request, String language) {
        values.put(Value.SITE.id(), site);
        values.put(Value.TIME.id(), EmailWords.time(request.at()));
        values.put(Value.ADDRESS.id(), EmailWords.orUnknown(request.address(), language));
        values.put(Value.BROWSER.id(), EmailWords.orUnknown(request.browser(), language));
    }

    private static void putLink(Map<String, String> values, URI link, Duration lifetime, String language) {
        values.put(Value.SITE.id(), link.getAuthority());
        values.put(Value.LINK.id(), link.toString());
        values.put(Value.LIFETIME.id(), EmailWords.duration(lifetime, language));
    }
}
