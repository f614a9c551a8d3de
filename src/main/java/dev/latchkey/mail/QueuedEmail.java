package dev.latchkey.mail;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.http.PreferredLanguages;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An e-mail that is to be written and sent, as it waits in the database.
 *
 * <p>Security: it holds no secret. A reader of the database, or of a backup, gets no link that works.
 *
 * @param kind what it is about; tells who writes it ({@link EmailWriter})
 * @param user the user whose e-mails are withdrawn when their links are; null: it is sent whatever happens to an account
 * @param languages the languages that the request asked for
 * @param details what its writer needs beside that
 */
public record QueuedEmail(
        UUID id,
        String kind,
        EmailAddress recipient,
        @Nullable AccountId user,
        PreferredLanguages languages,
        Map<String, String> details) {

    public QueuedEmail {
        details = Map.copyOf(details);
    }

    // An address does not belong into a log.
    @Override
    public String toString() {
        return "QueuedEmail[" + id + ", " + kind + "]";
    }
}
