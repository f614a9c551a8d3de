package dev.latchkey.pages;

import io.quarkus.qute.TemplateLocator;
import io.quarkus.qute.i18n.MessageTemplateLocator;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Finds the texts of {@link PageText} where they are: in the code. The framework looks for each of them as a file first, which
 * takes a tenth of the executable's start.
 */
@Singleton
class PageTextLocator implements TemplateLocator {

    private final MessageTemplateLocator texts;

    PageTextLocator(MessageTemplateLocator texts) {
        this.texts = texts;
    }

    @Override
    public Optional<TemplateLocation> locate(String id) {
        return texts.locate(id);
    }

    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 1;
    }
}
