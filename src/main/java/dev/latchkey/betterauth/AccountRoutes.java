package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.SESSION;
import static dev.latchkey.betterauth.RequestSchema.Kind.BOOLEAN;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.ProfileChange;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import dev.latchkey.betterauth.RequestSchema.Field;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.selfservice.PasswordChange;
import dev.latchkey.selfservice.PasswordChange.CurrentSession;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
import dev.latchkey.session.SessionSecret;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The caller's profile and password. */
@ApplicationScoped
class AccountRoutes implements RouteGroup {

    private final Accounts accounts;
    private final PasswordChange passwordChange;
    private final Reauthentication reauthentication;
    private final SessionCookies cookies;
    private final CookieCache cache;
    private final DeviceCookie deviceCookie;

    AccountRoutes(
            Accounts accounts,
            PasswordChange passwordChange,
            Reauthentication reauthentication,
            SessionCookies cookies,
            CookieCache cache,
            DeviceCookie deviceCookie) {
        this.accounts = accounts;
        this.passwordChange = passwordChange;
        this.reauthentication = reauthentication;
        this.cookies = cookies;
        this.cache = cache;
        this.deviceCookie = deviceCookie;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.post("/update-user", SESSION, RequestSchema.record(), this::updateUser),
                Endpoint.post(
                        "/change-password",
                        SESSION,
                        RequestSchema.object(
                                Field.text("newPassword"),
                                Field.text("currentPassword"),
                                Field.of("revokeOtherSessions", BOOLEAN).optional()),
                        this::changePassword),
                Endpoint.post(
                        "/verify-password",
                        SESSION,
                        RequestSchema.object(Field.text("password")),
                        this::verifyPassword),
                Endpoint.get("/list-accounts", SESSION, this::listAccounts));
    }

    private BetterAuthResponse updateUser(RouteCall call) {
        JsonInput body = call.body();
        if (body.has("email")) {
            return BetterAuthResponse.refused(ErrorCode.EMAIL_CAN_NOT_BE_UPDATED);
        }
        if (!body.has("name") && !body.has("image")) {
            return BetterAuthResponse.noFieldsToUpdate();
        }
        Optional<BetterAuthResponse> invalid = invalidText("name", body.field("name"), ProfileText.MAX_NAME)
                .or(() -> invalidText("image", body.field("image"), ProfileText.MAX_IMAGE));
        if (invalid.isPresent()) {
            return invalid.get();
        }
        ProfileChange change = new ProfileChange(
                body.has("name"), text(body.field("name")), body.has("image"), text(body.field("image")));
        Caller caller = call.caller();
        return accounts.changeProfile(caller.user().id(), change, call.request().client())
                .map(profile -> BetterAuthResponse.success().with(cache.setSession(caller.with(profile))))
                .orElseGet(cookies::unauthorized);
    }

    private static Optional<BetterAuthResponse> invalidText(String field, JsonNode value, int maxLength) {
        if (value.isContainerNode()) {
            return Optional.of(BetterAuthResponse.invalid("[body." + field
                    + "] Invalid input: expected string, received " + (value.isArray() ? "array" : "object")));
        }
        ProfileText.Reason error = ProfileText.check(text(value), maxLength);
        return error == null ? Optional.empty() : Optional.of(BetterAuthResponse.invalidText(field, error, maxLength));
    }

    /** The text to be stored: that of a number or a boolean is as it is written in JSON. */
    private static @Nullable String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    private BetterAuthResponse changePassword(RouteCall call) {
        JsonInput body = call.body();
        Caller caller = call.caller();
        Password current = Password.of(body.text("currentPassword"));
        boolean replaceSession = body.flag("revokeOtherSessions").orElse(false);
        PasswordChange.Outcome outcome = passwordChange.change(
                caller.user().id(),
                caller.session().id(),
                current,
                Password.of(body.text("newPassword")),
                replaceSession ? CurrentSession.REPLACE : CurrentSession.KEEP,
                SessionSecret.Kind.SESSION_TOKEN,
                call.request().client());
        return switch (outcome) {
            case PasswordChange.Replaced(var session, var device) ->
                BetterAuthResponse.ok(
                                JsonViews.tokenAndUser(session.sessionToken().text(), session.user()))
                        .with("Set-Cookie", deviceCookie.issued(device.value()))
                        .with(cache.setSession(Caller.of(session)));
            // In the body as in the original, which keeps the token; the new one is in the cookie and the header.
            case PasswordChange.Kept(var session, var device) ->
                BetterAuthResponse.ok(JsonViews.tokenAndUser(null, session.user()))
                        .with("Set-Cookie", deviceCookie.issued(device.value()))
                        .with(cache.setSession(Caller.of(session)));
            case Refusals.InvalidPassword(var errors) -> PasswordErrors.invalid(errors);
            case Reauthentication.WrongPassword _ -> PasswordErrors.wrong(current);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
            case Refusals.UserGone _ -> cookies.unauthorized();
        };
    }

    private BetterAuthResponse verifyPassword(RouteCall call) {
        Password password = Password.of(call.body().text("password"));
        return switch (reauthentication.confirm(
                call.caller().user().id(), password, call.request().client())) {
            case Reauthentication.Confirmed _ -> BetterAuthResponse.success();
            case Reauthentication.WrongPassword _, Refusals.UserGone _ ->
                BetterAuthResponse.refused(ErrorCode.INVALID_PASSWORD);
            case Refusals.RateLimited(var retryAfter) -> BetterAuthResponse.rateLimited(retryAfter);
            case Refusals.Busy(var retryAfter) -> BetterAuthResponse.busy(retryAfter);
        };
    }

    /** Lists the ways to sign in, which Better Auth calls accounts: here the password, if the user has one. */
    private BetterAuthResponse listAccounts(RouteCall call) {
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
