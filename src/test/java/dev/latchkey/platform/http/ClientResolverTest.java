package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientResolverTest {

    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("10.0.0.0/8"));

    private static Client client(
            @Nullable String peer, List<String> forwardedFor, @Nullable String userAgent, TrustedProxies proxies) {
        return ClientResolver.client(ClientResolver.address(peer).orElse(null), forwardedFor, userAgent, proxies);
    }

    private static String ip(String peer, String... forwardedFor) {
        return client(peer, List.of(forwardedFor), null, PROXIES).ip();
    }

    private static String userAgent(String text) {
        return client("192.0.2.1", List.of(), text, PROXIES).userAgent();
    }

    @Test
    void resolvesAddressAndUserAgent() {
        assertEquals(
                new Client("198.51.100.1", "curl/8"), client("10.0.0.1", List.of("198.51.100.1"), "curl/8", PROXIES));
    }

    @Test
    void ignoresForwardedHeaderOfUntrustedPeer() {
        assertEquals("192.0.2.1", ip("192.0.2.1", "198.51.100.1"));
    }

    @Test
    void resolvesNoAddressWithoutPeer() {
        assertEquals("", client(null, List.of("198.51.100.1"), null, PROXIES).ip());
        assertEquals("", ip(""));
        assertEquals("", ip("/run/latchkey.sock", "198.51.100.1"));
        assertEquals("", ip("localhost", "198.51.100.1"));
    }

    @Test
    void removesZoneOfLinkLocalPeer() {
        assertEquals("fe80::1", ip("fe80:0:0:0:0:0:0:1%eth0"));
    }

    @Test
    void removesControlCharactersAndLoneSurrogatesFromUserAgent() {
        assertEquals("ab", userAgent("a\0\r\n\t\u001b\u007f\u0080\u009fb"));
        assertEquals("ab", userAgent("a\ud83d\ude00b".replace("\ude00", "")));
        assertEquals("ab", userAgent("\ude00a\ude00b\ud83d"));
        assertEquals("a\ud83d\ude00b", userAgent("a\ud83d\ude00b"));
        assertEquals("", userAgent("\u0000"));
    }

    @Test
    void truncatesUserAgentTo300CharactersBetweenCodePoints() {
        assertEquals(300, userAgent("x".repeat(301)).length());
        assertEquals(300, userAgent("\0".repeat(500) + "x".repeat(500)).length());
        assertEquals("x".repeat(298) + "\ud83d\ude00", userAgent("x".repeat(298) + "\ud83d\ude00y"));
        assertEquals("x".repeat(299), userAgent("x".repeat(299) + "\ud83d\ude00"));
    }
}
