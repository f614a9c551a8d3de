package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.NOBODY;
import static dev.latchkey.betterauth.Shape.Kind.EMAIL;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.betterauth.Shape.Field;
import dev.latchkey.password.Password;
import dev.latchkey.signin.LetterOutcome;
import dev.latchkey.signin.PasswordReset;
import dev.latchkey.signin.PasswordResetOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Choosing a new password by a mailed link. */
@ApplicationScoped
class ResetChapter implements Chapter {

    private static final String INVALID = "INVALID_TOKEN";

    private final PasswordReset reset;
    private final MailedLinks links;
    private final Origins origins;

    ResetChapter(PasswordReset reset, MailedLinks links, Origins origins) {
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
                        Shape.object(
                                Field.of("email", EMAIL),
                                Field.text("redirectTo").optional()),
                        this::request),
                Endpoint.link("/reset-password/", NOBODY, Shape.object(Field.text("callbackURL")), this::follow),
                Endpoint.post(
                        "/reset-password",
                        NOBODY,
                        Shape.object(
                                Field.text("newPassword"), Field.text("token").optional()),
                        this::redeem));
    }

    private Reply request(Call call) {
        EmailAddress address =
                EmailAddress.parse(call.body().text("email")) instanceof EmailAddress.Parsed.Valid(EmailAddress valid)
                        ? valid
                        : null;
        if (address == null) {
            return Reply.refused(ErrorCode.INVALID_EMAIL);
        }
        return switch (reset.request(
                address,
                links.reset(call.body().optionalText("redirectTo")),
                call.asked().client())) {
            case LetterOutcome.OnItsWay ignored -> {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("status", true);
                body.put("message", "If this email exists in our system, check your email for the reset link");
                yield Reply.ok(body);
            }
            case LetterOutcome.NoMail ignored -> Reply.refused(ErrorCode.RESET_PASSWORD_DISABLED);
        };
    }

    /** Takes whoever opened the link to the page where they choose; nothing is redeemed yet. */
    private Reply follow(Call call) {
        String target = call.query().text("callbackURL");
        if (target.isEmpty()) {
            return Reply.redirect(origins.ours() + BetterAuthRoute.BASE + "/error?error=" + INVALID);
        }
        String place = origins.absolute(target);
        return Reply.redirect(
                reset.known(call.rest())
                        ? MailedLinks.with(place, "token", call.rest())
                        : MailedLinks.with(place, "error", INVALID));
    }

    private Reply redeem(Call call) {
        String inBody = call.body().optionalText("token");
        String token = inBody == null || inBody.isEmpty() ? call.query().optionalText("token") : inBody;
        if (token == null || token.isEmpty()) {
            return Reply.refused(ErrorCode.INVALID_LINK);
        }
        return switch (reset.redeem(
                token,
                Password.of(call.body().text("newPassword")),
                call.asked().client())) {
            case PasswordResetOutcome.Done ignored -> Reply.ok(Bodies.done());
            case PasswordResetOutcome.Invalid(var faults) -> PasswordFaults.refused(faults);
            case PasswordResetOutcome.UnknownLink ignored -> Reply.refused(ErrorCode.INVALID_LINK);
            case PasswordResetOutcome.Busy(var wait) -> Reply.later(ErrorCode.BUSY, wait);
        };
    }
}
