package dev.latchkey.platform.db;

import dev.latchkey.revocation.RevocationConfig;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.security.SimplePassword;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.Principal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens connections beside the pool, which a flood of requests may occupy. */
@ApplicationScoped
public class DirectConnections {

    private final AgroalConnectionFactoryConfiguration pooled;
    private final String listenUrl;

    public DirectConnections(AgroalDataSource pool, RevocationConfig config) {
        this.pooled = pool.getConfiguration().connectionPoolConfiguration().connectionFactoryConfiguration();
        this.listenUrl = config.listenUrl().orElse(pooled.jdbcUrl());
    }

    public Connection toRead() throws SQLException {
        Connection connection = open(pooled.jdbcUrl(), "latchkey-revocations");
        try {
            connection.setReadOnly(true);
            // A large answer is streamed only within a transaction.
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    public Connection toListen() throws SQLException {
        return open(listenUrl, "latchkey-listener");
    }

    private Connection open(String url, String name) throws SQLException {
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
        properties.setProperty("ApplicationName", name);
        // A network that swallows packets must be noticed soon; each answer comes in small parts.
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("loginTimeout", "2");
        properties.setProperty("socketTimeout", "2");
        properties.setProperty("tcpKeepAlive", "true");
        // A pooler in transaction mode may give each transaction another server.
        properties.setProperty("prepareThreshold", "0");
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("This is no URL of a PostgreSQL database");
        }
        return connection;
    }
}
