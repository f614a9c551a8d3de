package dev.latchkey.account;

import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PreferredLanguages;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user's account as the user sees it.
 *
 * @param locale the tag of the language that the user has chosen (BCP 47), or null
 * @param tokenVersion what the tokens that are minted for this row carry; a change that must end them raises it
 */
public record Profile(
        AccountId id,
        EmailAddress email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        @Nullable String locale,
        Set<String> roles,
        long tokenVersion,
        Instant createdAt,
        Instant updatedAt) {

    /** Returns the languages to write to the user in: the account's, else those of the client that causes the message. */
    public PreferredLanguages languages(Client client) {
        return locale == null ? client.languages() : PreferredLanguages.of(locale);
    }
}
