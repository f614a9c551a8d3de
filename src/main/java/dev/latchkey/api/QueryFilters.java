package dev.latchkey.api;

import dev.latchkey.account.ProfileText;
import dev.latchkey.platform.http.Problem.FieldError;
import io.vertx.core.http.HttpServerRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parameters by which an administrator narrows a list, and collects their errors. */
final class QueryFilters {

    /** PostgreSQL has no times far beyond it. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final HttpServerRequest request;
    private final List<FieldError> errors = new ArrayList<>();

    QueryFilters(HttpServerRequest request) {
        this.request = request;
    }

    List<FieldError> errors() {
        return errors;
    }

    /** The text of a parameter; null without one. */
    @Nullable
    String text(String name, int maximum) {
        String text = PageParameters.text(request, name);
        if (text == null) {
            return null;
        }
        ProfileText.Reason reason = ProfileText.check(text, maximum);
        if (text.isEmpty()) {
            errors.add(new FieldError(name, "INVALID", "Omit it, or send a text."));
        } else if (reason != null) {
            errors.add(FieldErrors.text(name, reason, maximum));
        }
        return text;
    }

    @Nullable
    Boolean flag(String name) {
        String text = PageParameters.text(request, name);
        if (text == null) {
            return null;
        }
        if (!text.equals("true") && !text.equals("false")) {
            errors.add(FieldErrors.wrongType(name, "true or false"));
        }
        return text.equals("true");
    }

    @Nullable
    Instant time(String name) {
        String text = PageParameters.text(request, name);
        return text == null ? null : time(name, text, errors);
    }

    /** Parses a time; null if it is none, which is added to the errors. */
    static @Nullable Instant time(String field, String text, List<FieldError> errors) {
        try {
            Instant at = Instant.parse(text);
            if (!at.isBefore(Instant.EPOCH) && at.isBefore(LATEST)) {
                return at;
            }
        } catch (DateTimeException noTime) {
            // Said below.
        }
        errors.add(new FieldError(field, "INVALID", "Use a time of RFC 3339, such as 2026-12-31T00:00:00Z."));
        return null;
    }
}
