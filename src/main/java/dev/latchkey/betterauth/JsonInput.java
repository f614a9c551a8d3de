package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.EmailAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body or the query of a request that satisfies its {@link RequestSchema}.
 *
 * @param emails the addresses in e-mail fields, which the schema has parsed
 */
record JsonInput(JsonNode value, Map<String, EmailAddress> emails) {

    JsonInput {
        emails = Map.copyOf(emails);
    }

    /** The text of a required field. */
    String text(String name) {
        return value.path(name).asText();
    }

    @Nullable
    String optionalText(String name) {
        return value.path(name).textValue();
    }

    /** The text of a field, or null if it is absent or empty. */
    @Nullable
    String nonEmptyText(String name) {
        String text = optionalText(name);
        return text == null || text.isEmpty() ? null : text;
    }

    /** The address in a required e-mail field. */
    EmailAddress email(String name) {
        return Objects.requireNonNull(emails.get(name), "the schema has no such e-mail field");
    }

    Optional<Boolean> flag(String name) {
        JsonNode found = value.path(name);
        return found.isBoolean() ? Optional.of(found.booleanValue()) : Optional.empty();
    }

    /** Returns whether a field is present, even if it is null. */
    boolean has(String name) {
        return value.has(name);
    }

    JsonNode field(String name) {
        return value.path(name);
    }

    @Override
    public String toString() {
        return "JsonInput[hidden]";
    }
}
