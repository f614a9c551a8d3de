package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.EmailAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The expected shape of a body or a query, with Better Auth's own texts for what does not fit. */
final class RequestSchema {

    /** The type of a field's value. */
    enum Kind {
        TEXT,
        NON_EMPTY_TEXT,
        EMAIL,
        BOOLEAN
    }

    record Field(String name, Kind kind, boolean required) {

        static Field text(String name) {
            return new Field(name, Kind.TEXT, true);
        }

        static Field of(String name, Kind kind) {
            return new Field(name, kind, true);
        }

        Field optional() {
            return new Field(name, kind, false);
        }
    }

    /** The result of parsing: the input may be used if there are no errors. */
    record Parsed(JsonInput input, List<String> errors) {}

    private static final String OBJECT = "object";
    private static final String RECORD = "record";

    /** Accepts anything, since the route reads nothing of it. */
    static final RequestSchema IGNORED = new RequestSchema(List.of(), true, List.of());

    /** The names of the types that the whole value is expected to be of; one error for each if it is no object. */
    private final List<String> rootTypes;

    private final boolean optional;
    private final List<Field> fields;

    private RequestSchema(List<String> rootTypes, boolean optional, List<Field> fields) {
        this.rootTypes = rootTypes;
        this.optional = optional;
        this.fields = List.copyOf(fields);
    }

    static RequestSchema object(Field... fields) {
        return new RequestSchema(List.of(OBJECT), false, List.of(fields));
    }

    /** An object that may have further fields, for which Better Auth reports two errors if it is no object. */
    static RequestSchema openObject(Field... fields) {
        return new RequestSchema(List.of(OBJECT, RECORD), false, List.of(fields));
    }

    static RequestSchema optionalObject(Field... fields) {
        return new RequestSchema(List.of(OBJECT), true, List.of(fields));
    }

    /** Any object. */
    static RequestSchema record() {
        return new RequestSchema(List.of(RECORD), false, List.of());
    }

    /** Parses a value and reports all errors, each with its location; {@code root} is {@code body} or {@code query}. */
    Parsed parse(String root, JsonNode value) {
        List<String> errors = new ArrayList<>();
        Map<String, EmailAddress> emails = new HashMap<>();
        if (!rootTypes.isEmpty() && !(value.isMissingNode() && optional)) {
            if (value.isObject()) {
                for (Field field : fields) {
                    JsonNode found = value.path(field.name());
                    if (field.required() || !found.isMissingNode()) {
                        error(field, found, emails)
                                .ifPresent(error -> errors.add("[" + root + "." + field.name() + "] " + error));
                    }
                }
            } else {
                rootTypes.forEach(type -> errors.add("[" + root + "] " + expected(type, value)));
            }
        }
        return new Parsed(new JsonInput(value, emails), List.copyOf(errors));
    }

    private static Optional<String> error(Field field, JsonNode found, Map<String, EmailAddress> emails) {
        if (field.kind() == Kind.BOOLEAN) {
            return found.isBoolean() ? Optional.empty() : Optional.of(expected("boolean", found));
        }
        if (!found.isTextual()) {
            return Optional.of(expected("string", found));
        }
        String text = found.textValue();
        return switch (field.kind()) {
            case EMAIL -> {
                Optional<EmailAddress> address = emailAddress(text);
                address.ifPresent(valid -> emails.put(field.name(), valid));
                yield address.isPresent() ? Optional.empty() : Optional.of("Invalid email address");
            }
            case NON_EMPTY_TEXT ->
                text.isEmpty() ? Optional.of("Too small: expected string to have >=1 characters") : Optional.empty();
            case TEXT, BOOLEAN -> Optional.empty();
        };
    }

    /** Parses an address; empty if it is none, or one with blanks around it, which Better Auth does not strip. */
    static Optional<EmailAddress> emailAddress(String text) {
        return text.equals(text.strip())
                        && EmailAddress.parse(text) instanceof EmailAddress.Parsed.Valid(EmailAddress address)
                ? Optional.of(address)
                : Optional.empty();
    }

    private static String expected(String type, JsonNode found) {
        String received = switch (found.getNodeType()) {
            case MISSING -> "undefined";
            case NULL -> "null";
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case STRING, BINARY -> "string";
        };
        return "Invalid input: expected " + type + ", received " + received;
    }
}
