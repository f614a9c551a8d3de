package dev.latchkey.mail;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.qute.Variant;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Renders e-mails from the templates in {@code templates/mail}: as plain text, and the same as HTML. */
final class EmailTemplates {

    private EmailTemplates() {}

    /** An e-mail as its recipient reads it. */
    record Rendered(String subject, String text, String html) {}

    static Rendered render(EmailMessage message) {
        return switch (message) {
            case EmailMessage.PasswordReset(URI link, Duration lifetime) ->
                render("Choose a new password", Templates.passwordReset(link.getAuthority(), link, words(lifetime)));
            case EmailMessage.EmailVerification(URI link, Duration lifetime) ->
                render(
                        "Confirm your e-mail address",
                        Templates.emailVerification(link.getAuthority(), link, words(lifetime)));
            case EmailMessage.EmailChange(URI link, Duration lifetime) ->
                render(
                        "Confirm your new e-mail address",
                        Templates.emailChange(link.getAuthority(), link, words(lifetime)));
            case EmailMessage.EmailChanged(URI link, Duration lifetime) ->
                render(
                        "The e-mail address of your account was changed",
                        Templates.emailChanged(link.getAuthority(), link, words(lifetime)));
            case EmailMessage.EmailChangeUndone(String site) ->
                render("A change of e-mail address was undone", Templates.emailChangeUndone(site));
            case EmailMessage.AccountDeletion(URI link, Duration lifetime) ->
                render("Delete your account", Templates.accountDeletion(link.getAuthority(), link, words(lifetime)));
        };
    }

    static String words(Duration duration) {
        // From two days on: "24 hours" is clearer than "1 day".
        if (duration.toDays() >= 2 && duration.equals(Duration.ofDays(duration.toDays()))) {
            return count(duration.toDays(), "day");
        }
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

    private static Rendered render(String subject, TemplateInstance template) {
        return new Rendered(subject, render(template, "text/plain"), render(template, "text/html"));
    }

    private static String render(TemplateInstance template, String contentType) {
        if (template.getAttribute(TemplateInstance.VARIANTS) instanceof List<?> variants) {
            for (Object variant : variants) {
                if (((Variant) variant).getContentType().equals(contentType)) {
                    return template.setAttribute(TemplateInstance.SELECTED_VARIANT, variant)
                            .render();
                }
            }
        }
        throw new IllegalStateException("an e-mail has no template for " + contentType);
    }

    /** Checked at build time: a template that is missing, or names what there is not, fails the build. */
    @CheckedTemplate(basePath = "mail", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    static final class Templates {

        private Templates() {}

        static native TemplateInstance passwordReset(String site, URI link, String lifetime);

        static native TemplateInstance emailVerification(String site, URI link, String lifetime);

        static native TemplateInstance emailChange(String site, URI link, String lifetime);

        static native TemplateInstance emailChanged(String site, URI link, String lifetime);

        static native TemplateInstance emailChangeUndone(String site);

        static native TemplateInstance accountDeletion(String site, URI link, String lifetime);
    }
}
