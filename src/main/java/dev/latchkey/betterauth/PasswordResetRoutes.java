package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.NOBODY;
import static dev.latchkey.betterauth.RequestSchema.Kind.EMAIL;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.PasswordResetOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Choosing a new password by a mailed link. */
@ApplicationScoped
class PasswordResetRoutes implements RouteGroup {

    private static final String INVALID = "INVALID_TOKEN";

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
                        NOBODY,
                        RequestSchema.object(
                                Field.of("email", EMAIL),
                                Field.text("redirectTo").optional()),
                        this::request),
                Endpoint.link(
                        "/reset-password/", NOBODY, RequestSchema.object(Field.text("callbackURL")), this::follow),
                Endpoint.post(
                        "/reset-password",
                        NOBODY,
                        RequestSchema.object(
                                Field.text("newPassword"), Field.text("token").optional()),
                        this::redeem));
    }

    private BetterAuthResponse request(RouteCall call) {
        EmailAddress address =
                EmailAddress.parse(call.body().text("email")) instanceof EmailAddress.Parsed.Valid(EmailAddress valid)
                        ? valid
                        : null;
        if (address == null) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_EMAIL);
        }
        return switch (reset.request(
                address,
                links.reset(call.body().optionalText("redirectTo")),
                call.asked().client())) {
            case EmailRequestOutcome.Accepted ignored -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("status", true);
                body.put("message", "If this email exists in our system, check your email for the reset link");
                yield BetterAuthResponse.ok(body);
            }
            case EmailRequestOutcome.NoMail ignored -> BetterAuthResponse.refused(ErrorCode.RESET_PASSWORD_DISABLED);
        };
    }

    /** Takes whoever opened the link to the page where they choose; nothing is redeemed yet. */
    private BetterAuthResponse follow(RouteCall call) {
        String target = call.query().text("callbackURL");
        if (target.isEmpty()) {
            return BetterAuthResponse.redirect(origins.ours() + BetterAuthHandler.BASE + "/error?error=" + INVALID);
        }
        String place = origins.absolute(target);
        return BetterAuthResponse.redirect(
                reset.isValid(call.rest())
                        ? EmailLinkUrls.with(place, "token", call.rest())
                        : EmailLinkUrls.with(place, "error", INVALID));
    }

    private BetterAuthResponse redeem(RouteCall call) {
        String inBody = call.body().optionalText("token");
        String token = inBody == null || inBody.isEmpty() ? call.query().optionalText("token") : inBody;
        if (token == null || token.isEmpty()) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_LINK);
        }
        return switch (reset.redeem(
                token,
                Password.of(call.body().text("newPassword")),
                call.asked().client())) {
            case PasswordResetOutcome.Done ignored -> BetterAuthResponse.ok(JsonViews.done());
            case PasswordResetOutcome.Invalid(var faults) -> PasswordErrors.refused(faults);
            case PasswordResetOutcome.UnknownLink ignored -> BetterAuthResponse.refused(ErrorCode.INVALID_LINK);
            case PasswordResetOutcome.Busy(var wait) -> BetterAuthResponse.later(ErrorCode.BUSY, wait);
        };
    }
}
