package dev.latchkey.platform.db;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Checks that a database is configured; whether it responds is not checked here. */
@Singleton
class DatabaseSettingsCheck implements ConfigurationCheck {

    /** The URL that application.properties has in place of a missing one. */
    static final String NO_DATABASE = "jdbc:postgresql://missing.invalid/";

    private final String jdbcUrl;

    DatabaseSettingsCheck(@ConfigProperty(name = "quarkus.datasource.jdbc.url") Optional<String> jdbcUrl) {
        this.jdbcUrl = jdbcUrl.orElse("").strip();
    }

    @Override
    public Usage usage() {
        return Usage.DATABASE;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return jdbcUrl.isEmpty() || jdbcUrl.equals(NO_DATABASE)
                ? List.of(
                        ConfigurationProblem.errorInProduction(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                "is missing; set it, _USERNAME and _PASSWORD to a PostgreSQL database (the embedded one is for development only)"))
                : List.of();
    }
}
