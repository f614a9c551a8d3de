package dev.latchkey.platform.http;

import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The cookie by which a browser shows that it has signed in before; what is in it is up to {@code signin.KnownDevices}. */
@Singleton
public class DeviceCookie {

    /** How long a device is known after its latest sign-in. */
    public static final Duration LIFETIME = Duration.ofDays(90);

    private static final String NAME = "latchkey_device";
    private static final String HOST_NAME = "__Host-" + NAME;
    private static final int MAX_LENGTH = 2_000;

    private final String name;
    private final String attributes;

    DeviceCookie(PublicUrl publicUrl) {
        // Security: the prefix makes browsers refuse a cookie that a neighbouring subdomain tries to plant.
        this.name = publicUrl.isHttps() ? HOST_NAME : NAME;
        this.attributes = "; Max-Age=" + LIFETIME.toSeconds() + "; Path=/; HttpOnly; SameSite=Lax"
                + (publicUrl.isHttps() ? "; Secure" : "");
    }

    /** Returns the {@code Set-Cookie} header that gives a client this value. */
    public String issued(String value) {
        return name + "=" + value + attributes;
    }

    /** Adds the cookie to a response, before others. */
    public Response addTo(Response response, String value) {
        response.getHeaders().addFirst(HttpHeaders.SET_COOKIE, issued(value));
        return response;
    }

    /** Returns whether {@code Cookie} headers have nothing but this cookie, which stands for no session. */
    public static boolean isOnly(List<String> headers) {
        List<String> pairs = pairs(headers);
        return !pairs.isEmpty()
                && pairs.stream().allMatch(pair -> pair.startsWith(NAME + "=") || pair.startsWith(HOST_NAME + "="));
    }

    /** Returns the value of a request's cookie, not verified; an empty text without one, or with two of them. */
    String in(HttpServerRequest request) {
        return in(request.headers().getAll("Cookie"));
    }

    String in(List<String> headers) {
        return Cookies.only(headers, name)
                .filter(value -> value.length() <= MAX_LENGTH)
                .orElse("");
    }

    private static List<String> pairs(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(";")))
                .map(String::strip)
                .filter(pair -> !pair.isEmpty())
                .toList();
    }
}
