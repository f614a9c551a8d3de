package dev.latchkey.pages;

import dev.latchkey.platform.http.ClientResolver;
import io.quarkus.qute.i18n.Localized;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Chooses the language of a page: by the visitor's browser, else English. */
@ApplicationScoped
class PageLanguage {

    private static final String ENGLISH = "en";
    private static final String GERMAN = "de";

    private final PageText english;
    private final PageText german;
    private final CurrentVertxRequest request;

    PageLanguage(PageText english, @Localized(GERMAN) PageText german, CurrentVertxRequest request) {
        this.english = english;
        this.german = german;
        this.request = request;
    }

    /** Returns the tag of the language. Security: one of ours, whatever the request says. */
    String tag() {
        RoutingContext current = request.getCurrent();
        return current == null
                ? ENGLISH
                : ClientResolver.languages(current.request())
                        .find(List.of(ENGLISH, GERMAN))
                        .orElse(ENGLISH);
    }

    PageText text() {
        return tag().equals(GERMAN) ? german : english;
    }
}
