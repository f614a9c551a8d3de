package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.PUBLIC;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;

import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Urls;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Password reset by an e-mail link. */
@ApplicationScoped
class PasswordResetRoutes implements RouteGroup {

    private static final String INVALID_TOKEN = ErrorCode.INVALID_LINK.code();

    private final PasswordReset reset;
    private final EmailLinkUrls links;
    private final AllowedOrigins origins;

    PasswordResetRoutes(PasswordReset reset, EmailLinkUrls links, AllowedOrigins origins) {
        this.reset = reset;
        this.links = links;
        this.origins = origins;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post(
                        "/request-password-reset",
                        PUBLIC,
                        RequestSchema.object(
                                Field.of("email", EMAIL),
                                Field.text("redirectTo").optional()),
                        this::requestLink),
                Endpoint.get(
                        "/reset-password/", PUBLIC, RequestSchema.object(Field.text("callbackURL")), this::openLink),
                Endpoint.post(
                        "/reset-password",
                        PUBLIC,
                        RequestSchema.object(
                                Field.text("newPassword"), Field.text("token").optional()),
                        this::resetPassword));
    }

    private BetterAuthResponse requestLink(RouteCall call) {
        return switch (reset.request(
                call.body().email("email"),
                links.passwordReset(call.body().optionalText("redirectTo")),
                call.request().client())) {
            case EmailRequestOutcome.Accepted _ -> {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("status", true);
                json.put("message", "If this email exists in our system, check your email for the reset link");
                yield BetterAuthResponse.ok(json);
            }
            case EmailRequestOutcome.QueueFull(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                BetterAuthResponse.refused(ErrorCode.RESET_PASSWORD_DISABLED);
        };
    }

    /** Redirects to the page where the user chooses a new password; the link is not used up by that. */
    private BetterAuthResponse openLink(RouteCall call) {
        String callback = call.query().text("callbackURL");
        if (callback.isEmpty()) {
            return BetterAuthResponse.redirect(
                    origins.publicOrigin() + BetterAuthPaths.BASE + "/error?error=" + INVALID_TOKEN);
        }
        String target = origins.absolute(callback);
        String token = call.pathParameter();
        return BetterAuthResponse.redirect(
                reset.isValid(token)
                        ? Urls.withParameter(target, "token", token)
                        : Urls.withParameter(target, "error", INVALID_TOKEN));
    }

    private BetterAuthResponse resetPassword(RouteCall call) {
        String inBody = call.body().nonEmptyText("token");
        String token = inBody == null ? call.query().nonEmptyText("token") : inBody;
        if (token == null) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_LINK);
        }
        return switch (reset.redeem(
                token,
                Password.of(call.body().text("newPassword")),
                call.request().client())) {
            case PasswordReset.PasswordChanged _ -> BetterAuthResponse.success();
            case Refusals.InvalidPassword(var errors) -> PasswordErrors.invalid(errors);
            case Refusals.LinkInvalid _ -> BetterAuthResponse.refused(ErrorCode.INVALID_LINK);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
        };
    }
}
