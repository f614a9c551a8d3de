package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.PUBLIC;
import static dev.latchkey.betterauth.RequestSchema.Kind.BOOLEAN;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.SignedInSession;
import dev.latchkey.signin.KnownDevices;
import dev.latchkey.signin.Refusals;
import dev.latchkey.signin.SignIn;
import dev.latchkey.signin.SignOut;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sign-in and sign-out. */
@ApplicationScoped
class SignInRoutes implements RouteGroup {

    private final SignIn signIn;
    private final SignOut signOut;
    private final EmailVerification verification;
    private final EmailLinkUrls links;
    private final SessionLookup lookup;
    private final SessionCookies cookies;
    private final DeviceCookie deviceCookie;
    private final CookieCache cache;
    private final BetterAuthConfig config;

    SignInRoutes(
            SignIn signIn,
            SignOut signOut,
            EmailVerification verification,
            EmailLinkUrls links,
            SessionLookup lookup,
            SessionCookies cookies,
            DeviceCookie deviceCookie,
            CookieCache cache,
            BetterAuthConfig config) {
        this.signIn = signIn;
        this.signOut = signOut;
        this.verification = verification;
        this.links = links;
        this.lookup = lookup;
        this.cookies = cookies;
        this.deviceCookie = deviceCookie;
        this.cache = cache;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.signInForm(
                        "/sign-in/email",
                        RequestSchema.object(
                                Field.text("email"),
                                Field.text("password"),
                                Field.text("callbackURL").optional(),
                                Field.of("rememberMe", BOOLEAN).optional()),
                        this::signIn),
                Endpoint.post(
                        "/sign-in/social",
                        PUBLIC,
                        RequestSchema.object(Field.text("provider")),
                        call -> BetterAuthResponse.refused(ErrorCode.PROVIDER_NOT_FOUND)),
                Endpoint.post("/sign-out", PUBLIC, RequestSchema.optionalObject(), this::signOut));
    }

    private BetterAuthResponse signIn(RouteCall call) {
        JsonInput body = call.body();
        Optional<EmailAddress> email = RequestSchema.emailAddress(body.text("email"));
        Client client = call.request().client();
        if (email.isEmpty()) {
            signIn.recordMalformed("malformed_address", client);
            return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
        }
        Password password = Password.of(body.text("password"));
        if (password.length() > Password.MAXIMUM_LENGTH) {
            signIn.recordMalformed("password_too_long", client);
            return BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_LONG);
        }
        boolean remember = body.flag("rememberMe").orElse(true);
        return switch (signIn.withPassword(
                email.get(),
                password,
                remember,
                SessionSecret.Kind.SESSION_TOKEN,
                call.request().client())) {
            case SignIn.SignedIn(SignedInSession session, KnownDevices.Cookie device) -> {
                cookies.inCookie(call.request())
                        .ifPresent(former ->
                                signOut.replaced(former, call.request().client()));
                yield signedIn(call, Caller.of(session), device);
            }
            case SignIn.InvalidCredentials _ -> BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL_OR_PASSWORD);
            case SignIn.AccountDisabled _ -> BetterAuthResponse.refused(ErrorCode.ACCOUNT_DISABLED);
            case SignIn.EmailNotVerified(Profile profile) -> {
                if (config.verification().onSignIn()) {
                    verification.request(
                            profile.id(),
                            links.verification(body.optionalText("callbackURL")),
                            call.request().client());
                }
                yield BetterAuthResponse.refused(ErrorCode.EMAIL_NOT_VERIFIED);
            }
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
        };
    }

    private BetterAuthResponse signedIn(RouteCall call, Caller caller, KnownDevices.Cookie device) {
        String callback = call.body().nonEmptyText("callbackURL");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("redirect", callback != null);
        json.put("token", caller.token().text());
        if (callback != null) {
            json.put("url", callback);
        }
        json.put("user", JsonViews.user(caller.user()));
        BetterAuthResponse response = BetterAuthResponse.ok(json)
                .with("Set-Cookie", deviceCookie.issued(device.value()))
                .with(cache.setSession(caller));
        return callback == null ? response : response.with("Location", callback);
    }

    private BetterAuthResponse signOut(RouteCall call) {
        BetterAuthRequest request = call.request();
        lookup.token(request).ifPresent(token -> signOut.withSessionToken(token, request.client()));
        return BetterAuthResponse.ok(Map.of("success", true)).with(cookies.expireAll());
    }
}
