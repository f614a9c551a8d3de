package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.CorsFilter.Decision;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsFilterTest {

    private static final String TRUSTED = "https://app.example.com";
    private static final Predicate<String> ORIGINS = Set.of(TRUSTED)::contains;
    private static final String PATH = "/api/auth/login";

    @Test
    void respondsToTrustedPreflight() {
        assertEquals(new Decision.Preflight(TRUSTED), verifier(HttpMethod.OPTIONS, PATH, preflightFrom(TRUSTED)));
    }

    @Test
    void allowsTrustedOriginToReadTheResponse() {
        assertEquals(new Decision.Trusted(TRUSTED), verifier(HttpMethod.POST, PATH, from(TRUSTED)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://app.example.com",
                "https://app.example.com:8443",
                "https://app.example.com/",
                "https://app.example.com.evil.example",
                "https://APP.example.com",
                "https://x.app.example.com",
                " https://app.example.com",
                "null",
                "*",
                ""
            })
    void refusesThePreflightOfAUntrusted(String origin) {
        assertEquals(
                new Decision.UntrustedPreflight(origin), verifier(HttpMethod.OPTIONS, PATH, preflightFrom(origin)));
        assertEquals(new Decision.Untrusted(), verifier(HttpMethod.POST, PATH, from(origin)));
    }

    @Test
    void refusesTwoOrigins() {
        assertEquals(
                new Decision.Untrusted(),
                verifier(HttpMethod.GET, PATH, from(TRUSTED).add("Origin", TRUSTED)));
    }

    @Test
    void optionsWithoutRequestedMethodIsNoPreflight() {
        assertEquals(new Decision.Trusted(TRUSTED), verifier(HttpMethod.OPTIONS, PATH, from(TRUSTED)));
    }

    @Test
    void addsNoHeadersWithoutOrigin() {
        assertEquals(new Decision.Untrusted(), verifier(HttpMethod.GET, PATH, MultiMap.caseInsensitiveMultiMap()));
    }

    @Test
    void refusalNamesOriginAndSetting() {
        String message = CorsFilter.refusal("https://evil.example").message();

        assertTrue(message.contains("https://evil.example"), message);
        assertTrue(message.contains("LATCHKEY_TRUSTED_ORIGINS"), message);
    }

    @Test
    void truncatesLongOriginInTheRefusal() {
        assertTrue(CorsFilter.refusal("x".repeat(10_000)).message().length() < 400);
    }

    private static Decision verifier(HttpMethod method, String path, MultiMap headers) {
        return CorsFilter.decide(method, path, headers, ORIGINS);
    }

    private static MultiMap from(String origin) {
        return MultiMap.caseInsensitiveMultiMap().add("Origin", origin);
    }

    private static MultiMap preflightFrom(String origin) {
        return from(origin).add("Access-Control-Request-Method", "POST");
    }
}
