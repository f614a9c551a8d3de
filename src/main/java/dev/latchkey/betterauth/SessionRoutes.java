package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.FRESH;
import static dev.latchkey.betterauth.Endpoint.Demand.NOBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.SESSION;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Telling and ending sessions. */
@ApplicationScoped
class SessionRoutes implements RouteGroup {

    static final String SET_AUTH_JWT = "set-auth-jwt";

    private static final List<Header> UNCACHED = List.of(new Header("Pragma", "no-cache"));

    private final SessionLookup presences;
    private final Sessions sessions;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final BetterAuthTokens jwts;
    private final BetterAuthConfig config;

    SessionRoutes(
            SessionLookup presences,
            Sessions sessions,
            SessionCookies cookies,
            CookieCache cache,
            BetterAuthTokens jwts,
            BetterAuthConfig config) {
        this.presences = presences;
        this.sessions = sessions;
        this.cookies = cookies;
        this.cache = cache;
        this.jwts = jwts;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/get-session", NOBODY, call -> tell(call.asked()).with(UNCACHED)),
                Endpoint.post("/get-session", NOBODY, RequestSchema.IGNORED, this::extend),
                Endpoint.get("/list-sessions", FRESH, this::list),
                Endpoint.post("/revoke-session", SESSION, RequestSchema.object(Field.text("token")), this::revoke),
                Endpoint.post("/revoke-sessions", SESSION, RequestSchema.IGNORED, this::revokeAll),
                Endpoint.post("/revoke-other-sessions", SESSION, RequestSchema.IGNORED, this::revokeOthers),
                Endpoint.post("/update-session", SESSION, RequestSchema.record(), call -> noFields()));
    }

    private BetterAuthResponse extend(RouteCall call) {
        return config.deferSessionRefresh()
                ? tell(call.asked()).with(UNCACHED)
                : BetterAuthResponse.refused(ErrorCode.METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED)
                        .with(UNCACHED);
    }

    private BetterAuthResponse tell(BetterAuthRequest asked) {
        if (asked.isSafe() && !asked.flag("disableCookieCache")) {
            Optional<BetterAuthResponse> copy = cookies.presented(asked).flatMap(token -> copied(asked, token));
            if (copy.isPresent()) {
                return copy.get();
            }
        }
        BetterAuthResponse reply = switch (presences.of(asked)) {
            case SessionLookupResult.Nobody() -> BetterAuthResponse.ok(null);
            case SessionLookupResult.Over() -> BetterAuthResponse.ok(null).with(cookies.expired());
            case SessionLookupResult.Here(Caller caller) -> tell(asked, caller);
        };
        boolean leftover = !cache.isEnabled() && cookies.data(asked).isPresent();
        return leftover ? reply.with(List.of(cookies.expiredData())) : reply;
    }

    /** What the browser's own copy says, for which no row is read. */
    private Optional<BetterAuthResponse> copied(BetterAuthRequest asked, SessionToken token) {
        return cache.read(asked, token).map(copy -> {
            Map<String, JsonNode> body = new LinkedHashMap<>();
            body.put("session", copy.path("session"));
            body.put("user", copy.path("user"));
            return BetterAuthResponse.ok(body);
        });
    }

    private BetterAuthResponse tell(BetterAuthRequest asked, Caller caller) {
        boolean due = !asked.flag("disableRefresh") && isDue(caller.session());
        boolean reads = config.deferSessionRefresh() && asked.isSafe();
        // A row that is not due is not locked: this is what clients ask most.
        Optional<Session> extended =
                due && !reads ? sessions.extend(caller.session().id(), config.updateAfter()) : Optional.empty();
        Caller now = extended.map(session -> new Caller(session, caller.token(), caller.user()))
                .orElse(caller);
        Map<String, @Nullable Object> body = JsonViews.both(now);
        if (reads) {
            body.put("needsRefresh", due);
        }
        BetterAuthResponse reply =
                BetterAuthResponse.ok(body).with(extended.isPresent() ? cache.issue(now) : cache.copy(now));
        return config.jwtHeader() ? reply.with(SET_AUTH_JWT, jwts.of(now)) : reply;
    }

    private boolean isDue(Session session) {
        Duration unused =
                Duration.between(session.lastUsedAt(), session.expiresAt().minus(session.remaining()));
        return session.remembered() && unused.compareTo(config.updateAfter()) >= 0;
    }

    /**
     * Security: only the caller's own session is shown with its token. Of the others there is but the hash; their names, which
     * open nothing, stand in its place and are taken where a session is to be ended.
     */
    private BetterAuthResponse list(RouteCall call) {
        Caller caller = call.caller();
        return BetterAuthResponse.ok(sessions.active(caller.user().id()).stream()
                .map(session -> JsonViews.session(
                        session,
                        session.id().equals(caller.session().id())
                                ? caller.token().text()
                                : session.id().value()))
                .toList());
    }

    private BetterAuthResponse revoke(RouteCall call) {
        Caller caller = call.caller();
        Optional<SessionToken> named = SessionToken.parse(call.body().text("token"));
        Optional<SessionId> id = named.flatMap(sessions::active)
                .map(Session::id)
                // What is no session's token may be the name of one; what has not even that form names nothing.
                .or(() -> named.map(token -> new SessionId(token.text())));
        boolean ended = id.isPresent()
                && sessions.endByUser(caller.user().id(), id.get(), call.asked().client());
        BetterAuthResponse done = BetterAuthResponse.ok(JsonViews.done());
        return ended && id.get().equals(caller.session().id()) ? done.with(cookies.expired()) : done;
    }

    private BetterAuthResponse revokeAll(RouteCall call) {
        sessions.endAllByUser(call.caller().user().id(), null, call.asked().client());
        return BetterAuthResponse.ok(JsonViews.done()).with(cookies.expired());
    }

    private BetterAuthResponse revokeOthers(RouteCall call) {
        Caller caller = call.caller();
        sessions.endAllByUser(
                caller.user().id(), caller.session().id(), call.asked().client());
        return BetterAuthResponse.ok(JsonViews.done());
    }

    /** There are no additional fields that a client could change. */
    static BetterAuthResponse noFields() {
        return BetterAuthResponse.refused(400, "No fields to update");
    }
}
