package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.account.ProfileText;
import dev.latchkey.password.HashLimits;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.userimport.ImportWarning.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Validates users of another system.
 *
 * <p>A lenient validator leaves unusable values out, for those of a live database cannot be corrected there. A strict one
 * refuses the user, for a file can be corrected.
 */
final class ImportValidator {

    // Long before and after there is or will be such a system; a time beyond is a mistake, and texts of it cannot be
    // read.
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2999-12-31T23:59:59Z");

    private final boolean isStrict;
    private final HashLimits limits;

    ImportValidator(boolean isStrict, HashLimits limits) {
        this.isStrict = isStrict;
        this.limits = limits;
    }

    /** The result of validating a user. */
    sealed interface Result {

        /** A user who can be imported, and warnings about the values that were left out. */
        record Valid(ImportedUser user, List<ImportWarning> warnings) implements Result {}

        record Invalid(ImportWarning warning) implements Result {}
    }

    Result validate(UserSource.User user) {
        AccountId id = null;
        if (user.id() != null) {
            Optional<AccountId> kept = AccountId.foreign(user.id());
            if (kept.isEmpty()) {
                return invalid(
                        user, Reason.NO_USABLE_ID, "at most 128 letters, digits and signs, none of them / \\ ; ? # %");
            }
            id = kept.get();
        }
        return switch (EmailAddress.parse(user.email())) {
            case EmailAddress.Parsed.Invalid(EmailAddress.Reason reason) ->
                invalid(user, Reason.ADDRESS_REFUSED, sentence(reason));
            case EmailAddress.Parsed.Valid(EmailAddress email) -> validate(user, id, email);
        };
    }

    private Result validate(UserSource.User user, @Nullable AccountId id, EmailAddress email) {
        List<ImportWarning> warnings = new ArrayList<>();
        String name = text(user, user.name(), ProfileText.MAX_NAME, Reason.NAME_LEFT_OUT, warnings);
        String image = text(user, user.image(), ProfileText.MAX_IMAGE, Reason.IMAGE_LEFT_OUT, warnings);
        PasswordHash password = null;
        if (user.hash() != null) {
            password = PasswordHash.ofOtherSystem(user.hash()).orElse(null);
            if (password == null) {
                warnings.add(new ImportWarning(user.location(), Reason.PASSWORD_LEFT_OUT, ""));
            }
        }
        if (isStrict && !warnings.isEmpty()) {
            ImportWarning first = warnings.getFirst();
            return first.reason() == Reason.PASSWORD_LEFT_OUT
                    ? invalid(user, Reason.PASSWORD_REFUSED, "")
                    : invalid(user, Reason.TEXT_REFUSED, first.detail());
        }
        if (password != null && limits.isTooExpensive(password)) {
            warnings.add(new ImportWarning(user.location(), Reason.PASSWORD_TOO_EXPENSIVE, limits.description()));
        }
        if (user.isBanned()) {
            warnings.add(new ImportWarning(user.location(), Reason.DISABLED, ""));
        }
        if (user.hasSecondFactor()) {
            warnings.add(new ImportWarning(user.location(), Reason.SECOND_FACTOR_LEFT_OUT, ""));
        }
        ImportedUser validUser = new ImportedUser(
                id,
                email,
                name,
                image,
                user.emailVerified(),
                user.roles(),
                user.isBanned(),
                password,
                plausible(user.createdAt()),
                plausible(user.updatedAt()));
        return new Result.Valid(validUser, List.copyOf(warnings));
    }

    private static @Nullable String text(
            UserSource.User user, @Nullable String text, int maximum, Reason leftOut, List<ImportWarning> warnings) {
        ProfileText.Reason reason = ProfileText.check(text, maximum);
        if (reason == null) {
            return text;
        }
        warnings.add(new ImportWarning(
                user.location(),
                leftOut,
                switch (reason) {
                    case TOO_LONG -> "longer than " + maximum + " characters";
                    case NOT_TEXT -> "a control character";
                }));
        return null;
    }

    private static @Nullable Instant plausible(@Nullable Instant time) {
        return time == null || time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
    }

    private static Result invalid(UserSource.User user, Reason reason, String detail) {
        return new Result.Invalid(new ImportWarning(user.location(), reason, detail));
    }

    private static String sentence(EmailAddress.Reason reason) {
        return switch (reason) {
            case MISSING -> "there is none";
            case TOO_LONG -> "longer than 64 octets before the @ or 255 behind it";
            case INVISIBLE_CHARACTER -> "a blank, or a character that cannot be seen";
            case NOT_AN_ADDRESS -> "not of the form name@domain";
            case BAD_LOCAL_PART -> "a character or a dot before the @ where it may not be";
            case BAD_DOMAIN -> "what stands behind the @ is no domain name";
        };
    }
}
