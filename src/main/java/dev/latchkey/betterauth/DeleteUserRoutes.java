package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.ANYBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.SESSION;

import dev.latchkey.account.AccountId;
import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.AccountDeletionByLinkOutcome;
import dev.latchkey.selfservice.AccountDeletionOutcome;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.PasswordConfirmation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deleting one's account. */
@ApplicationScoped
class DeleteUserRoutes implements RouteGroup {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final AccountDeletion deletion;
    private final PasswordConfirmation confirmation;
    private final EmailLinkUrls links;
    private final SessionCookies cookies;
    private final BetterAuthConfig config;

    DeleteUserRoutes(
            AccountDeletion deletion,
            PasswordConfirmation confirmation,
            EmailLinkUrls links,
            SessionCookies cookies,
            BetterAuthConfig config) {
        this.deletion = deletion;
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
                        RequestSchema.object(
                                CALLBACK,
                                Field.text("password").optional(),
                                Field.text("token").optional()),
                        this::delete),
                Endpoint.link(
                        "/delete-user/callback",
                        ANYBODY,
                        RequestSchema.object(Field.text("token"), CALLBACK),
                        this::follow));
    }

    private BetterAuthResponse delete(RouteCall call) {
        if (config.deleteUser() == Deletion.OFF) {
            return BetterAuthResponse.unknown();
        }
        String password = filled(call.body().optionalText("password"));
        String token = filled(call.body().optionalText("token"));
        if (token == null && config.deleteUser() == Deletion.DIRECT) {
            return direct(call, password);
        }
        Optional<BetterAuthResponse> wrong = password == null ? Optional.empty() : wrong(call, password);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        return token == null ? mailed(call) : byLink(call, call.caller().user().id(), token);
    }

    private BetterAuthResponse direct(RouteCall call, @Nullable String password) {
        Caller caller = call.caller();
        AccountDeletionOutcome outcome = deletion.delete(
                caller.user().id(),
                caller.session().id(),
                password == null ? null : Password.of(password),
                call.asked().client());
        return switch (outcome) {
            case AccountDeletionOutcome.Deleted ignored -> deleted();
            case AccountDeletionOutcome.WrongPassword ignored ->
                PasswordErrors.wrong(Password.of(password == null ? "" : password));
            case AccountDeletionOutcome.NotFresh ignored -> BetterAuthResponse.refused(ErrorCode.SESSION_EXPIRED);
            case AccountDeletionOutcome.Throttled(var wait) -> BetterAuthResponse.tooMany(wait);
            case AccountDeletionOutcome.Busy(var wait) -> BetterAuthResponse.later(ErrorCode.BUSY, wait);
            case AccountDeletionOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private Optional<BetterAuthResponse> wrong(RouteCall call, String password) {
        return switch (confirmation.confirm(
                call.caller().user().id(), Password.of(password), call.asked().client())) {
            case PasswordConfirmation.Answer.Right ignored -> Optional.empty();
            case PasswordConfirmation.Answer.Wrong ignored -> Optional.of(PasswordErrors.wrong(Password.of(password)));
            case PasswordConfirmation.Answer.Throttled(var wait) -> Optional.of(BetterAuthResponse.tooMany(wait));
            case PasswordConfirmation.Answer.Busy(var wait) ->
                Optional.of(BetterAuthResponse.later(ErrorCode.BUSY, wait));
        };
    }

    private BetterAuthResponse mailed(RouteCall call) {
        EmailRequestOutcome outcome = deletion.requestLink(
                call.caller().user().id(),
                links.deletion(call.body().optionalText("callbackURL")),
                call.asked().client());
        return switch (outcome) {
            case EmailRequestOutcome.Accepted ignored -> answer("Verification email sent");
            case EmailRequestOutcome.NotNeeded ignored -> answer("Verification email sent");
            case EmailRequestOutcome.NoMail ignored ->
                BetterAuthResponse.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case EmailRequestOutcome.Throttled(var wait) -> BetterAuthResponse.tooMany(wait);
            case EmailRequestOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private BetterAuthResponse follow(RouteCall call) {
        if (config.deleteUser() == Deletion.OFF) {
            return BetterAuthResponse.refused(404, "NOT_FOUND", "Not found");
        }
        Caller visitor = call.visitor();
        if (visitor == null) {
            return BetterAuthResponse.refused(ErrorCode.FAILED_TO_GET_USER_INFO);
        }
        BetterAuthResponse reply =
                byLink(call, visitor.user().id(), call.query().text("token"));
        String target = filled(call.query().optionalText("callbackURL"));
        return reply.status() == 200 && target != null
                ? BetterAuthResponse.redirect(target).with(reply.headers())
                : reply;
    }

    private BetterAuthResponse byLink(RouteCall call, AccountId user, String token) {
        return switch (deletion.deleteByLink(user, token, call.asked().client())) {
            case AccountDeletionByLinkOutcome.Deleted ignored -> deleted();
            case AccountDeletionByLinkOutcome.UnknownLink ignored -> BetterAuthResponse.refused(ErrorCode.UNKNOWN_LINK);
            case AccountDeletionByLinkOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private BetterAuthResponse deleted() {
        return answer("User deleted").with(cookies.expired());
    }

    private static BetterAuthResponse answer(String message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("message", message);
        return BetterAuthResponse.ok(body);
    }

    private static @Nullable String filled(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
