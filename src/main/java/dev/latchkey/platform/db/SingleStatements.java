package dev.latchkey.platform.db;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Executes single statements that answer with one row, for the requests that come most often: in the caller's transaction, or
 * without any where there is nothing but this statement. A transaction around a single statement is two more, and every
 * statement sees the rows as they are at one instant anyway.
 */
@ApplicationScoped
public class SingleStatements {

    /** Makes something of the row at which a result stands. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** A statement failed; its cause says why. */
    public static final class FailedStatementException extends RuntimeException {

        private static final long serialVersionUID = 1;

        FailedStatementException(SQLException cause) {
            super(cause);
        }
    }

    private final DataSource pool;

    SingleStatements(DataSource pool) {
        this.pool = pool;
    }

    /** Returns what a reader makes of the first row of a statement with these parameters; empty if there is none. */
    public <T> Optional<T> row(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new FailedStatementException(e);
        }
    }
}
