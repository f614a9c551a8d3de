package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The description of the API is that of its code. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class ApiDescriptionResourceTest {

    private static final Path FILE = Path.of("src/main/resources/openapi.yaml");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @TestHTTPResource(value = "/", management = true)
    URI management;

    /** With {@code -Dopenapi.write} the file is written instead. */
    @Test
    void isWhatTheAnnotationsSay() throws IOException {
        String ofTheCode = get("/q/openapi-of-the-code");
        if (Boolean.getBoolean("openapi.write")) {
            Files.writeString(FILE, ofTheCode);
        }

        // Members have no order, nor does the framework keep one.
        assertEquals(
                YAML.readTree(ofTheCode),
                YAML.readTree(FILE.toFile()),
                "./mvnw test -Dtest=ApiDescriptionResourceTest -Dopenapi.write=true brings " + FILE + " up to date");
    }

    @Test
    void isServedAsItStands() throws IOException {
        assertEquals(Files.readString(FILE), get("/q/openapi"));
        given().get(management.resolve("/q/openapi")).then().contentType("application/yaml");
    }

    private String get(String path) {
        return given().get(management.resolve(path))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
