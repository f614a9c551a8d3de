package dev.latchkey.userimport;

import dev.latchkey.platform.db.DatabaseErrors;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Describes database failures for an operator. */
final class DatabaseFailure {

    private DatabaseFailure() {}

    /** Says in a sentence why an import broke off. */
    static String sentence(Throwable failure) {
        Throwable innermost = failure;
        SQLException sql = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            // The source's or the report's, whose message says so.
            if (cause instanceof UserSource.UnreadableException || cause instanceof UncheckedIOException) {
                return String.valueOf(cause.getMessage());
            }
            if (DatabaseErrors.isMissingSchema(cause)) {
                return DatabaseErrors.MISSING_SCHEMA;
            }
            if (cause instanceof SQLException found) {
                sql = found;
            }
        }
        return "Latchkey's database failed: " + (sql == null ? words(innermost) : words(sql)) + ".";
    }

    /** Returns the reason. Security: only the first line of what the server says; the details behind it quote rows. */
    static String words(SQLException failure) {
        ServerErrorMessage said = failure instanceof PSQLException known ? known.getServerErrorMessage() : null;
        String message = said == null ? null : said.getMessage();
        return message == null ? words((Throwable) failure) : onOneLine(message);
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : onOneLine(message);
    }

    private static String onOneLine(String text) {
        return text.replaceAll("\\s+", " ").replaceFirst("[. ]+$", "").strip();
    }
}
