package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ProfileText;
import dev.latchkey.password.PasswordError;
import dev.latchkey.platform.http.FieldError;
import java.util.List;

/** Says what is wrong with a field in words that tell what to change. */
final class FieldErrors {

    private FieldErrors() {}

    static FieldError email(EmailAddress.Fault fault) {
        return switch (fault) {
            case MISSING -> required("email");
            case TOO_LONG ->
                new FieldError("email", "EMAIL_TOO_LONG", "Use at most 64 bytes before the @ and 255 behind it.");
            case INVISIBLE_CHARACTER ->
                new FieldError(
                        "email", "EMAIL_INVISIBLE_CHARACTER", "Take out blanks and characters that cannot be seen.");
            case NOT_AN_ADDRESS ->
                new FieldError("email", "EMAIL_INVALID", "Write an address such as ada@example.com.");
            case BAD_LOCAL_PART ->
                new FieldError(
                        "email", "EMAIL_INVALID", "Check the part before the @: letters, digits and single dots.");
            case BAD_DOMAIN ->
                new FieldError("email", "EMAIL_INVALID", "Check the part behind the @: a domain such as example.com.");
        };
    }

    static List<FieldError> password(String field, List<PasswordError> faults) {
        return faults.stream().map(fault -> password(field, fault)).toList();
    }

    private static FieldError password(String field, PasswordError fault) {
        return switch (fault) {
            case PasswordError.Missing ignored -> required(field);
            case PasswordError.TooShort(int minimum) ->
                new FieldError(field, "PASSWORD_TOO_SHORT", "Use at least " + minimum + " characters; 15 are better.");
            case PasswordError.TooLong(int maximum) ->
                new FieldError(field, "PASSWORD_TOO_LONG", "Use at most " + maximum + " characters.");
            case PasswordError.Common ignored ->
                new FieldError(
                        field,
                        "PASSWORD_COMMON",
                        "This is one of the passwords that everybody tries first; take another.");
            case PasswordError.ResemblesAddress ignored ->
                new FieldError(field, "PASSWORD_RESEMBLES_EMAIL", "Do not use the e-mail address in the password.");
            case PasswordError.NeedsUpper ignored ->
                new FieldError(field, "PASSWORD_NEEDS_UPPER", "Use at least one upper-case letter.");
            case PasswordError.NeedsLower ignored ->
                new FieldError(field, "PASSWORD_NEEDS_LOWER", "Use at least one lower-case letter.");
            case PasswordError.NeedsDigit ignored ->
                new FieldError(field, "PASSWORD_NEEDS_DIGIT", "Use at least one digit.");
            case PasswordError.NotText ignored -> notText(field);
        };
    }

    static FieldError text(String field, ProfileText.Fault fault, int maximum) {
        return switch (fault) {
            case TOO_LONG -> new FieldError(field, "TOO_LONG", "Use at most " + maximum + " characters.");
            case NOT_TEXT -> notText(field);
        };
    }

    static FieldError required(String field) {
        return new FieldError(field, "REQUIRED", "This field is required.");
    }

    static FieldError wrongType(String field, String expected) {
        return new FieldError(field, "WRONG_TYPE", "This must be " + expected + ".");
    }

    private static FieldError notText(String field) {
        return new FieldError(field, "NOT_TEXT", "This holds characters that are not text.");
    }
}
