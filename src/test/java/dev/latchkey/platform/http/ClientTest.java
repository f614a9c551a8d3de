package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTest {

    @ParameterizedTest
    @CsvSource({"192.0.2.7, 192.0.2.7", "2001:DB8::1, 2001:db8::1", "::1, ::1"})
    void parsesImportedAddresses(String noted, String address) {
        assertEquals(address, Client.noted(noted, null).ip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "10.1",
                "192.0.2.7, 198.51.100.1",
                "192.0.2.300",
                "localhost",
                "fe80::1%eth0",
                ":::",
                "192.0.2.7\n",
                "1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9"
            })
    void takesNothingElseForAnAddress(String noted) {
        assertEquals("", Client.noted(noted, null).ip());
    }

    @Test
    void keepsStorableCharactersOfUserAgent() {
        assertEquals(Client.NONE, Client.noted(null, null));
        assertEquals(
                "a browser",
                Client.noted(null, "a\n \u0000brow\ud800ser").userAgent().replace("  ", " "));
        assertEquals(300, Client.noted(null, "x".repeat(4000)).userAgent().length());
        assertEquals("x".repeat(299), Client.noted(null, "x".repeat(299) + "😀").userAgent());
    }
}
