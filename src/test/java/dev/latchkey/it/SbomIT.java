package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of components that the build writes beside its package. */
class SbomIT {

    @ParameterizedTest
    @CsvSource({"smallrye-jwt, runtime", "postgresql, runtime", "quarkus-rest-deployment, development"})
    void saysOfEachComponentWhatItIsFor(String name, String scope) {
        assertEquals(
                List.of(scope),
                list().getList("components.findAll { it.name == '" + name + "' }.collectMany { it.properties }"
                        + ".findAll { it.name == 'quarkus:component:scope' }.value"),
                name);
    }

    private static JsonPath list() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("target"), "*-cyclonedx.json")) {
            return JsonPath.from(files.iterator().next().toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
