package dev.latchkey.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** A user's profile in a row of plain SQL, for a statement that reads it alone or together with what belongs to the user. */
public final class ProfileRow {

    /** The columns that {@link #readActive} reads, of {@code users u}. */
    public static final String COLUMNS = """
            u.id as user_id, u.email as user_email, u.name as user_name, u.image as user_image,
            u.email_verified as user_email_verified, u.locale as user_locale, u.roles as user_roles,
            u.disabled_at as user_disabled_at, u.token_version as user_token_version,
            u.created_at as user_created_at, u.updated_at as user_updated_at""";

    private ProfileRow() {}

    /** Returns the profile; null when the account is disabled. */
    public static @Nullable Profile readActive(ResultSet row) throws SQLException {
        return row.getObject("user_disabled_at") == null ? read(row) : null;
    }

    /** Returns the profile of an account, disabled or not. */
    static Profile read(ResultSet row) throws SQLException {
        return new Profile(
                new AccountId(row.getString("user_id")),
                EmailAddress.stored(row.getString("user_email")),
                row.getString("user_name"),
                row.getString("user_image"),
                row.getBoolean("user_email_verified"),
                row.getString("user_locale"),
                Accounts.roles((String[]) row.getArray("user_roles").getArray()),
                row.getLong("user_token_version"),
                row.getObject("user_created_at", OffsetDateTime.class).toInstant(),
                row.getObject("user_updated_at", OffsetDateTime.class).toInstant());
    }
}
