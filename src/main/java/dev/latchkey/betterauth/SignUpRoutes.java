package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.RequestSchema.Kind.BOOLEAN;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;
import static dev.latchkey.betterauth.RequestSchema.Kind.NON_EMPTY_TEXT;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
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
import dev.latchkey.signin.SignOut;
import dev.latchkey.signin.SignUp;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Sign-up. */
@ApplicationScoped
class SignUpRoutes implements RouteGroup {

    private final SignUp signUp;
    private final EmailVerification verification;
    private final EmailLinkUrls links;
    private final SignOut signOut;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final DeviceCookie deviceCookie;
    private final BetterAuthConfig config;

    SignUpRoutes(
            SignUp signUp,
            EmailVerification verification,
            EmailLinkUrls links,
            SignOut signOut,
            SessionCookies cookies,
            CookieCache cache,
            DeviceCookie deviceCookie,
            BetterAuthConfig config) {
        this.signUp = signUp;
        this.verification = verification;
        this.links = links;
        this.signOut = signOut;
        this.cookies = cookies;
        this.cache = cache;
        this.deviceCookie = deviceCookie;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.signInForm(
                "/sign-up/email",
                RequestSchema.openObject(
                        Field.text("name"),
                        Field.of("email", EMAIL),
                        Field.of("password", NON_EMPTY_TEXT),
                        Field.text("image").optional(),
                        Field.text("callbackURL").optional(),
                        Field.of("rememberMe", BOOLEAN).optional()),
                this::signUp));
    }

    private BetterAuthResponse signUp(RouteCall call) {
        JsonInput body = call.body();
        SignUp.NewAccount account = new SignUp.NewAccount(
                new EmailAddress.Parsed.Valid(body.email("email")),
                Password.of(body.text("password")),
                body.text("name"),
                body.optionalText("image"),
                body.flag("rememberMe").orElse(true),
                config.autoSignIn(),
                config.verification().onSignUp(),
                SessionSecret.Kind.SESSION_TOKEN);
        Client client = call.request().client();
        return switch (signUp.withPassword(
                account, verification.ofSignUp(links.verification(body.optionalText("callbackURL")), client), client)) {
            case SignUp.SignedUp(SignedInSession session, KnownDevices.Cookie device) -> {
                cookies.inCookie(call.request()).ifPresent(former -> signOut.replaced(former, client));
                yield BetterAuthResponse.ok(
                                JsonViews.tokenAndUser(session.sessionToken().text(), session.user()))
                        .with("Set-Cookie", deviceCookie.issued(device.value()))
                        .with(cache.setSession(Caller.of(session)));
            }
            case SignUp.Registered(Profile profile) -> BetterAuthResponse.ok(JsonViews.tokenAndUser(null, profile));
            case SignUp.InvalidInput invalid -> invalid(invalid);
            case SignUp.EmailTaken _ -> BetterAuthResponse.refused(ErrorCode.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
        };
    }

    /** Better Auth reports one error at a time. */
    private static BetterAuthResponse invalid(SignUp.InvalidInput invalid) {
        if (!invalid.password().isEmpty()) {
            return PasswordErrors.invalid(invalid.password());
        }
        if (invalid.name() != null) {
            return BetterAuthResponse.invalidText("name", invalid.name(), ProfileText.MAX_NAME);
        }
        if (invalid.image() != null) {
            return BetterAuthResponse.invalidText("image", invalid.image(), ProfileText.MAX_IMAGE);
        }
        return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
    }
}
