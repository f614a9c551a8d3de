package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-024: forwarded headers are believed only from configured proxies. */
class TrustedProxiesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.4/30, 192.0.2.7, true",
        "192.0.2.4/30, 192.0.2.8, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1/32, 192.0.2.1, true",
        "192.0.2.1/32, 192.0.2.0, false",
        "128.0.0.0/1, 203.0.113.9, true",
        "128.0.0.0/1, 2001:db8::1, false",
        "::/1, 2001:db8::1, true",
        "::/1, 203.0.113.9, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "::1, 127.0.0.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "2001:DB8:0:0::/64, 2001:db8::ffff:1, true",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, ::ffff:10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:10.0.0.0/104, 11.0.0.1, false",
        "::ffff:a00:0/128, 10.0.0.0, true",
        "10.0.0.1, ::10.0.0.1, false",
    })
    void trustsWhoIsInside(String entry, String address, boolean trusted) {
        assertEquals(trusted, TrustedProxies.of(List.of(entry)).contains(InetAddress.ofLiteral(address)));
    }

    @Test
    void trustsNoProxyByDefault() {
        assertEquals(false, TrustedProxies.of(List.of()).contains(InetAddress.getLoopbackAddress()));
        assertEquals(false, TrustedProxies.of(List.of("", " ")).contains(InetAddress.getLoopbackAddress()));
    }

    @Test
    void acceptsSeveralEntries() {
        TrustedProxies proxies = TrustedProxies.of(List.of(" 10.0.0.0/8", "fd00::/8 ", ""));
        assertTrue(proxies.contains(InetAddress.ofLiteral("10.1.1.1")));
        assertTrue(proxies.contains(InetAddress.ofLiteral("fdff::1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "proxy",
                "proxy.example.com",
                "example.com/24",
                "abc",
                "dead.beef",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "0.0.0.0/0",
                "::/0",
                "10.0.0.0/0",
                "::ffff:0.0.0.0/96",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0.0/255.0.0.0",
                "10.0.0.0 /8",
                "10.0.0",
                "10.0.0.",
                "10",
                "167772161",
                "0x0a000001",
                "010.0.0.1",
                "10.0.0.01",
                "10.0.0.256",
                "10.0.0.1.1",
                "10.0.0.*",
                "10.0.0.1-10.0.0.9",
                "10.0.0.1 10.0.0.2",
                "10.0.0.1:80",
                "\u0661\u0660.0.0.1",
                "*",
                "/",
                "/8",
                ":",
                ":::",
                "1::2::3",
                "::/129",
                "::12345",
                "[::1]",
                "fe80::1%eth0",
                "::ffff:010.0.0.1",
                "::ffff:10.0.1",
                "::ffff:10.0.0.0/95",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7"
            })
    void stopsTheBootForWhatIsNoAddress(String entry) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> TrustedProxies.of(List.of("10.0.0.0/8", entry)))
                .getMessage();
        assertTrue(message.contains('"' + entry + '"'), message);
        ConfigurationProblem problem = HttpSettingsCheck.checkTrustedProxies(List.of("10.0.0.0/8", entry))
                .getFirst();
        assertEquals(ConfigurationProblem.error("LATCHKEY_TRUSTED_PROXIES", message), problem);
    }
}
