package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.NOBODY;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;
import static dev.latchkey.betterauth.RequestSchema.Kind.FILLED_TEXT;
import static dev.latchkey.betterauth.RequestSchema.Kind.FLAG;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.session.SessionToken;
import dev.latchkey.signin.NewAccount;
import dev.latchkey.signin.SignIn;
import dev.latchkey.signin.SignInConfig;
import dev.latchkey.signin.SignInOutcome;
import dev.latchkey.signin.SignOut;
import dev.latchkey.signin.SignUp;
import dev.latchkey.signin.SignUpOutcome;
import dev.latchkey.signin.SignedInSession;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signing up, in and out. */
@ApplicationScoped
class SignInRoutes implements RouteGroup {

    private static final Field CALLBACK = Field.text("callbackURL").optional();
    private static final Field REMEMBER = Field.of("rememberMe", FLAG).optional();

    private final SignUp signUp;
    private final SignIn signIn;
    private final SignOut signOut;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final BetterAuthConfig config;
    private final SignInConfig signIns;
    private final EmailVerification verification;
    private final EmailLinkUrls links;

    SignInRoutes(
            SignUp signUp,
            SignIn signIn,
            SignOut signOut,
            SessionCookies cookies,
            CookieCache cache,
            BetterAuthConfig config,
            SignInConfig signIns,
            EmailVerification verification,
            EmailLinkUrls links) {
        this.signUp = signUp;
        this.signIn = signIn;
        this.signOut = signOut;
        this.cookies = cookies;
        this.cache = cache;
        this.config = config;
        this.signIns = signIns;
        this.verification = verification;
        this.links = links;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.entrance(
                        "/sign-up/email",
                        RequestSchema.openObject(
                                Field.text("name"),
                                Field.of("email", EMAIL),
                                Field.of("password", FILLED_TEXT),
                                Field.text("image").optional(),
                                CALLBACK,
                                REMEMBER),
                        this::signUp),
                Endpoint.entrance(
                        "/sign-in/email",
                        RequestSchema.object(Field.text("email"), Field.text("password"), CALLBACK, REMEMBER),
                        this::signIn),
                Endpoint.post(
                        "/sign-in/social",
                        NOBODY,
                        RequestSchema.object(Field.text("provider")),
                        call -> BetterAuthResponse.refused(ErrorCode.PROVIDER_NOT_FOUND)),
                Endpoint.post("/sign-out", NOBODY, RequestSchema.optionalObject(), this::signOut));
    }

    private BetterAuthResponse signUp(RouteCall call) {
        JsonInput body = call.body();
        NewAccount account = new NewAccount(
                body.text("email"),
                body.text("password"),
                body.text("name"),
                body.optionalText("image"),
                body.flag("rememberMe").orElse(true),
                config.autoSignIn());
        return switch (signUp.withPassword(account, call.asked().client())) {
            case SignUpOutcome.SignedUp(SignedInSession grant, SessionToken token) -> {
                if (config.verification().onSignUp()) {
                    sendVerification(call, grant.user());
                }
                yield entered(grant, token, false, null);
            }
            case SignUpOutcome.Registered(Profile profile) -> {
                if (config.verification().onSignUp() || signIns.requireVerifiedEmail()) {
                    sendVerification(call, profile);
                }
                yield outside(JsonViews.user(profile));
            }
            case SignUpOutcome.Invalid invalid -> invalid(invalid);
            case SignUpOutcome.EmailTaken ignored ->
                BetterAuthResponse.refused(ErrorCode.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
            case SignUpOutcome.Throttled throttled -> BetterAuthResponse.tooMany(throttled.retryAfter());
            case SignUpOutcome.Busy busy -> BetterAuthResponse.later(ErrorCode.BUSY, busy.retryAfter());
        };
    }

    /** Later, and whatever comes of it. */
    private void sendVerification(RouteCall call, Profile profile) {
        verification.request(
                profile.id(),
                links.verification(call.body().optionalText("callbackURL")),
                call.asked().client());
    }

    private static BetterAuthResponse outside(Map<String, @Nullable Object> user) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("token", null);
        answer.put("user", user);
        return BetterAuthResponse.ok(answer);
    }

    private static BetterAuthResponse invalid(SignUpOutcome.Invalid invalid) {
        if (!invalid.password().isEmpty()) {
            return PasswordErrors.refused(invalid.password());
        }
        if (invalid.name() != null) {
            return badText("name", invalid.name(), ProfileText.MAX_NAME);
        }
        if (invalid.image() != null) {
            return badText("image", invalid.image(), ProfileText.MAX_IMAGE);
        }
        return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
    }

    static BetterAuthResponse badText(String field, ProfileText.Fault fault, int most) {
        String words = switch (fault) {
            case TOO_LONG -> "Too big: expected string to have <=" + most + " characters";
            case NOT_TEXT -> "Invalid string: must not hold control characters";
        };
        return BetterAuthResponse.refused(400, "VALIDATION_ERROR", "[body." + field + "] " + words);
    }

    private BetterAuthResponse signIn(RouteCall call) {
        JsonInput body = call.body();
        String address = body.text("email");
        if (!RequestSchema.isAddress(address)
                || !(EmailAddress.parse(address) instanceof EmailAddress.Parsed.Valid(EmailAddress email))) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
        }
        String text = body.text("password");
        if (Password.of(text).length() > Password.MAXIMUM_LENGTH) {
            return BetterAuthResponse.refused(ErrorCode.PASSWORD_TOO_LONG);
        }
        boolean remember = body.flag("rememberMe").orElse(true);
        String target = body.optionalText("callbackURL");
        return switch (signIn.withPassword(
                email, Password.of(text), remember, call.asked().client())) {
            case SignInOutcome.SignedIn(SignedInSession grant, SessionToken token) ->
                entered(grant, token, true, target);
            case SignInOutcome.Refused ignored -> BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL_OR_PASSWORD);
            case SignInOutcome.Disabled ignored -> BetterAuthResponse.refused(ErrorCode.ACCOUNT_DISABLED);
            case SignInOutcome.Unverified(Profile profile) -> {
                if (config.verification().onSignIn()) {
                    sendVerification(call, profile);
                }
                yield BetterAuthResponse.refused(ErrorCode.EMAIL_NOT_VERIFIED);
            }
            case SignInOutcome.Throttled throttled -> BetterAuthResponse.tooMany(throttled.retryAfter());
            case SignInOutcome.Busy busy -> BetterAuthResponse.later(ErrorCode.BUSY, busy.retryAfter());
        };
    }

    private BetterAuthResponse entered(
            SignedInSession grant, SessionToken token, boolean signsIn, @Nullable String target) {
        String url = target == null ? "" : target;
        boolean redirects = !url.isEmpty();
        Map<String, Object> body = new LinkedHashMap<>();
        if (signsIn) {
            body.put("redirect", redirects);
        }
        body.put("token", token.text());
        if (redirects) {
            body.put("url", url);
        }
        body.put("user", JsonViews.user(grant.user()));
        BetterAuthResponse reply =
                BetterAuthResponse.ok(body).with(cache.issue(new Caller(grant.session(), token, grant.user())));
        return redirects ? reply.with("Location", url) : reply;
    }

    private BetterAuthResponse signOut(RouteCall call) {
        cookies.presented(call.asked())
                .ifPresent(token -> signOut.withSessionToken(token, call.asked().client()));
        return BetterAuthResponse.ok(Map.of("success", true)).with(cookies.expired());
    }
}
