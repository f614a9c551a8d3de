package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.logging.json.runtime.JsonFormatter;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.StructuredFormatter.ExceptionOutputType;
import org.junit.jupiter.api.Test;

/** The lines of the log in production, by the settings of application.properties. */
class JsonLogTest {

    private static final Properties SETTINGS = settings();

    @Test
    void formatsOneObjectOnOneLineWhateverTheMessage() {
        String line = format(record("a \"quote\"\nand a second line\u0000\u2028"));

        assertEquals(line.length() - 1, line.indexOf('\n'));
        assertEquals("a \"quote\"\nand a second line\u0000\u2028", new JsonObject(line).getString("message"));
    }

    @Test
    void includesRequestId() {
        ExtLogRecord record = record("x");
        record.putMdc("request_id", "some-id");

        assertEquals(
                "some-id", new JsonObject(format(record)).getJsonObject("mdc").getString("request_id"));
    }

    @Test
    void includesStackTraceWithCauses() {
        ExtLogRecord record = record("x");
        record.setThrown(new IllegalStateException("outer", new IllegalArgumentException("inner")));

        String exception = new JsonObject(format(record)).getString("exception");
        assertTrue(exception.contains("IllegalStateException: outer"), exception);
        assertTrue(exception.contains("Caused by: java.lang.IllegalArgumentException: inner"), exception);
    }

    @Test
    void formatsEmptyRecord() {
        assertEquals("INFO", new JsonObject(format(new ExtLogRecord(Level.INFO, null, null))).getString("level"));
    }

    private static ExtLogRecord record(String message) {
        return new ExtLogRecord(Level.INFO, message, JsonLogTest.class.getName());
    }

    @Test
    void hasTheDocumentedFields() {
        JsonObject line = new JsonObject(format(record("x")));

        assertEquals(Set.of("timestamp", "level", "logger", "thread", "message", "mdc"), line.fieldNames());
        assertTrue(line.getString("timestamp").endsWith("Z"), line.encode());
    }

    private static String format(ExtLogRecord record) {
        JsonFormatter formatter = new JsonFormatter(
                SETTINGS.getProperty("key-overrides"),
                Set.of(SETTINGS.getProperty("excluded-keys").split(",")),
                Map.of());
        formatter.setZoneId(SETTINGS.getProperty("zone-id"));
        formatter.setExceptionOutputType(ExceptionOutputType.valueOf(
                SETTINGS.getProperty("exception-output-type").toUpperCase(Locale.ROOT)));
        return formatter.format(record);
    }

    private static Properties settings() {
        String prefix = "quarkus.log.console.json.";
        Properties settings = new Properties();
        try (InputStream file = JsonLogTest.class.getResourceAsStream("/application.properties")) {
            Properties all = new Properties();
            all.load(file);
            all.stringPropertyNames().stream()
                    .filter(name -> name.startsWith(prefix))
                    .forEach(name -> settings.setProperty(name.substring(prefix.length()), all.getProperty(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return settings;
    }
}
