package dev.latchkey.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Header values that are malformed, unusual, unknown or too many. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class BadHeadersResourceTest extends BadInput {

    static List<String> contentTypes() {
        return List.of(
                "text/plain",
                "text/json",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "multipart/form-data; boundary=b",
                "application/jsonx",
                "application/vnd.x+json",
                "image/png",
                "json",
                "/",
                ";",
                ";;;",
                "application/",
                "/json",
                "application json",
                "application/json application/json",
                "text/plain, application/json",
                "application/json, text/plain",
                "é",
                "a".repeat(5_000));
    }

    @ParameterizedTest
    @MethodSource("contentTypes")
    void refusesOtherContentTypes(String type) throws IOException {
        for (Route route : Route.values()) {
            assertProblem(
                    415, "UNSUPPORTED_MEDIA_TYPE", route.send(route.body.getBytes(UTF_8), "Content-Type: " + type));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=\"UTF-8\"",
                "application/json;x=y",
                "application/json;"
            })
    void acceptsEverySpellingOfTheContentType(String type) throws IOException {
        for (Route route : Route.values()) {
            RawResponse response = route.send(route.body.getBytes(UTF_8), "Content-Type: " + type);
            assertSound(response);
            assertEquals(route.status, response.status(), route::name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "application/json;charset=utf-16",
                "application/json;charset=x-unknown",
                "application/json;charset=",
                "application/json;charset=%00",
                "application/json;charset=\"",
                "application/json;charset=utf-7",
                "application/json;charset=é",
                "application/json;=;==;",
                "application/json;charset=a;charset=b"
            })
    void contentTypeParametersCauseNoServerError(String type) throws IOException {
        for (Route route : Route.values()) {
            RawResponse response = route.send(route.body.getBytes(UTF_8), "Content-Type: " + type);
            assertSound(response);
            assertTrue(List.of(400, 415, route.status).contains(response.status()), () -> route + ": " + response);
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalContentTypesCauseNoServerError(Route route) throws IOException {
        for (List<String> types : List.of(
                List.of("application/json", "text/plain"),
                List.of("text/plain", "application/json"),
                List.of("application/json", "application/json"))) {
            RawResponse response = route.send(
                    route.body.getBytes(UTF_8),
                    "Content-Type: " + types.getFirst(),
                    "Content-Type: " + types.getLast());
            assertSound(response);
            assertTrue(List.of(400, 415, route.status).contains(response.status()), () -> route + ": " + response);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bodyWithoutContentTypeCausesNoServerError(Route route) throws IOException {
        RawResponse response = route.send(route.body.getBytes(UTF_8));

        assertSound(response);
        assertTrue(List.of(400, 415, route.status).contains(response.status()), response::toString);
    }

    static List<String> authorizations() {
        return List.of(
                "",
                "Bearer",
                "Bearer ",
                "Bearer  ",
                "bearer",
                "Basic YTpi",
                "Digest x",
                "Negotiate",
                "Bearer x",
                "Bearer ..",
                "Bearer a.b.c",
                "Bearer eyJhbGciOiJub25lIn0.e30.",
                "Bearer a.b.c.d.e",
                "Bearer " + ".".repeat(20_000),
                "Bearer " + "x".repeat(20_000),
                "Bearer " + "eyJ".repeat(5_000) + ".e30.x",
                "Bearer \u00e9\u00ff",
                "\u00ff\u00fe",
                "Bearer '; drop table users; --",
                "Bearer ${jndi:ldap://127.0.0.1/x}",
                "Bearer a, Bearer b",
                "Bearer a b",
                "Bearer\ta.b.c",
                "Bearer =====",
                "Bearer null",
                "Bearer undefined",
                // A JOSE header of deep JSON, of none, and one with a duplicate key.
                "Bearer " + base64("[".repeat(5_000)) + ".e30.x",
                "Bearer " + base64("null") + ".e30.x",
                "Bearer " + base64("{\"alg\":\"HS256\",\"alg\":\"none\"}") + ".e30.x",
                "Bearer " + base64("{\"alg\":\"HS256\",\"kid\":{}}") + "." + base64("[]") + ".x",
                "Bearer " + base64("{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":2147483647}") + ".a.b.c.d");
    }

    @ParameterizedTest
    @MethodSource("authorizations")
    void refusesMalformedAuthorization(String authorization) throws IOException {
        for (String path : List.of("/api/auth/session", user.own(""), user.own("/events"))) {
            RawResponse response = RawResponse.to("GET", path, List.of("Authorization: " + authorization), new byte[0]);
            assertProblem(401, null, response);
            assertTrue(response.header("WWW-Authenticate").startsWith("Bearer "), response::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("authorizations")
    void ignoresMalformedAuthorizationOnOpenRoutes(String authorization) throws IOException {
        for (Route route : List.of(Route.LOGIN, Route.REFRESH, Route.LOGOUT)) {
            RawResponse response = route.send(route.body.getBytes(UTF_8), JSON, "Authorization: " + authorization);
            assertSound(response);
            assertEquals(route.status, response.status());
        }
        RawResponse signOut = Route.LOGOUT.send(new byte[0], "Authorization: " + authorization);
        assertSound(signOut);
        assertEquals(204, signOut.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "latchkey_session",
                "latchkey_session=",
                "latchkey_session=x",
                "latchkey_session=\"x\"",
                "latchkey_session=\"",
                "latchkey_session=;latchkey_session=y",
                ";;;",
                "=",
                "=x",
                "a=b=c;;=;latchkey_session=.0.",
                "$Version=1; latchkey_session=x",
                "latchkey_session=\u00e9\u00ff",
                "latchkey_session=%00",
                "latchkey_session='; drop table sessions; --",
                "latchkey_session=a.b.c.d",
                "latchkey_session=x.99999999999999999999.y",
                "latchkey_session=x.-1.y",
                "\u0080",
                ","
            })
    void refusesMalformedSessionCookie(String cookie) throws IOException {
        for (Route route : List.of(Route.REFRESH, Route.LOGOUT)) {
            RawResponse response = route.send(new byte[0], "Cookie: " + cookie, "Origin: http://localhost:8080");
            assertSound(response);
            assertEquals(route.status, response.status());
        }
        RawResponse long20k = Route.REFRESH.send(
                new byte[0], "Cookie: latchkey_session=" + cookie.repeat(200), "Origin: http://localhost:8080");
        assertSound(long20k);
        assertEquals(401, long20k.status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: '; drop table users; --",
                "X-Forwarded-For: ,,,,",
                "X-Forwarded-Proto: gopher",
                "X-Forwarded-Host: a b",
                "X-Forwarded-Port: 99999999",
                "Forwarded: for=;;proto=",
                "X-Forwarded-Prefix: //x",
                "User-Agent: \u0080\u00ff ${x} '; --",
                "User-Agent:",
                "Origin: \u00ff",
                "Origin:",
                "Origin: null",
                "Referer: ::::",
                "Accept-Language: \u00e9;q=9",
                "Accept-Encoding: x;q=z",
                "Accept-Charset: utf-99",
                "Range: bytes=9-1",
                "If-Match: \"",
                "If-Modified-Since: yesterday",
                "X-Request-Id: ${x}\u00ff",
                "X-HTTP-Method-Override: GET",
                "X-Method-Override: DELETE",
                "Content-Language: \u00ff",
                "Date: x",
                "Via: x",
                "TE: x",
                "Cache-Control: \u00ff",
                "traceparent: 00-x-y-z",
                "baggage: =;="
            })
    void ignoresMalformedHeaders(String header) throws IOException {
        for (Route route : Route.values()) {
            RawResponse response = route.send(route.body.getBytes(UTF_8), JSON, header);
            assertSound(response);
            // A page of an origin that is not trusted may neither sign its visitors in nor have them use e-mail links.
            boolean foreign = header.startsWith("Origin:")
                    && Set.of(Route.SIGN_UP, Route.LOGIN, Route.RESET, Route.RESET_CONFIRMATION, Route.VERIFICATION)
                            .contains(route);
            assertEquals(foreign ? 403 : route.status, response.status(), route::name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "x",
                "/",
                ";",
                ",",
                "application/json;q=0",
                "application/json;q=x",
                "*/json",
                "\u00ff",
                "text/html, text/plain"
            })
    void acceptHeaderCausesNoServerError(String accept) throws IOException {
        for (Route route : Route.values()) {
            RawResponse response = route.send(route.body.getBytes(UTF_8), JSON, "Accept: " + accept);
            assertSound(response);
            assertTrue(List.of(406, route.status).contains(response.status()), () -> route + ": " + response);
        }
    }

    @Test
    void acceptsThousandsOfHeaders() throws IOException {
        String[] headers =
                IntStream.range(0, 2_500).mapToObj(i -> "X" + i + ": 1").toArray(String[]::new);
        RawResponse response = Route.REFRESH.send(new byte[0], headers);

        assertProblem(401, "INVALID_REFRESH_TOKEN", response);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
}
