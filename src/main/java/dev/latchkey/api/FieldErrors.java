package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ProfileText;
import dev.latchkey.password.PasswordError;
import dev.latchkey.platform.http.Problem.FieldError;
import java.util.List;

/** The errors of single fields, each with a message that says what to change. */
final class FieldErrors {

    private FieldErrors() {}

    static FieldError email(EmailAddress.Reason error) {
        return switch (error) {
            case MISSING -> required("email");
            case TOO_LONG ->
                new FieldError("email", "EMAIL_TOO_LONG", "Use at most 64 bytes before the @ and 255 after it.");
            case INVISIBLE_CHARACTER ->
                new FieldError("email", "EMAIL_INVISIBLE_CHARACTER", "Remove spaces and invisible characters.");
            case NOT_AN_ADDRESS ->
                new FieldError("email", "EMAIL_INVALID", "Enter an address such as ada@example.com.");
            case BAD_LOCAL_PART ->
                new FieldError(
                        "email", "EMAIL_INVALID", "Check the part before the @: use letters, digits and single dots.");
            case BAD_DOMAIN ->
                new FieldError(
                        "email", "EMAIL_INVALID", "Check the part after the @: use a domain such as example.com.");
        };
    }

    static List<FieldError> password(String field, List<PasswordError> errors) {
        return errors.stream().map(error -> password(field, error)).toList();
    }

    private static FieldError password(String field, PasswordError error) {
        return switch (error) {
            case PasswordError.Missing ignored -> required(field);
            case PasswordError.TooShort(int minimum) ->
                new FieldError(field, "PASSWORD_TOO_SHORT", "Use at least " + minimum + " characters; 15 are better.");
            case PasswordError.TooLong(int maximum) ->
                new FieldError(field, "PASSWORD_TOO_LONG", "Use at most " + maximum + " characters.");
            case PasswordError.Common ignored ->
                new FieldError(
                        field,
                        "PASSWORD_COMMON",
                        "This is a common password, a name, a word or a simple pattern; choose another.");
            case PasswordError.Breached ignored ->
                new FieldError(
                        field,
                        "PASSWORD_BREACHED",
                        "This password is known from a data breach of another service; choose another, and change it there too.");
            case PasswordError.ResemblesAddress ignored ->
                new FieldError(field, "PASSWORD_RESEMBLES_EMAIL", "Do not use the e-mail address in the password.");
            case PasswordError.NeedsUpper ignored ->
                new FieldError(field, "PASSWORD_NEEDS_UPPER", "Use at least one upper-case letter.");
            case PasswordError.NeedsLower ignored ->
                new FieldError(field, "PASSWORD_NEEDS_LOWER", "Use at least one lower-case letter.");
            case PasswordError.NeedsDigit ignored ->
                new FieldError(field, "PASSWORD_NEEDS_DIGIT", "Use at least one digit.");
            case PasswordError.NotText ignored ->
                new FieldError(field, "NOT_TEXT", "Remove invalid Unicode characters.");
        };
    }

    static FieldError text(String field, ProfileText.Reason error, int maximum) {
        return switch (error) {
            case TOO_LONG -> new FieldError(field, "TOO_LONG", "Use at most " + maximum + " characters.");
            case NOT_TEXT ->
                new FieldError(field, "NOT_TEXT", "Remove control characters and invalid Unicode characters.");
        };
    }

    static FieldError locale() {
        return new FieldError("locale", "LOCALE_INVALID", "Use a language tag such as en, de-AT or pt-BR.");
    }

    static FieldError linkInvalid() {
        return new FieldError("token", "LINK_INVALID", "This link is not valid any more; request a new one.");
    }

    static FieldError linkExpired() {
        return new FieldError("token", "LINK_EXPIRED", "This link has expired; request a new one.");
    }

    static FieldError required(String field) {
        return new FieldError(field, "REQUIRED", "This field is required.");
    }

    static FieldError wrongType(String field, String expected) {
        return new FieldError(field, "WRONG_TYPE", "This must be " + expected + ".");
    }
}
