package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class JsonLineTest {

    @Test
    void isOneObjectOnOneLineWhateverTheMessage() {
        String line = format(record("a \"quote\"\nand a second line\u0000\u2028"));

        assertEquals(line.length() - 1, line.indexOf('\n'));
        assertEquals("a \"quote\"\nand a second line\u0000\u2028", new JsonObject(line).getString("message"));
    }

    @Test
    void carriesTheRequestId() {
        ExtLogRecord record = record("x");
        record.putMdc("request_id", "some-id");

        assertEquals("some-id", new JsonObject(format(record)).getString("request_id"));
    }

    @Test
    void carriesTheStackTraceWithItsCauses() {
        ExtLogRecord record = record("x");
        record.setThrown(new IllegalStateException("outer", new IllegalArgumentException("inner")));

        String exception = new JsonObject(format(record)).getString("exception");
        assertTrue(exception.contains("IllegalStateException: outer"), exception);
        assertTrue(exception.contains("Caused by: java.lang.IllegalArgumentException: inner"), exception);
    }

    @Test
    void survivesARecordWithoutAnything() {
        assertEquals("INFO", new JsonObject(format(new ExtLogRecord(Level.INFO, null, null))).getString("level"));
    }

    private static ExtLogRecord record(String message) {
        return new ExtLogRecord(Level.INFO, message, JsonLineTest.class.getName());
    }

    private static String format(ExtLogRecord record) {
        return new JsonLine().format(record);
    }
}
