package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.account.ProfileText;
import dev.latchkey.password.PasswordHash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Validates users of another system.
 *
 * <p>From a live database, unusable values are left out, for they cannot be corrected there. A file can be corrected, so
 * a user with an unusable value is skipped.
 */
enum ImportValidator {
    LENIENT,
    STRICT;

    // Long before and after there is or will be such a system; a time beyond is a mistake, and texts of it cannot be
    // read.
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2999-12-31T23:59:59Z");

    /** The result of validating a user. */
    sealed interface Result {

        record Valid(ImportedUser validUser, List<ImportWarning> notes) implements Result {}

        record Invalid(ImportWarning note) implements Result {}
    }

    Result validate(SourceUser user) {
        AccountId id = null;
        if (user.id() != null) {
            Optional<AccountId> kept = AccountId.foreign(user.id());
            if (kept.isEmpty()) {
                return invalid(
                        user,
                        ImportReason.NO_USABLE_ID,
                        "at most 128 letters, digits and signs, none of them / \\ ; ? # %");
            }
            id = kept.get();
        }
        return switch (EmailAddress.parse(user.email())) {
            case EmailAddress.Parsed.Invalid(EmailAddress.Fault fault) ->
                invalid(user, ImportReason.ADDRESS_REFUSED, words(fault));
            case EmailAddress.Parsed.Valid(EmailAddress email) -> validate(user, id, email);
        };
    }

    private Result validate(SourceUser user, @Nullable AccountId id, EmailAddress email) {
        List<ImportWarning> notes = new ArrayList<>();
        String name = text(user, user.name(), ProfileText.MAX_NAME, ImportReason.NAME_LEFT_OUT, notes);
        String image = text(user, user.image(), ProfileText.MAX_IMAGE, ImportReason.IMAGE_LEFT_OUT, notes);
        PasswordHash password = null;
        if (user.hash() != null) {
            password = PasswordHash.ofOtherSystem(user.hash()).orElse(null);
            if (password == null) {
                notes.add(new ImportWarning(user.place(), ImportReason.PASSWORD_LEFT_OUT, ""));
            }
        }
        if (this == STRICT && !notes.isEmpty()) {
            ImportWarning first = notes.getFirst();
            return first.reason() == ImportReason.PASSWORD_LEFT_OUT
                    ? invalid(user, ImportReason.PASSWORD_REFUSED, "")
                    : invalid(user, ImportReason.TEXT_REFUSED, first.detail());
        }
        if (user.banned()) {
            notes.add(new ImportWarning(user.place(), ImportReason.DISABLED, ""));
        }
        if (user.secondFactor()) {
            notes.add(new ImportWarning(user.place(), ImportReason.SECOND_FACTOR_LEFT_OUT, ""));
        }
        ImportedUser validUser = new ImportedUser(
                id,
                email,
                name,
                image,
                user.emailVerified(),
                user.roles(),
                user.banned(),
                password,
                sensible(user.createdAt()),
                sensible(user.updatedAt()));
        return new Result.Valid(validUser, List.copyOf(notes));
    }

    private static @Nullable String text(
            SourceUser user, @Nullable String text, int maximum, ImportReason leftOut, List<ImportWarning> notes) {
        ProfileText.Fault fault = ProfileText.fault(text, maximum);
        if (fault == null) {
            return text;
        }
        notes.add(new ImportWarning(
                user.place(),
                leftOut,
                switch (fault) {
                    case TOO_LONG -> "longer than " + maximum + " characters";
                    case NOT_TEXT -> "a control character";
                }));
        return null;
    }

    private static @Nullable Instant sensible(@Nullable Instant time) {
        return time == null || time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
    }

    private static Result invalid(SourceUser user, ImportReason reason, String detail) {
        return new Result.Invalid(new ImportWarning(user.place(), reason, detail));
    }

    private static String words(EmailAddress.Fault fault) {
        return switch (fault) {
            case MISSING -> "there is none";
            case TOO_LONG -> "longer than 64 octets before the @ or 255 behind it";
            case INVISIBLE_CHARACTER -> "a blank, or a character that cannot be seen";
            case NOT_AN_ADDRESS -> "not of the form name@domain";
            case BAD_LOCAL_PART -> "a character or a dot before the @ where it may not be";
            case BAD_DOMAIN -> "what stands behind the @ is no domain name";
        };
    }
}
