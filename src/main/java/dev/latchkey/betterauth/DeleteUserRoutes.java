package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.OPTIONAL_SESSION;
import static dev.latchkey.betterauth.Endpoint.Access.SESSION;

import dev.latchkey.account.AccountId;
import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletion of the caller's account, at once or by an e-mail link. */
@ApplicationScoped
class DeleteUserRoutes implements RouteGroup {

    private static final Field CALLBACK = Field.text("callbackURL").optional();

    private final AccountDeletion deletion;
    private final Reauthentication reauthentication;
    private final EmailLinkUrls links;
    private final SessionCookies cookies;
    private final BetterAuthConfig config;

    DeleteUserRoutes(
            AccountDeletion deletion,
            Reauthentication reauthentication,
            EmailLinkUrls links,
            SessionCookies cookies,
            BetterAuthConfig config) {
        this.deletion = deletion;
        this.reauthentication = reauthentication;
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
                        this::deleteUser),
                Endpoint.get(
                        "/delete-user/callback",
                        OPTIONAL_SESSION,
                        RequestSchema.object(Field.text("token"), CALLBACK),
                        this::openLink));
    }

    private BetterAuthResponse deleteUser(RouteCall call) {
        if (config.deleteUser() == Deletion.OFF) {
            return BetterAuthResponse.notFound();
        }
        String text = call.body().nonEmptyText("password");
        Password password = text == null ? null : Password.of(text);
        String token = call.body().nonEmptyText("token");
        if (token == null && config.deleteUser() == Deletion.DIRECT) {
            return deleteNow(call, password);
        }
        Optional<BetterAuthResponse> refusal =
                password == null ? Optional.empty() : refuseWrongPassword(call, password);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return token == null
                ? sendLink(call)
                : deleteByLink(call, call.caller().user().id(), token);
    }

    private BetterAuthResponse deleteNow(RouteCall call, @Nullable Password password) {
        Caller caller = call.caller();
        AccountDeletion.Outcome outcome = deletion.delete(
                caller.user().id(),
                caller.session().id(),
                password,
                call.request().client());
        return switch (outcome) {
            case AccountDeletion.Deleted _ -> deleted();
            case Reauthentication.WrongPassword _ ->
                PasswordErrors.wrong(password == null ? Password.of("") : password);
            case Refusals.NotFresh _ -> BetterAuthResponse.refused(ErrorCode.SESSION_EXPIRED);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }

    private Optional<BetterAuthResponse> refuseWrongPassword(RouteCall call, Password password) {
        return switch (reauthentication.confirm(
                call.caller().user().id(), password, call.request().client())) {
            case Reauthentication.Confirmed _ -> Optional.empty();
            case Reauthentication.WrongPassword _, Refusals.UserGone _ -> Optional.of(PasswordErrors.wrong(password));
            case Refusals.RateLimited(var retryAfter) -> Optional.of(BetterAuthResponse.rateLimited(retryAfter));
            case Refusals.Busy(var retryAfter) -> Optional.of(BetterAuthResponse.busy(retryAfter));
        };
    }

    private BetterAuthResponse sendLink(RouteCall call) {
        EmailRequestOutcome outcome = deletion.requestLink(
                call.caller().user().id(),
                links.accountDeletion(call.body().optionalText("callbackURL")),
                call.request().client());
        return switch (outcome) {
            case EmailRequestOutcome.Accepted _, EmailRequestOutcome.NotNeeded _ -> success("Verification email sent");
            case EmailRequestOutcome.QueueFull(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                BetterAuthResponse.refused(ErrorCode.VERIFICATION_EMAIL_NOT_ENABLED);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }

    private BetterAuthResponse openLink(RouteCall call) {
        if (config.deleteUser() == Deletion.OFF) {
            return BetterAuthResponse.refused(404, "NOT_FOUND", "Not found");
        }
        Caller caller = call.optionalCaller();
        if (caller == null) {
            return BetterAuthResponse.refused(ErrorCode.FAILED_TO_GET_USER_INFO);
        }
        BetterAuthResponse response =
                deleteByLink(call, caller.user().id(), call.query().text("token"));
        String callback = call.query().nonEmptyText("callbackURL");
        return response.status() == 200 && callback != null
                ? BetterAuthResponse.redirect(callback).with(response.headers())
                : response;
    }

    private BetterAuthResponse deleteByLink(RouteCall call, AccountId user, String token) {
        return switch (deletion.deleteByLink(token, user, call.request().client())) {
            case AccountDeletion.Deleted _ -> deleted();
            case Refusals.LinkInvalid _ -> BetterAuthResponse.refused(ErrorCode.UNKNOWN_LINK);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }

    private BetterAuthResponse deleted() {
        return success("User deleted").with(cookies.expireAll());
    }

    private static BetterAuthResponse success(String message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("success", true);
        json.put("message", message);
        return BetterAuthResponse.ok(json);
    }
}
