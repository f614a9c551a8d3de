package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.ANYBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.SESSION;

import dev.latchkey.account.AccountId;
import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.betterauth.Shape.Field;
import dev.latchkey.password.Password;
import dev.latchkey.signin.Departure;
import dev.latchkey.signin.DepartureByLinkOutcome;
import dev.latchkey.signin.DepartureOutcome;
import dev.latchkey.signin.LetterOutcome;
import dev.latchkey.signin.PasswordConfirmation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deleting one's account. */
@ApplicationScoped
class DepartureChapter implements Chapter {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final Departure departure;
    private final PasswordConfirmation confirmation;
    private final MailedLinks links;
    private final SessionCookies cookies;
    private final BetterAuthConfig config;

    DepartureChapter(
            Departure departure,
            PasswordConfirmation confirmation,
            MailedLinks links,
            SessionCookies cookies,
            BetterAuthConfig config) {
        this.departure = departure;
        this.confirmation = confirmation;
        this.links = links;
        this.cookies = cookies;
        this.config = config;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post(
                        "/delete-user",
                        SESSION,
                        Shape.object(
                                CALLBACK,
                                Field.text("password").optional(),
                                Field.text("token").optional()),
                        this::delete),
                Endpoint.link(
                        "/delete-user/callback", ANYBODY, Shape.object(Field.text("token"), CALLBACK), this::follow));
    }

    private Reply delete(Call call) {
        if (config.deleteUser() == Deletion.OFF) {
            return Reply.unknown();
        }
        String password = filled(call.body().optionalText("password"));
        String token = filled(call.body().optionalText("token"));
        if (token == null && config.deleteUser() == Deletion.DIRECT) {
            return direct(call, password);
        }
        Optional<Reply> wrong = password == null ? Optional.empty() : wrong(call, password);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        return token == null ? mailed(call) : byLink(call, call.caller().user().id(), token);
    }

    private Reply direct(Call call, @Nullable String password) {
        Caller caller = call.caller();
        DepartureOutcome outcome = departure.depart(
                caller.user().id(),
                caller.session().id(),
                password == null ? null : Password.of(password),
                call.asked().client());
        return switch (outcome) {
            case DepartureOutcome.Departed ignored -> deleted();
            case DepartureOutcome.WrongPassword ignored ->
                PasswordFaults.wrong(Password.of(password == null ? "" : password));
            case DepartureOutcome.NotFresh ignored -> Reply.refused(ErrorCode.SESSION_EXPIRED);
            case DepartureOutcome.Throttled(var wait) -> Reply.tooMany(wait);
            case DepartureOutcome.Busy(var wait) -> Reply.later(ErrorCode.BUSY, wait);
            case DepartureOutcome.Gone ignored ->
                Reply.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private Optional<Reply> wrong(Call call, String password) {
        return switch (confirmation.confirm(
                call.caller().user().id(), Password.of(password), call.asked().client())) {
            case PasswordConfirmation.Answer.Right ignored -> Optional.empty();
            case PasswordConfirmation.Answer.Wrong ignored -> Optional.of(PasswordFaults.wrong(Password.of(password)));
            case PasswordConfirmation.Answer.Throttled(var wait) -> Optional.of(Reply.tooMany(wait));
            case PasswordConfirmation.Answer.Busy(var wait) -> Optional.of(Reply.later(ErrorCode.BUSY, wait));
        };
    }

    private Reply mailed(Call call) {
        LetterOutcome outcome = departure.requestLink(
                call.caller().user().id(),
                links.departure(call.body().optionalText("callbackURL")),
                call.asked().client());
        return switch (outcome) {
            case LetterOutcome.OnItsWay ignored -> answer("Verification email sent");
            case LetterOutcome.Needless ignored -> answer("Verification email sent");
            case LetterOutcome.NoMail ignored -> Reply.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case LetterOutcome.Throttled(var wait) -> Reply.tooMany(wait);
            case LetterOutcome.Gone ignored ->
                Reply.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private Reply follow(Call call) {
        if (config.deleteUser() == Deletion.OFF) {
            return Reply.refused(404, "NOT_FOUND", "Not found");
        }
        Caller visitor = call.visitor();
        if (visitor == null) {
            return Reply.refused(ErrorCode.FAILED_TO_GET_USER_INFO);
        }
        Reply reply = byLink(call, visitor.user().id(), call.query().text("token"));
        String target = filled(call.query().optionalText("callbackURL"));
        return reply.status() == 200 && target != null ? Reply.redirect(target).with(reply.headers()) : reply;
    }

    private Reply byLink(Call call, AccountId user, String token) {
        return switch (departure.departByLink(user, token, call.asked().client())) {
            case DepartureByLinkOutcome.Departed ignored -> deleted();
            case DepartureByLinkOutcome.UnknownLink ignored -> Reply.refused(ErrorCode.UNKNOWN_LINK);
            case DepartureByLinkOutcome.Gone ignored ->
                Reply.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private Reply deleted() {
        return answer("User deleted").with(cookies.expired());
    }

    private static Reply answer(String message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("message", message);
        return Reply.ok(body);
    }

    private static @Nullable String filled(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
