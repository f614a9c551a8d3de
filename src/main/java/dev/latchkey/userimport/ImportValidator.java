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
 * Decides whether somebody of another system can be a user here, and with what.
 *
 * <p>What cannot be read of somebody is left out where nobody can mend it any more, in a living database. A file can be
 * mended, so there nobody comes in with less than their line says.
 */
enum ImportValidator {
    LENIENT,
    STRICT;

    // Long before and after there is or will be such a system; a time beyond is a mistake, and texts of it cannot be
    // read.
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2999-12-31T23:59:59Z");

    /** Whether they may come in. */
    sealed interface Verdict {

        record Fit(ImportedUser newcomer, List<ImportWarning> notes) implements Verdict {}

        record Unfit(ImportWarning note) implements Verdict {}
    }

    Verdict judge(SourceUser user) {
        AccountId id = null;
        if (user.id() != null) {
            Optional<AccountId> kept = AccountId.foreign(user.id());
            if (kept.isEmpty()) {
                return unfit(
                        user,
                        ImportReason.NO_USABLE_ID,
                        "at most 128 letters, digits and signs, none of them / \\ ; ? # %");
            }
            id = kept.get();
        }
        return switch (EmailAddress.parse(user.email())) {
            case EmailAddress.Parsed.Invalid(EmailAddress.Fault fault) ->
                unfit(user, ImportReason.ADDRESS_REFUSED, words(fault));
            case EmailAddress.Parsed.Valid(EmailAddress email) -> judge(user, id, email);
        };
    }

    private Verdict judge(SourceUser user, @Nullable AccountId id, EmailAddress email) {
        List<ImportWarning> notes = new ArrayList<>();
        String name = text(user, user.name(), ProfileText.MAX_NAME, ImportReason.NAME_LEFT_OUT, notes);
        String image = text(user, user.image(), ProfileText.MAX_IMAGE, ImportReason.IMAGE_LEFT_OUT, notes);
        PasswordHash password = null;
        if (user.hash() != null) {
            password = PasswordHash.foreign(user.hash()).orElse(null);
            if (password == null) {
                notes.add(new ImportWarning(user.place(), ImportReason.PASSWORD_LEFT_OUT, ""));
            }
        }
        if (this == STRICT && !notes.isEmpty()) {
            ImportWarning first = notes.getFirst();
            return first.reason() == ImportReason.PASSWORD_LEFT_OUT
                    ? unfit(user, ImportReason.PASSWORD_REFUSED, "")
                    : unfit(user, ImportReason.TEXT_REFUSED, first.detail());
        }
        if (user.banned()) {
            notes.add(new ImportWarning(user.place(), ImportReason.SHUT_OUT, ""));
        }
        if (user.secondFactor()) {
            notes.add(new ImportWarning(user.place(), ImportReason.SECOND_FACTOR_LEFT_OUT, ""));
        }
        ImportedUser newcomer = new ImportedUser(
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
        return new Verdict.Fit(newcomer, List.copyOf(notes));
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

    private static Verdict unfit(SourceUser user, ImportReason reason, String detail) {
        return new Verdict.Unfit(new ImportWarning(user.place(), reason, detail));
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
