package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseSettingsCheckTest {

    @Test
    void acceptsADatabase() {
        assertEquals(List.of(), check("jdbc:postgresql://db/latchkey"));
    }

    @Test
    void requiresADatabaseInProduction() {
        assertEquals(List.of("QUARKUS_DATASOURCE_JDBC_URL"), check(""));
    }

    @Test
    void treatsThePlaceholderAsNoDatabase() {
        assertEquals(List.of("QUARKUS_DATASOURCE_JDBC_URL"), check(DatabaseSettingsCheck.NO_DATABASE));
    }

    private static List<String> check(String url) {
        return new DatabaseSettingsCheck(Optional.of(url))
                .problems().stream()
                        .peek(problem ->
                                assertEquals(ConfigurationProblem.Severity.ERROR_IN_PRODUCTION, problem.severity()))
                        .map(ConfigurationProblem::property)
                        .toList();
    }
}
