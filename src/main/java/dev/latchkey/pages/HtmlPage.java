package dev.latchkey.pages;

import dev.latchkey.emaillink.RedirectTargets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.http.Origin;
import dev.latchkey.platform.http.PublicUrl;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Renders a page: a heading, some paragraphs and at most one form, without a script and readable in any browser. */
@ApplicationScoped
class HtmlPage {

    private static final String STYLE_FILE = "/pages/style.css";
    private static final Pattern CUSTOM_SCHEME = Pattern.compile("([a-z][a-z0-9+.-]*:)//.*", Pattern.CASE_INSENSITIVE);

    private final PublicUrl publicUrl;
    private final RedirectTargets targets;
    private final PageLanguage language;
    private final String style;
    private final String styleHash;

    HtmlPage(PublicUrl publicUrl, RedirectTargets targets, PageLanguage language) {
        this.publicUrl = publicUrl;
        this.targets = targets;
        this.language = language;
        this.style = readStyle();
        this.styleHash = "'sha256-" + Base64.getEncoder().encodeToString(Digests.sha256(style)) + "'";
    }

    /**
     * What a page says.
     *
     * @param form the form on it, or null if there is nothing to do
     */
    record Content(
            int status,
            String title,
            List<String> paragraphs,
            @Nullable Form form) {

        static Content of(int status, String title, String... paragraphs) {
            return new Content(status, title, List.of(paragraphs), null);
        }
    }

    /**
     * A form that is sent to the page's own URL.
     *
     * @param danger whether what the button does cannot be undone
     * @param passwordLabel the label of the field for a new password, or null if there is none
     * @param error what was wrong with the form as it was sent before, or null
     * @param callback where the browser is sent on after it, or null
     */
    record Form(
            String button,
            boolean danger,
            @Nullable String passwordLabel,
            @Nullable String error,
            @Nullable String callback) {

        Form with(String newError) {
            return new Form(button, danger, passwordLabel, newError, callback);
        }
    }

    Response render(Content content) {
        Form form = content.form();
        String html = Templates.page(
                        language.tag(),
                        style,
                        publicUrl.authority(),
                        content.title(),
                        content.paragraphs(),
                        form == null ? null : form.button(),
                        form != null && form.danger(),
                        form == null ? null : form.passwordLabel(),
                        form == null ? null : form.error())
                .render();
        return Response.status(content.status())
                .type("text/html; charset=utf-8")
                .header("Content-Security-Policy", contentSecurityPolicy(form == null ? null : form.callback()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE)
                .header("X-Robots-Tag", "noindex")
                .entity(html)
                .build();
    }

    /**
     * Returns the policy of a page.
     *
     * <p>Security: the page loads nothing, runs nothing and is shown in no frame, where another page could have its button
     * pressed unseen. Its form goes to this service, which may send the browser on to the callback. Chromium holds all redirects
     * after a form to the same rule, also those of the callback itself, be it only from {@code example.com} to
     * {@code www.example.com}, and stops at the first that does not fit, when the button has done its work already. So a
     * callback by HTTPS allows all of HTTPS; its form has no field, and the one for a new password has no callback.
     */
    private String contentSecurityPolicy(@Nullable String callback) {
        String policy = "default-src 'none'; style-src " + styleHash
                + "; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
        String source = callback == null ? null : source(targets.absolute(callback));
        return source == null ? policy : policy + " " + source;
    }

    /** Returns what a policy has to allow for a URL and, by HTTPS, for what it redirects to; null if it has no origin. */
    static @Nullable String source(String url) {
        var origin = Origin.ofUrl(url);
        if (origin.isPresent()) {
            return origin.get().isHttps() ? "https:" : Origin.withoutPath(url);
        }
        var scheme = CUSTOM_SCHEME.matcher(url);
        return scheme.matches() ? scheme.group(1) : null;
    }

    private static String readStyle() {
        try (InputStream file = Objects.requireNonNull(HtmlPage.class.getResourceAsStream(STYLE_FILE), STYLE_FILE)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checked at build time. */
    @CheckedTemplate(basePath = "pages", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    static final class Templates {

        private Templates() {}

        static native TemplateInstance page(
                String language,
                String style,
                String site,
                String title,
                List<String> paragraphs,
                @Nullable String button,
                boolean danger,
                @Nullable String passwordLabel,
                @Nullable String error);
    }
}
