package dev.latchkey.platform.db;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Reads one row by one statement, for the requests that come most often and only read. A transaction around a single
 * statement is two more, and every statement sees the rows as they are at one instant anyway.
 */
@ApplicationScoped
public class SingleReads {

    /** Makes something of the row at which a result stands. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** A statement failed; its cause says why. */
    public static final class FailedReadException extends RuntimeException {

        private static final long serialVersionUID = 1;

        FailedReadException(SQLException cause) {
            super(cause);
        }
    }

    private final DataSource pool;

    SingleReads(DataSource pool) {
        this.pool = pool;
    }

    /** Returns what a reader makes of the first row of a query with one parameter; empty if there is none. */
    public <T> Optional<T> row(String query, Object parameter, RowReader<T> reader) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setObject(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new FailedReadException(e);
        }
    }
}
