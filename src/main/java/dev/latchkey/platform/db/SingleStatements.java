package dev.latchkey.platform.db;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Executes single statements that answer with one row, for the requests that come most often, or with the rows of a page: in
 * the caller's transaction, or without any where there is nothing but this statement. A transaction around a single statement is two more, and every
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
        return execute(sql, rows -> rows.next() ? Optional.of(reader.read(rows)) : Optional.empty(), parameters);
    }

    /** Returns what a reader makes of each row of a statement with these parameters, which limits their number. */
    public <T> List<T> rows(String sql, RowReader<T> reader, List<?> parameters) {
        return execute(
                sql,
                rows -> {
                    List<T> all = new ArrayList<>();
                    while (rows.next()) {
                        all.add(reader.read(rows));
                    }
                    return all;
                },
                parameters.toArray());
    }

    private <T> T execute(String sql, RowReader<T> result, @Nullable Object... parameters) {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return result.read(rows);
            }
        } catch (SQLException e) {
            throw new FailedStatementException(e);
        }
    }
}
