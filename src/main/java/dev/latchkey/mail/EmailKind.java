package dev.latchkey.mail;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The kinds of e-mail. Each has a template of its own in each language, and values that the template may name. */
enum EmailKind {
    PASSWORD_RESET(Value.SITE, Value.LINK, Value.LIFETIME),
    EMAIL_VERIFICATION(Value.SITE, Value.LINK, Value.LIFETIME),
    EMAIL_CHANGE(Value.SITE, Value.LINK, Value.LIFETIME),
    EMAIL_CHANGED(Value.SITE, Value.LINK, Value.LIFETIME),
    EMAIL_CHANGE_UNDONE(Value.SITE),
    ACCOUNT_DELETION(Value.SITE, Value.LINK, Value.LIFETIME),
    NEW_DEVICE(Value.SITE, Value.TIME, Value.ADDRESS, Value.BROWSER),
    PASSWORD_CHANGED(Value.SITE, Value.TIME, Value.ADDRESS, Value.BROWSER);

    /** A value that a template may name, and one that it is tried with. */
    enum Value {
        /** The tag of the language that the e-mail is in. */
        LANGUAGE("en"),
        /** The host (and port) at which the account is. */
        SITE("id.example.com"),
        LINK("https://id.example.com/links/sample"),
        /** How long the link is valid, in words. */
        LIFETIME("1 hour"),
        /** When it happened, in UTC. */
        TIME("2026-11-29 21:45 UTC"),
        /** The address of the client that did it. */
        ADDRESS("192.0.2.1"),
        /** The browser or program that did it, in a few words. */
        BROWSER("Firefox, Windows");

        private final String sample;

        Value(String sample) {
            this.sample = sample;
        }

        String id() {
            return EmailKind.id(this);
        }

        String sample() {
            return sample;
        }
    }

    private final Set<Value> values;

    EmailKind(Value... values) {
        this.values = Set.of(values);
    }

    /** Returns the name of its templates: {@code password-reset}. */
    String id() {
        return id(this);
    }

    static Optional<EmailKind> find(String id) {
        return Arrays.stream(values()).filter(kind -> kind.id().equals(id)).findFirst();
    }

    static EmailKind of(EmailMessage message) {
        return switch (message) {
            case EmailMessage.PasswordReset _ -> PASSWORD_RESET;
            case EmailMessage.EmailVerification _ -> EMAIL_VERIFICATION;
            case EmailMessage.EmailChange _ -> EMAIL_CHANGE;
            case EmailMessage.EmailChanged _ -> EMAIL_CHANGED;
            case EmailMessage.EmailChangeUndone _ -> EMAIL_CHANGE_UNDONE;
            case EmailMessage.AccountDeletion _ -> ACCOUNT_DELETION;
            case EmailMessage.NewDevice _ -> NEW_DEVICE;
            case EmailMessage.PasswordChanged _ -> PASSWORD_CHANGED;
        };
    }

    /** Returns whether its templates name this value or the e-mail is of no use. */
    boolean needs(Value value) {
        return value == Value.LINK && values.contains(value);
    }

    /** Returns values to try a template with. */
    Map<String, String> samples() {
        Map<String, String> samples = new TreeMap<>();
        samples.put(Value.LANGUAGE.id(), Value.LANGUAGE.sample());
        values.forEach(value -> samples.put(value.id(), value.sample()));
        return samples;
    }

    private static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
