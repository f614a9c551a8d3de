package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.SESSION;
import static dev.latchkey.betterauth.RequestSchema.Kind.FLAG;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileChange;
import dev.latchkey.account.ProfileText;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.PasswordChange;
import dev.latchkey.selfservice.PasswordChange.CurrentSession;
import dev.latchkey.selfservice.PasswordChangeOutcome;
import dev.latchkey.selfservice.PasswordConfirmation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people do with their accounts, from within. */
@ApplicationScoped
class AccountRoutes implements RouteGroup {

    private final Accounts accounts;
    private final PasswordChange passwordChange;
    private final PasswordConfirmation confirmation;
    private final SessionCookies cookies;
    private final CookieCache cache;

    AccountRoutes(
            Accounts accounts,
            PasswordChange passwordChange,
            PasswordConfirmation confirmation,
            SessionCookies cookies,
            CookieCache cache) {
        this.accounts = accounts;
        this.passwordChange = passwordChange;
        this.confirmation = confirmation;
        this.cookies = cookies;
        this.cache = cache;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/update-user", SESSION, RequestSchema.record(), this::update),
                Endpoint.post(
                        "/change-password",
                        SESSION,
                        RequestSchema.object(
                                Field.text("newPassword"),
                                Field.text("currentPassword"),
                                Field.of("revokeOtherSessions", FLAG).optional()),
                        this::changePassword),
                Endpoint.post(
                        "/verify-password",
                        SESSION,
                        RequestSchema.object(Field.text("password")),
                        this::verifyPassword),
                Endpoint.get("/list-accounts", SESSION, this::list));
    }

    private BetterAuthResponse update(RouteCall call) {
        JsonInput body = call.body();
        if (body.has("email")) {
            return BetterAuthResponse.refused(ErrorCode.EMAIL_CAN_NOT_BE_UPDATED);
        }
        if (!body.has("name") && !body.has("image")) {
            return SessionRoutes.noFields();
        }
        for (String field : List.of("name", "image")) {
            Optional<BetterAuthResponse> bad = badText(field, body.field(field));
            if (bad.isPresent()) {
                return bad.get();
            }
        }
        ProfileChange change = new ProfileChange(
                body.has("name"), text(body.field("name")), body.has("image"), text(body.field("image")));
        Caller caller = call.caller();
        return accounts.changeProfile(caller.user().id(), change, call.asked().client())
                .map(profile -> BetterAuthResponse.ok(JsonViews.done())
                        .with(cache.issue(new Caller(caller.session(), caller.token(), profile))))
                .orElseGet(
                        () -> BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired()));
    }

    private static Optional<BetterAuthResponse> badText(String field, JsonNode value) {
        if (value.isContainerNode()) {
            return Optional.of(BetterAuthResponse.refused(
                    400,
                    "VALIDATION_ERROR",
                    "[body." + field + "] Invalid input: expected string, received "
                            + (value.isArray() ? "array" : "object")));
        }
        int most = field.equals("name") ? ProfileText.MAX_NAME : ProfileText.MAX_IMAGE;
        ProfileText.Fault fault = ProfileText.fault(text(value), most);
        return fault == null ? Optional.empty() : Optional.of(SignInRoutes.badText(field, fault, most));
    }

    /** Numbers and the like are stored as the text that they are written as. */
    private static @Nullable String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    private BetterAuthResponse changePassword(RouteCall call) {
        JsonInput body = call.body();
        Caller caller = call.caller();
        Password current = Password.of(body.text("currentPassword"));
        boolean anew = body.flag("revokeOtherSessions").orElse(false);
        PasswordChangeOutcome outcome = passwordChange.change(
                caller.user().id(),
                caller.session().id(),
                current,
                Password.of(body.text("newPassword")),
                anew ? CurrentSession.REPLACE : CurrentSession.KEEP,
                call.asked().client());
        return switch (outcome) {
            case PasswordChangeOutcome.Changed(var grant, var token) ->
                changed(token.text(), grant.user()).with(cache.issue(new Caller(grant.session(), token, grant.user())));
            case PasswordChangeOutcome.Kept(Profile user) -> changed(null, user);
            case PasswordChangeOutcome.Invalid(var faults) -> PasswordErrors.refused(faults);
            case PasswordChangeOutcome.WrongPassword ignored -> PasswordErrors.wrong(current);
            case PasswordChangeOutcome.Throttled throttled -> BetterAuthResponse.tooMany(throttled.retryAfter());
            case PasswordChangeOutcome.Busy busy -> BetterAuthResponse.later(ErrorCode.BUSY, busy.retryAfter());
            case PasswordChangeOutcome.Gone ignored ->
                BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(cookies.expired());
        };
    }

    private static BetterAuthResponse changed(@Nullable String token, Profile user) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("token", token);
        body.put("user", JsonViews.user(user));
        return BetterAuthResponse.ok(body);
    }

    private BetterAuthResponse verifyPassword(RouteCall call) {
        Password password = Password.of(call.body().text("password"));
        return switch (confirmation.confirm(
                call.caller().user().id(), password, call.asked().client())) {
            case PasswordConfirmation.Answer.Right ignored -> BetterAuthResponse.ok(JsonViews.done());
            case PasswordConfirmation.Answer.Wrong ignored -> BetterAuthResponse.refused(ErrorCode.INVALID_PASSWORD);
            case PasswordConfirmation.Answer.Throttled(var wait) -> BetterAuthResponse.tooMany(wait);
            case PasswordConfirmation.Answer.Busy(var wait) -> BetterAuthResponse.later(ErrorCode.BUSY, wait);
        };
    }

    private BetterAuthResponse list(RouteCall call) {
        Profile user = call.caller().user();
        if (!accounts.hasPassword(user.id())) {
            return BetterAuthResponse.ok(List.of());
        }
        Map<String, Object> account = new LinkedHashMap<>();
        account.put("accountId", user.id().value());
        account.put("providerId", "credential");
        account.put("userId", user.id().value());
        account.put("createdAt", user.createdAt());
        account.put("updatedAt", user.updatedAt());
        account.put("id", user.id().value());
        account.put("scopes", List.of());
        return BetterAuthResponse.ok(List.of(account));
    }
}
