package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was sent, after its shape was found right. */
record JsonInput(JsonNode value) {

    /** The text of a field that its shape demands. */
    String text(String name) {
        return value.path(name).asText();
    }

    @Nullable
    String optionalText(String name) {
        return value.path(name).textValue();
    }

    Optional<Boolean> flag(String name) {
        JsonNode found = value.path(name);
        return found.isBoolean() ? Optional.of(found.booleanValue()) : Optional.empty();
    }

    /** Whether a field is there, be it null. */
    boolean has(String name) {
        return value.has(name);
    }

    JsonNode field(String name) {
        return value.path(name);
    }

    @Override
    public String toString() {
        return "Input[hidden]";
    }
}
