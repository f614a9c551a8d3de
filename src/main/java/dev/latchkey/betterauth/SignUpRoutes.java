package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.RequestSchema.Kind.BOOLEAN;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;
import static dev.latchkey.betterauth.RequestSchema.Kind.NON_EMPTY_TEXT;

import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.session.SessionToken;
import dev.latchkey.signin.NewAccount;
import dev.latchkey.signin.SignInConfig;
import dev.latchkey.signin.SignUp;
import dev.latchkey.signin.SignUpOutcome;
import dev.latchkey.signin.SignedInSession;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Sign-up. */
@ApplicationScoped
class SignUpRoutes implements RouteGroup {

    private final SignUp signUp;
    private final EmailVerification verification;
    private final EmailLinkUrls links;
    private final CookieCache cache;
    private final BetterAuthConfig config;
    private final SignInConfig signInConfig;

    SignUpRoutes(
            SignUp signUp,
            EmailVerification verification,
            EmailLinkUrls links,
            CookieCache cache,
            BetterAuthConfig config,
            SignInConfig signInConfig) {
        this.signUp = signUp;
        this.verification = verification;
        this.links = links;
        this.cache = cache;
        this.config = config;
        this.signInConfig = signInConfig;
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
        NewAccount account = new NewAccount(
                body.text("email"),
                body.text("password"),
                body.text("name"),
                body.optionalText("image"),
                body.flag("rememberMe").orElse(true),
                config.autoSignIn());
        return switch (signUp.withPassword(account, call.request().client())) {
            case SignUpOutcome.SignedUp(SignedInSession session, SessionToken token) -> {
                if (config.verification().onSignUp()) {
                    sendVerificationEmail(call, session.user());
                }
                yield BetterAuthResponse.ok(JsonViews.tokenAndUser(token.text(), session.user()))
                        .with(cache.setSession(new Caller(session.session(), token, session.user())));
            }
            case SignUpOutcome.Registered(Profile profile) -> {
                if (config.verification().onSignUp() || signInConfig.requireVerifiedEmail()) {
                    sendVerificationEmail(call, profile);
                }
                yield BetterAuthResponse.ok(JsonViews.tokenAndUser(null, profile));
            }
            case SignUpOutcome.Invalid invalid -> invalid(invalid);
            case SignUpOutcome.EmailTaken _ ->
                BetterAuthResponse.refused(ErrorCode.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
            case SignUpOutcome.Throttled(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case SignUpOutcome.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
        };
    }

    /** Sends the e-mail later; whether that succeeds does not change the response. */
    private void sendVerificationEmail(RouteCall call, Profile profile) {
        verification.request(
                profile.id(),
                links.verification(call.body().optionalText("callbackURL")),
                call.request().client());
    }

    /** Better Auth reports one error at a time. */
    private static BetterAuthResponse invalid(SignUpOutcome.Invalid invalid) {
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
