package dev.latchkey.api;

import dev.latchkey.platform.http.Cookies;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.platform.http.TrustedOrigins;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Session;
import dev.latchkey.session.SignedInSession;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** The refresh token as a browser holds it: out of the page's reach, and for this host only. */
@ApplicationScoped
class SessionCookie {

    private final TrustedOrigins origins;
    private final String name;
    private final String attributes;

    SessionCookie(PublicUrl publicUrl, TrustedOrigins origins) {
        this.origins = origins;
        // Security: the prefix makes browsers refuse a cookie that a neighbouring subdomain tries to plant.
        this.name = publicUrl.isHttps() ? "__Host-latchkey_session" : "latchkey_session";
        this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (publicUrl.isHttps() ? "; Secure" : "");
    }

    String issued(SignedInSession signedIn) {
        Session session = signedIn.session();
        String age = session.remembered() ? "; Max-Age=" + session.remaining().toSeconds() : "";
        return name + "=" + signedIn.refreshToken().text() + age + attributes;
    }

    String cleared() {
        return name + "=; Max-Age=0" + attributes;
    }

    /** The value of the cookie; empty if the request has none or several. */
    Optional<String> in(HttpHeaders headers) {
        List<String> lines = headers.getRequestHeader(HttpHeaders.COOKIE);
        return lines == null ? Optional.empty() : Cookies.only(lines, name);
    }

    /** The refresh token in the cookie; empty if there is none that has the form of one. */
    Optional<RefreshToken> refreshToken(HttpServerRequest request) {
        return Cookies.only(request.headers().getAll(HttpHeaders.COOKIE), name).flatMap(RefreshToken::parse);
    }

    /**
     * Whether a request that relies on the cookie and changes something comes from a page that may.
     *
     * <p>Security: a browser adds the cookie to requests that other pages make; it also says which page that was.
     */
    boolean mayRely(HttpHeaders headers) {
        return origins.trusts(headers.getHeaderString("Origin"), headers.getHeaderString("Referer"));
    }
}
