package dev.latchkey.platform.db;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.Principal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens connections outside the pool, which a flood of requests may exhaust. */
@ApplicationScoped
public class DirectConnections {

    private final AgroalConnectionFactoryConfiguration pooled;

    DirectConnections(AgroalDataSource pool) {
        this.pooled = pool.getConfiguration().connectionPoolConfiguration().connectionFactoryConfiguration();
    }

    /** Opens a connection to the database of the pool. */
    public Connection open(String applicationName) throws SQLException {
        return open(pooled.jdbcUrl(), applicationName);
    }

    /** Opens a connection to another URL of the same database, with the same credentials. */
    public Connection open(String url, String applicationName) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(pooled.jdbcProperties());
        Principal user = pooled.principal();
        if (user != null) {
            properties.setProperty("user", user.getName());
        }
        pooled.credentials().stream()
                .filter(SimplePassword.class::isInstance)
                .map(SimplePassword.class::cast)
                .findFirst()
                .ifPresent(password -> properties.setProperty("password", password.getWord()));
        properties.setProperty("ApplicationName", applicationName);
        // A network that drops packets must be noticed soon; a large result is read in small parts, so 2 s are enough.
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("socketTimeout", "2");
        properties.setProperty("tcpKeepAlive", "true");
        // A pooler in transaction mode may give each transaction another server.
        properties.setProperty("prepareThreshold", "0");
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("Not the URL of a PostgreSQL database");
        }
        return connection;
    }
}
