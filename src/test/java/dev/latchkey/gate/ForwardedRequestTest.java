package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gate.ForwardedRequest.Forwarded;
import dev.latchkey.gate.ForwardedRequest.Reading;
import dev.latchkey.gate.ForwardedRequest.Unclear;
import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedRequestTest {

    private static Reading read(String target, String... headers) {
        MultiMap map = MultiMap.caseInsensitiveMultiMap();
        for (String header : headers) {
            map.add(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 1));
        }
        return ForwardedRequest.read("PROPFIND", target, map);
    }

    @Test
    void readsEachFamilyOfHeaders() {
        Forwarded expected = new Forwarded("DELETE", "/api/42/tasks?x=/../1");
        String uri = "/api/42/tasks?x=/../1";
        assertEquals(expected, read("/api/auth/verify", "X-Original-Method:DELETE", "X-Original-URI:" + uri));
        assertEquals(expected, read("/api/auth/verify?x", "x-original-method:DELETE", "x-original-uri:" + uri));
        for (String origin : new String[] {"https://my.example", "http://a_b:8080", "https://[::1]:443"}) {
            assertEquals(
                    expected, read("/api/auth/verify", "X-Original-Method:DELETE", "X-Original-URL:" + origin + uri));
        }
        assertEquals(
                expected,
                read(
                        "/api/auth/verify",
                        "X-Original-Method:DELETE",
                        "X-Original-URL:https://my.example" + uri,
                        "X-Original-URI:" + uri));
        assertEquals(expected, read("/api/auth/verify", "X-Forwarded-Method:DELETE", "X-Forwarded-Uri:" + uri));
        assertEquals(new Forwarded("PROPFIND", uri), read("/api/auth/verify/envoy" + uri));
        assertEquals(new Forwarded("PROPFIND", "/../%2e"), read("/api/auth/verify/envoy/../%2e"));
        assertEquals(new Forwarded("PROPFIND", ""), read("/api/auth/verify/envoy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X-Original-Method:GET",
                "X-Original-URI:/a",
                "X-Original-URL:https://h/a",
                "X-Forwarded-Method:GET",
                "X-Forwarded-Uri:/a",
                "X-Original-Method:GET|X-Forwarded-Uri:/a",
                "X-Original-URI:/a|X-Forwarded-Method:GET",
                "X-Original-Method:GET|X-Original-URI:/a|X-Forwarded-Uri:/a",
                "X-Original-Method:GET|X-Original-URI:/a|X-Forwarded-Method:GET",
                "X-Original-Method:GET|X-Original-URI:/a|X-Original-URI:/a",
                "X-Original-Method:GET|x-original-method:GET|X-Original-URI:/a",
                "X-Original-Method:GET|X-Original-URI:/a|X_Original_URI:/a",
                "X-Original-Method:GET|X-Original-URI:/a|X-Original_Method:GET",
                "X-Original-Method:GET|X-Original-URI:/a|x_forwarded_uri:/a",
                "X_Original_Method:GET|X_Original_URI:/a",
                "X-Original-Method:|X-Original-URI:/a",
                "X-Original-Method:GET POST|X-Original-URI:/a",
                "X-Original-Method:GET,POST|X-Original-URI:/a",
                "X-Original-Method:{http.request.method}|X-Original-URI:/a",
                "X-Original-Method:GET|X-Original-URL:/a",
                "X-Original-Method:GET|X-Original-URL://h/a",
                "X-Original-Method:GET|X-Original-URL:https://h",
                "X-Original-Method:GET|X-Original-URL:https://h?/a",
                "X-Original-Method:GET|X-Original-URL:https://h#/a",
                "X-Original-Method:GET|X-Original-URL:https://u@h/a",
                "X-Original-Method:GET|X-Original-URL:https://h\\x/a",
                "X-Original-Method:GET|X-Original-URL:https:///a",
                "X-Original-Method:GET|X-Original-URL:https://h../a",
                "X-Original-Method:GET|X-Original-URL:https://h./a",
                "X-Original-Method:GET|X-Original-URL:https://h:80:80/a",
                "X-Original-Method:GET|X-Original-URL:https://h:/a",
                "X-Original-Method:GET|X-Original-URL:https://[h]/a",
                "X-Original-Method:GET|X-Original-URL:ftp://h/a",
                "X-Original-Method:GET|X-Original-URL:https://h/a|X-Original-URI:/b",
                "X-Original-Method:GET|X-Original-URL:https://h/a|X-Original-URI:/a/",
                "X-Original-Method:GET|X-Original-URL:https://h/a|X-Original-URI:https://h/a"
            })
    void refusesUnclearHeaders(String headers) {
        Reading reading = read("/api/auth/verify", headers.isEmpty() ? new String[0] : headers.split("\\|"));
        assertInstanceOf(Unclear.class, reading, reading.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Original-URI:/a", "X-Forwarded-Method:GET", "x-original-url:https://h/a", "X_Original_URI:/a"
            })
    void refusesHeadersBesideTheEnvoyPath(String header) {
        assertInstanceOf(Unclear.class, read("/api/auth/verify/envoy/a", header));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/verify/", "/api/auth/verify/nginx", "/api/auth/verify//envoy/a"})
    void refusesOtherPathsBelowTheEndpoint(String target) {
        assertInstanceOf(Unclear.class, read(target, "X-Original-Method:GET", "X-Original-URI:/a"));
    }

    @Test
    void recognisesItsOwnPathOnly() {
        for (String target :
                new String[] {"/api/auth/verify", "/api/auth/verify?", "/api/auth/verify/", "/api/auth/verify/envoy/x"
                }) {
            assertTrue(ForwardedRequest.isForGate(target), target);
        }
        for (String target : new String[] {
            "/api/auth/verify-email",
            "/api/auth/verif",
            "/api/auth/Verify",
            "/api/auth/%76erify",
            "//api/auth/verify",
            "http://h/api/auth/verify",
            "/x/api/auth/verify",
            "/api/auth/verify;x",
            "*",
            ""
        }) {
            assertFalse(ForwardedRequest.isForGate(target), target);
        }
    }
}
