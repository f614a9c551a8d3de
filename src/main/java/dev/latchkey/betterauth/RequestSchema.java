package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.EmailAddress;
import java.util.ArrayList;
import java.util.List;

/** What a body or a query has to look like, and in which words the original says that it does not. */
final class RequestSchema {

    /** What a value has to be. */
    enum Kind {
        TEXT,
        FILLED_TEXT,
        EMAIL,
        FLAG
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

    private static final String OBJECT = "object";
    private static final String RECORD = "record";

    /** Nothing is read. */
    static final RequestSchema IGNORED = new RequestSchema(List.of(), true, List.of());

    private final List<String> wholes;
    private final boolean mayBeAbsent;
    private final List<Field> fields;

    private RequestSchema(List<String> wholes, boolean mayBeAbsent, List<Field> fields) {
        this.wholes = wholes;
        this.mayBeAbsent = mayBeAbsent;
        this.fields = List.copyOf(fields);
    }

    static RequestSchema object(Field... fields) {
        return new RequestSchema(List.of(OBJECT), false, List.of(fields));
    }

    /** One that allows further fields, which the original says twice. */
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

    /** All that is wrong, each with its place; empty when nothing is. */
    List<String> faults(String place, JsonNode value) {
        if (wholes.isEmpty() || (value.isMissingNode() && mayBeAbsent)) {
            return List.of();
        }
        if (!value.isObject()) {
            return wholes.stream()
                    .map(whole -> "[" + place + "] " + expected(whole, value))
                    .toList();
        }
        List<String> faults = new ArrayList<>();
        for (Field field : fields) {
            JsonNode found = value.path(field.name());
            if (found.isMissingNode() && !field.required()) {
                continue;
            }
            fault(field.kind(), found).forEach(words -> faults.add("[" + place + "." + field.name() + "] " + words));
        }
        return List.copyOf(faults);
    }

    private static List<String> fault(Kind kind, JsonNode found) {
        if (kind == Kind.FLAG) {
            return found.isBoolean() ? List.of() : List.of(expected("boolean", found));
        }
        if (!found.isTextual()) {
            return List.of(expected("string", found));
        }
        String text = found.textValue();
        return switch (kind) {
            case EMAIL -> isAddress(text) ? List.of() : List.of("Invalid email address");
            case FILLED_TEXT ->
                text.isEmpty() ? List.of("Too small: expected string to have >=1 characters") : List.of();
            case TEXT, FLAG -> List.of();
        };
    }

    /** Whether it is an address as it stands: this dialect does not trim. */
    static boolean isAddress(String text) {
        return text.equals(text.strip()) && EmailAddress.parse(text) instanceof EmailAddress.Parsed.Valid;
    }

    private static String expected(String kind, JsonNode found) {
        String received = switch (found.getNodeType()) {
            case MISSING -> "undefined";
            case NULL -> "null";
            case ARRAY -> "array";
            case OBJECT, POJO -> "object";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case STRING, BINARY -> "string";
        };
        return "Invalid input: expected " + kind + ", received " + received;
    }
}
