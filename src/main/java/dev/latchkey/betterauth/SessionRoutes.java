package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.FRESH_SESSION;
import static dev.latchkey.betterauth.Endpoint.Access.PUBLIC;
import static dev.latchkey.betterauth.Endpoint.Access.SESSION;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
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

/** Reading, listing and revoking sessions. */
@ApplicationScoped
class SessionRoutes implements RouteGroup {

    private static final int MAX_LISTED = 100;

    private static final List<Header> NO_CACHE = List.of(new Header("Pragma", "no-cache"));

    private final SessionLookup lookup;
    private final Sessions sessions;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final BetterAuthTokens tokens;
    private final BetterAuthConfig config;

    SessionRoutes(
            SessionLookup lookup,
            Sessions sessions,
            SessionCookies cookies,
            CookieCache cache,
            BetterAuthTokens tokens,
            BetterAuthConfig config) {
        this.lookup = lookup;
        this.sessions = sessions;
        this.cookies = cookies;
        this.cache = cache;
        this.tokens = tokens;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/get-session",
                        PUBLIC,
                        call -> getSession(call.request()).with(NO_CACHE)),
                Endpoint.post("/get-session", PUBLIC, RequestSchema.IGNORED, this::refreshSession),
                Endpoint.get("/list-sessions", FRESH_SESSION, this::list),
                Endpoint.post("/revoke-session", SESSION, RequestSchema.object(Field.text("token")), this::revoke),
                Endpoint.post("/revoke-sessions", SESSION, RequestSchema.IGNORED, this::revokeAll),
                Endpoint.post("/revoke-other-sessions", SESSION, RequestSchema.IGNORED, this::revokeOthers),
                // A session has no additional fields that a client could update.
                Endpoint.post(
                        "/update-session",
                        SESSION,
                        RequestSchema.record(),
                        call -> BetterAuthResponse.noFieldsToUpdate()));
    }

    private BetterAuthResponse refreshSession(RouteCall call) {
        return config.deferSessionRefresh()
                ? getSession(call.request()).with(NO_CACHE)
                : BetterAuthResponse.refused(ErrorCode.METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED)
                        .with(NO_CACHE);
    }

    private BetterAuthResponse getSession(BetterAuthRequest request) {
        if (request.isSafe() && !request.flag("disableCookieCache")) {
            Optional<BetterAuthResponse> cached =
                    cookies.sessionToken(request).flatMap(token -> cachedSession(request, token));
            if (cached.isPresent()) {
                return cached.get();
            }
        }
        BetterAuthResponse response = switch (lookup.find(request)) {
            case SessionLookup.Result.NoSession() -> BetterAuthResponse.ok(null);
            case SessionLookup.Result.SessionEnded() ->
                BetterAuthResponse.ok(null).with(cookies.expireAll());
            case SessionLookup.Result.SignedIn(Caller caller) -> activeSession(request, caller);
        };
        boolean hasStaleCache = !cache.isEnabled() && cookies.cache(request).isPresent();
        return hasStaleCache ? response.with(List.of(cookies.expireCache())) : response;
    }

    private Optional<BetterAuthResponse> cachedSession(BetterAuthRequest request, SessionToken token) {
        return cache.read(request, token).map(cached -> {
            Map<String, JsonNode> json = new LinkedHashMap<>();
            json.put("session", cached.path("session"));
            json.put("user", cached.path("user"));
            return BetterAuthResponse.ok(json);
        });
    }

    private BetterAuthResponse activeSession(BetterAuthRequest request, Caller caller) {
        boolean isDue = !request.flag("disableRefresh") && isRefreshDue(caller.session());
        boolean readOnly = config.deferSessionRefresh() && request.isSafe();
        // A row that is not due is not locked: this is what clients request most.
        Optional<Session> extended =
                isDue && !readOnly ? sessions.extend(caller.token(), config.updateAfter()) : Optional.empty();
        Caller current = extended.map(caller::with).orElse(caller);
        Map<String, @Nullable Object> json = JsonViews.sessionAndUser(current);
        if (readOnly) {
            json.put("needsRefresh", isDue);
        }
        BetterAuthResponse response = BetterAuthResponse.ok(json)
                .with(extended.isPresent() ? cache.setSession(current) : cache.refresh(current));
        return config.jwtHeader() ? response.with(BetterAuthResponse.SET_AUTH_JWT, tokens.mint(current)) : response;
    }

    private boolean isRefreshDue(Session session) {
        Duration unused =
                Duration.between(session.lastUsedAt(), session.expiresAt().minus(session.remaining()));
        return session.remembered() && unused.compareTo(config.updateAfter()) >= 0;
    }

    /**
     * Lists the caller's sessions.
     *
     * <p>At most 100, as the original does; its protocol has no cursor. They are those that were used last.
     *
     * <p>Security: only the session of this request is listed with its token. Of the others only a hash of the token is stored;
     * their ids stand in its place. An id authenticates nothing, and {@code /revoke-session} accepts it.
     */
    private BetterAuthResponse list(RouteCall call) {
        Caller caller = call.caller();
        return BetterAuthResponse.ok(sessions.page(caller.user().id(), null, MAX_LISTED).sessions().stream()
                .map(session -> JsonViews.session(
                        session,
                        session.id().equals(caller.session().id())
                                ? caller.token().text()
                                : session.id().value()))
                .toList());
    }

    private BetterAuthResponse revoke(RouteCall call) {
        Caller caller = call.caller();
        Optional<SessionToken> given = SessionToken.parse(call.body().text("token"));
        Optional<SessionId> id = given.flatMap(sessions::active)
                .map(found -> found.session().id())
                // What is no session's token may be a session's id; both have the same form.
                .or(() -> given.map(token -> new SessionId(token.text())));
        boolean revoked = id.isPresent()
                && sessions.endByUser(
                        caller.user().id(), id.get(), call.request().client());
        BetterAuthResponse success = BetterAuthResponse.success();
        return revoked && id.get().equals(caller.session().id()) ? success.with(cookies.expireAll()) : success;
    }

    private BetterAuthResponse revokeAll(RouteCall call) {
        sessions.endAllByUser(call.caller().user().id(), null, call.request().client());
        return BetterAuthResponse.success().with(cookies.expireAll());
    }

    private BetterAuthResponse revokeOthers(RouteCall call) {
        Caller caller = call.caller();
        sessions.endAllByUser(
                caller.user().id(), caller.session().id(), call.request().client());
        return BetterAuthResponse.success();
    }
}
