package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-023, FR-024: the address that is counted is not one that the client chose. */
class ClientAddressTest {

    private static final String PROXY = "10.0.0.1";
    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("10.0.0.0/8", "fd00::/8"));

    private static String of(String peer, String... forwardedFor) {
        return ClientAddress.of(InetAddress.ofLiteral(peer), List.of(forwardedFor), PROXIES);
    }

    @Test
    void isPeerWithoutHeader() {
        assertEquals("203.0.113.7", of("203.0.113.7"));
        assertEquals(PROXY, of(PROXY));
    }

    @Test
    void isPeerWhateverAnUntrustedPeerForwards() {
        assertEquals("203.0.113.7", of("203.0.113.7", "198.51.100.1"));
        assertEquals("203.0.113.7", of("203.0.113.7", "10.0.0.2"));
        assertEquals("2001:db8::7", of("2001:db8::7", "198.51.100.1, 10.0.0.2"));
        assertEquals(
                "127.0.0.1",
                ClientAddress.of(
                        InetAddress.ofLiteral("127.0.0.1"), List.of("198.51.100.1"), TrustedProxies.of(List.of())));
    }

    @Test
    void isAddressThatTrustedProxyNames() {
        assertEquals("198.51.100.1", of(PROXY, "198.51.100.1"));
        assertEquals("198.51.100.1", of("::ffff:10.0.0.1", "198.51.100.1"));
        assertEquals("2001:db8::1", of(PROXY, "2001:0DB8:0::0001"));
        assertEquals("198.51.100.1", of(PROXY, "::ffff:198.51.100.1"));
    }

    @Test
    void isRightmostUntrustedAddress() {
        assertEquals("198.51.100.1", of(PROXY, "1.1.1.1, 198.51.100.1"));
        assertEquals("198.51.100.1", of(PROXY, "10.9.9.9, 1.1.1.1, 198.51.100.1, 10.0.0.2,fd00::1"));
        assertEquals("198.51.100.1", of(PROXY, "1.1.1.1", "198.51.100.1, 10.0.0.2"));
        assertEquals("198.51.100.1", of(PROXY, "1.1.1.1", "198.51.100.1", "10.0.0.2"));
    }

    @Test
    void isFarthestProxyWhenAllAreTrusted() {
        assertEquals("10.0.0.9", of(PROXY, "10.0.0.9, 10.0.0.2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "198.51.100.1, x",
                "198.51.100.1,",
                "198.51.100.1 198.51.100.2",
                "\"198.51.100.1\"",
                "for=198.51.100.1",
                "198.51.100",
                "3325256705",
                "0306.51.100.1",
                "198.51.100.01",
                "198.51.100.1/32",
                "198.51.100.1:",
                "198.51.100.1:x",
                "198.51.100.1:65536",
                "198.51.100.1:-1",
                "198.51.100.1:80:80",
                "[198.51.100.1]",
                "[198.51.100.1]:80",
                "[2001:db8::1",
                "[2001:db8::1]x",
                "[2001:db8::1]:",
                "[2001:db8::1]:99999",
                "[]",
                "[",
                "2001:db8::1]",
                "2001:db8::1%eth0",
                "2001:db8:::1",
                "\u0661.1.1.1",
                "198.51.100.1\0"
            })
    void stopsBelievingAtGarbage(String garbage) {
        assertEquals(PROXY, of(PROXY, garbage));
        assertEquals("10.0.0.2", of(PROXY, "198.51.100.9, " + garbage + ", 10.0.0.2"));
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.1:567, 198.51.100.1",
        "[2001:db8::1]:567, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "[::ffff:198.51.100.1]:1, 198.51.100.1",
        "10.0.0.7:65535, 10.0.0.7",
    })
    void readsPastAPort(String hop, String address) {
        assertEquals(address, of(PROXY, hop));
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::0:1, 2001:db8::1",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
        "::192.0.2.1, ::c000:201",
    })
    void writesIpv6AsRfc5952Says(String spelling, String canonical) {
        assertEquals(canonical, of(spelling));
    }
}
